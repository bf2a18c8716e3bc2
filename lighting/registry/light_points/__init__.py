"""Light points: list, detail, creation, changes."""

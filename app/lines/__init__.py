"""Lines to the field networks: how each kind is opened, which one an order takes."""

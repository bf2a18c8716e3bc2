"""Mass import of inventories: dry run, difference, quarantine, undo."""

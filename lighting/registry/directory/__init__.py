"""The directory: each installed controller with all that the hot path needs to know of it."""

"""Frames nobody could read: kept as they came, told, tried again, forgotten in the end."""

"""Sensors on columns: declared with their purpose before a value is stored, forgotten in time."""

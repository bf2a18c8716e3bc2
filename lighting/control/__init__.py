"""Desired, acknowledged and actual light, and the commands that bring them together."""

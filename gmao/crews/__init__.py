"""Crews and the people in them."""

"""Lamp controllers on 2.5G that speak OSLP."""

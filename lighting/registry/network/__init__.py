"""Cabinets and their circuits."""

"""Cellular lamp controllers that publish JSON to a broker."""

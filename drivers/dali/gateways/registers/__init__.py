"""Gateways that show each gear as registers: where they stand, how they are read."""

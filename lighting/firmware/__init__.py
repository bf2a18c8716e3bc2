"""Firmware campaigns: in waves, within the radio budget, stopped when lights suffer."""

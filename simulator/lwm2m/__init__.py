"""Cellular lamp controllers: LwM2M devices with the uCIFI objects."""

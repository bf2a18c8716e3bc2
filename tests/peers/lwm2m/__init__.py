"""Devices that speak LwM2M, written from the specification; they share no code with our server."""

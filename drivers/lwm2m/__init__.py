"""LwM2M 1.0 and 1.1 over CoAP: the server's side of outdoor lamp controllers (uCIFI objects)."""

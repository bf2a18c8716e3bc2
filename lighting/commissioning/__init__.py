"""Commissioning: from a device nobody knows to a light that obeys and was accepted."""

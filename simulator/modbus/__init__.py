"""Devices that speak Modbus, as a gateway or a serial line shows them."""

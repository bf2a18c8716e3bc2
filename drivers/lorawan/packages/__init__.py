"""Application packages of the LoRa Alliance: services on fixed ports, beside a device's own.

Clock synchronisation (TS003-1.0.0, port 202) and remote multicast setup (TS005-1.0.0, port 200).
"""

from drivers.lorawan.packages.codec import WithPackages

__all__ = ["WithPackages"]

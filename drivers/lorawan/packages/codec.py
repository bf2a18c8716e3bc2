"""Understands a device's own frames, and those of the packages on the ports it leaves free."""

from collections.abc import Mapping
from datetime import datetime
from types import ModuleType
from typing import Any

import msgspec

from drivers.contract import Decoded, DeviceEvent, EventKind, Listens
from drivers.lorawan.packages import clock_sync, multicast_setup

PACKAGES: Mapping[int, tuple[ModuleType, EventKind]] = {
    clock_sync.PORT: (clock_sync, EventKind.CLOCK_SYNC),
    multicast_setup.PORT: (multicast_setup, EventKind.MULTICAST_SETUP),
}


class WithPackages:
    """A codec, and the packages beside it."""

    def __init__(self, own: Listens, own_ports: frozenset[int | str]) -> None:
        self._own = own
        self._own_ports = own_ports

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        """The device's own frame, or what it says to a package as events; or `DecodeError`."""
        if port in PACKAGES and port not in self._own_ports:
            return decode_package(port, payload, received_at)
        return self._own.decode_uplink(port, payload, received_at)


def decode_package(port: int, payload: bytes, received_at: datetime) -> Decoded:
    """Each command of a package as an event; its detail names the command and its fields."""
    package, kind = PACKAGES[port]
    events = [
        DeviceEvent(kind, received_at, {"command": type(said).__name__, **_fields(said)})
        for said in package.decode_uplink(payload)
    ]
    return Decoded([], events, [])


def _fields(said: Any) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(said)
    return fields

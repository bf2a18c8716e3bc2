"""Codec of Parametric's radar traffic counters TCR (payload versions 1 and 2).

The radar sorts vehicles into four speed classes. Their numbers are added up by direction, and
mean speeds are passed over: of a class with one vehicle the mean is that vehicle's speed.
"""

import struct
from datetime import datetime

from drivers.contract import Decoded, DeviceEvent, EventKind, Measurement, Quantity
from drivers.errors import (
    TrailingBytesError,
    TruncatedFrameError,
    UnknownPacketError,
    UnknownPortError,
)
from drivers.quantities import is_possible

COUNT_PORT = 15
SETTINGS_PORT = 190
CLASSES = 4
# Vendor 0xbe, family 2, version; battery as a share (version 1) or in mV (version 2), solar panel
# in mW, temperature of the device in tenths; then for each class: count left, mean, right, mean.
_HEADS = {
    b"\xbe\x02\x01": (struct.Struct(">BHh"), Quantity.BATTERY_CHARGE_PERCENT, 1),
    b"\xbe\x02\x02": (struct.Struct(">HHh"), Quantity.BATTERY_VOLTAGE_V, 1000),
}
_CLASS = struct.Struct(">HBHB")
_KEY_SIZE = 3
MILLIWATTS_PER_W = 1000


class Tcr:
    """`Listens` for the TCR."""

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        if port not in (COUNT_PORT, SETTINGS_PORT):
            raise UnknownPortError(f"nothing of this device comes on port {port}")
        key = payload[:_KEY_SIZE]
        if len(key) < _KEY_SIZE:
            raise TruncatedFrameError("vendor, family, version", _KEY_SIZE, 0, len(payload))
        if key not in _HEADS:
            raise UnknownPacketError(f"no TCR frame begins with {key.hex()}")
        if port == SETTINGS_PORT:
            detail = {"settings": payload[_KEY_SIZE:].hex()}
            return Decoded([], [DeviceEvent(EventKind.BOOT, received_at, detail)], [])
        return Decoded(_counts(key, payload, received_at), [], [])


def _counts(key: bytes, payload: bytes, at: datetime) -> list[Measurement]:
    structure, quantity, divisor = _HEADS[key]
    needed = structure.size + CLASSES * _CLASS.size
    begin = _KEY_SIZE + structure.size
    if len(payload) < _KEY_SIZE + needed:
        raise TruncatedFrameError("counts by class", needed, _KEY_SIZE, len(payload))
    if len(payload) > _KEY_SIZE + needed:
        raise TrailingBytesError("the last class", len(payload) - _KEY_SIZE - needed)
    battery, panel_mw, _ = structure.unpack_from(payload, _KEY_SIZE)
    classes = list(_CLASS.iter_unpack(payload[begin:]))
    left, right = (sum(row[place] for row in classes) for place in (0, 2))
    told = [Measurement(quantity, battery / divisor, at)]
    return [
        *filter(is_possible, told),  # without a solar charger the share may be anything
        Measurement(Quantity.PANEL_POWER_W, panel_mw / MILLIWATTS_PER_W, at),
        Measurement(Quantity.VEHICLE_COUNT, left, at, "left"),
        Measurement(Quantity.VEHICLE_COUNT, right, at, "right"),
    ]


def encode_counts(left: int, right: int, *, battery_mv: int, panel_mw: int) -> tuple[int, bytes]:
    """A frame of version 2 with all vehicles in the second class, as the simulator sends it:
    port and bytes."""
    head = b"\xbe\x02\x02" + struct.pack(">HHh", battery_mv, panel_mw, 200)
    nobody = _CLASS.pack(0, 0, 0, 0)
    return COUNT_PORT, head + nobody + _CLASS.pack(left, 45, right, 45) + nobody * (CLASSES - 2)

"""Usage packets of NAS UL20xx: port 26 (firmware 1.1.x) and 25 (1.0.x, 0.6.29).

A record is an address, a mask of the values that follow, and those values.
Source: NAS payload documentation ("LCU payloads uplinks") and nasys/nas-codecs (MIT).
"""

from math import floor
from struct import Struct
from typing import NamedTuple

from drivers.errors import TruncatedFrameError, UnknownPacketError
from drivers.lorawan.nas.packet import Named, address_name

INTERNAL_METER = 0xFF
POWER_FACTOR_UNKNOWN = 0xFF

# Values of a record, lowest mask bit first, with their struct letters.
ACTIVE_ENERGY_WH, ACTIVE_POWER_W, LOAD_ENERGY_WH, LOAD_POWER_W = range(4)
POWER_FACTOR_PERCENT, MAINS_VOLTAGE_V, OPERATING_TIME_S, LAMP_ON_TIME_S = range(4, 8)
_LETTERS = "IHIHBBII"

_PARTS_BY_MASK = tuple(tuple(part for part in range(8) if mask >> part & 1) for mask in range(256))
_LAYOUT_BY_MASK = tuple(
    Struct("<" + "".join(_LETTERS[part] for part in parts)) for parts in _PARTS_BY_MASK
)


class UsageRecord(NamedTuple):
    """Values of one address; `parts` names each of `values`, in the packet's raw units."""

    address: int
    parts: tuple[int, ...]
    values: tuple[int, ...]


def parse_usage_1_1(payload: bytes) -> list[UsageRecord]:
    """A port 26 frame: a zero byte, then records."""
    if not payload:
        raise TruncatedFrameError("usage header", 1, 0, 0)
    if payload[0] != 0:
        raise UnknownPacketError(f"usage header 0x{payload[0]:02x} is not known, only 00")
    return parse_usage(payload, 1)


def parse_usage(payload: bytes, offset: int = 0) -> list[UsageRecord]:
    """Records from `offset` to the end; port 25 has nothing before them."""
    records: list[UsageRecord] = []
    length = len(payload)
    while offset < length:
        if offset + 2 > length:
            raise TruncatedFrameError("usage record", 2, offset, length)
        address, mask = payload[offset], payload[offset + 1]
        layout = _LAYOUT_BY_MASK[mask]
        end = offset + 2 + layout.size
        if end > length:
            raise TruncatedFrameError("values of usage record", layout.size, offset + 2, length)
        values = layout.unpack_from(payload, offset + 2)
        records.append(UsageRecord(address, _PARTS_BY_MASK[mask], values))
        offset = end
    return records


def write_usage(records: list[UsageRecord]) -> bytes:
    """The bytes of records, as a device sends them, without the zero byte of port 26."""
    frame = bytearray()
    for address, parts, values in records:
        mask = sum(1 << part for part in parts)
        frame += bytes((address, mask)) + _LAYOUT_BY_MASK[mask].pack(*values)
    return bytes(frame)


def usage_fields(records: list[UsageRecord], warnings: list[str]) -> Named:
    """Ports 25 and 26 as the vendor's codec names them; times rounded to hours as there."""
    return {
        "packet_type": "usage_packet",
        "consumption": [_record_fields(record, warnings) for record in records],
    }


def _record_fields(record: UsageRecord, warnings: list[str]) -> Named:
    fields: Named = {"address": address_name(record.address, "internal_measurement", warnings)}
    for part, raw in zip(record.parts, record.values, strict=True):
        name, value = _named(part, raw)
        fields[name] = value
    return fields


def _named(part: int, raw: int) -> tuple[str, int | float | str]:
    match part:
        case 4:
            return "power_factor", "unknown" if raw == POWER_FACTOR_UNKNOWN else raw / 100
        case 6:
            return "driver_operating_time__h", floor(raw / 3600 + 0.5)
        case 7:
            return "lamp_on_time__h", floor(raw / 3600 * 10 + 0.5) / 10
        case _:
            return _PLAIN_NAMES[part], raw


_PLAIN_NAMES = {
    ACTIVE_ENERGY_WH: "active_energy__Wh",
    ACTIVE_POWER_W: "active_power__W",
    LOAD_ENERGY_WH: "load_side_energy__Wh",
    LOAD_POWER_W: "load_side_power__W",
    MAINS_VOLTAGE_V: "mains_voltage__V",
}

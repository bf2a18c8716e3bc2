"""The DALI status byte, as the vendor names its bits. Source: IEC 62386-102, query 0x90."""

from collections.abc import Mapping
from typing import Any

from drivers.lorawan.nas.packet import (
    Fields,
    Named,
    Reader,
    address_name,
    beneath,
    given,
    unpack_flags,
)

GEAR_BITS = (
    "driver_error",
    "lamp_failure",
    "lamp_on",
    "limit_error",
    "fade_running",
    "reset_state",
    "missing_short_address",
    "power_failure",
)
UNKNOWN = 0xFF  # reported for gear that did not answer; the vendor reads it as all clear

_WARNED = ("driver_error", "lamp_failure", "limit_error", "reset_state", "power_failure")


def gear_status(raw: int, address: str, warnings: list[str]) -> Named:
    """The named bits of one status byte, with the vendor's warnings for the bad ones."""
    status = unpack_flags(0 if raw == UNKNOWN else raw, GEAR_BITS)
    warnings.extend(f"{address} {name}" for name in _WARNED if status[name])
    return status


def gear_status_byte(entry: Mapping[str, Any]) -> int:
    """The byte of one entry; gear that did not answer keeps the byte that says so."""
    status = given(entry, "status")
    raw = sum(1 << bit for bit, name in enumerate(GEAR_BITS) if status.get(name))
    return UNKNOWN if raw == 0 and beneath(entry, "status") == UNKNOWN else raw


def read_gear_statuses(reader: Reader) -> list[Fields]:
    """Pairs of address and status byte, to the end of the frame."""
    statuses: list[Fields] = []
    while reader.left:
        address_byte, raw = reader.take(2, "address and DALI status")
        address = address_name(address_byte, None, reader.warnings)
        status = gear_status(raw, address, reader.warnings)
        entry = Fields({"address": address, "status": status})
        entry.beneath = {"address": address_byte, "status": raw}
        statuses.append(entry)
    return statuses

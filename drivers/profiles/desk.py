"""One frame decoded on a desk, as plain values for people and JSON."""

from datetime import UTC, datetime
from typing import Any

from drivers.contract import (
    UNITS,
    Acknowledgement,
    Decoded,
    DeviceEvent,
    LevelEcho,
    Measurement,
    NegativeAcknowledgement,
    Quantity,
    StatusFlag,
    TellsTime,
)
from drivers.errors import MalformedMessageError
from drivers.profiles.loader import listener

# Stands for a reception nobody noted; instants that come out of it are left out.
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def decode_as_json(
    profile: str, port: int, frame: bytes | str, received_at: datetime | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Readings, events and acknowledgements of one frame (bytes or hexadecimal).

    Without `received_at`, instants are those of the device's own clock, or left out. Raises
    `ProfileError` for an unknown profile and `DecodeError` for an unreadable frame.
    """
    codec = listener(profile)
    payload = _bytes(frame)
    at = received_at
    if at is None and isinstance(codec, TellsTime):
        at = codec.device_time(port, payload)
    return as_json(codec.decode_uplink(port, payload, at or _UNKNOWN))


def as_json(decoded: Decoded) -> dict[str, list[dict[str, Any]]]:
    """A decoded frame as plain values."""
    return {
        "readings": [_reading(reading) for reading in decoded.readings],
        "events": [_event(event) for event in decoded.events],
        "acknowledgements": [_acknowledgement(each) for each in decoded.acknowledgements],
    }


def _bytes(frame: bytes | str) -> bytes:
    if isinstance(frame, bytes):
        return frame
    try:
        return bytes.fromhex(frame)
    except ValueError as error:
        raise MalformedMessageError(f"the frame is not hexadecimal: {error}") from error


def _reading(reading: Measurement) -> dict[str, Any]:
    shown: dict[str, Any] = {"quantity": str(reading.quantity), "value": reading.value}
    if reading.quantity in UNITS:
        shown["unit"] = UNITS[reading.quantity]
    if reading.quantity is Quantity.STATUS_FLAGS:
        flags = StatusFlag(int(reading.value))
        shown["flags"] = [str(flag.name).lower() for flag in flags]
    if reading.channel:
        shown["channel"] = reading.channel
    return {**shown, **_instant("measured_at", reading.measured_at)}


def _event(event: DeviceEvent) -> dict[str, Any]:
    return {"kind": str(event.kind), **_instant("at", event.at), "detail": dict(event.detail)}


def _acknowledgement(each: Acknowledgement) -> dict[str, Any]:
    match each:
        case LevelEcho():
            minutes = None if each.hold is None else each.hold.total_seconds() / 60
            told = {"kind": "level", "level_percent": each.level_percent, "address": each.address}
            return told if minutes is None else {**told, "hold_minutes": minutes}
        case NegativeAcknowledgement():
            return {"kind": "refused", "reason": each.reason, "downlink_port": each.downlink_port}
        case _:
            return {"kind": "setting", "setting": each.setting, "detail": dict(each.detail)}


def _instant(name: str, at: datetime) -> dict[str, str]:
    return {} if at == _UNKNOWN else {name: at.isoformat().replace("+00:00", "Z")}

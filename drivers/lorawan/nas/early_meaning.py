"""What uplinks of firmware 0.6.29 say where their layout differs from 1.0.x."""

from datetime import datetime

from drivers.contract import (
    Decoded,
    DeviceEvent,
    EventKind,
    Measurement,
    Quantity,
    StatusFlag,
)
from drivers.lorawan.nas import wire
from drivers.lorawan.nas.clock import ClockLimits, measured_at
from drivers.lorawan.nas.early import BOOT_SIZES, STATUS_HEAD_SIZE
from drivers.lorawan.nas.status import parse_profiles
from drivers.lorawan.nas.status_meaning import brightest, profile_levels

_PROFILE_SIZE = 5
_SHUTDOWN = 0x01
_ERROR = 0x10


def is_early_status(payload: bytes) -> bool:
    """Port 24 of 0.6.29 has a head of 6 bytes, of 1.0.x one of 9 or 10; records have 5 in both."""
    return (len(payload) - STATUS_HEAD_SIZE) % _PROFILE_SIZE == 0


def is_early_boot(payload: bytes) -> bool:
    """Port 99 of 0.6.29: a shorter boot packet, and two packets later firmware does not send."""
    return payload[0] in (_SHUTDOWN, _ERROR) or (payload[0] == 0 and len(payload) in BOOT_SIZES)


def decode_status(payload: bytes, received_at: datetime, limits: ClockLimits) -> Decoded:
    """Port 24."""
    fields = wire.decode_packet(wire.STATUS_PORT_1_0, payload, wire.Firmware.V0_6).fields
    events: list[DeviceEvent] = []
    at = measured_at(fields["timestamp_unix"], received_at, limits, events)
    flags = 0
    if fields["dali_connection_alert"]:
        flags |= StatusFlag.CONTROL_GEAR_COMM_FAILURE
        events.append(DeviceEvent(EventKind.CONTROL_GEAR_COMM_FAILURE, at))
    if fields["relay_2"]:
        flags |= StatusFlag.OUTPUT_SWITCHED_ON
    errors = [
        name
        for name in ("dali_alert", "ldr_alert", "thr_alert", "dig_alert", "hw_alert", "fw_alert")
        if fields[name]
    ]
    if errors:
        events.append(DeviceEvent(EventKind.DEVICE_ERROR, at, {"errors": errors}))
    profiles = parse_profiles(payload, STATUS_HEAD_SIZE)
    levels = profile_levels(((each.address, each.level_percent) for each in profiles), at, events)
    level = brightest(levels, at, events)
    readings = [] if level is None else [Measurement(Quantity.LEVEL_PERCENT, level, at)]
    readings += [
        Measurement(Quantity.RSSI_DBM, fields["rssi"], at),
        Measurement(Quantity.STATUS_FLAGS, int(flags), at),
    ]
    return Decoded(readings, events, [])


def decode_boot_port(payload: bytes, received_at: datetime) -> Decoded:
    """Port 99."""
    fields = wire.decode_packet(wire.BOOT_PORT, payload, wire.Firmware.V0_6).fields
    kind = {
        "boot": EventKind.BOOT,
        "shutdown": EventKind.SHUTDOWN,
        "error": EventKind.DEVICE_ERROR,
    }[fields["type"]]
    detail = {name: value for name, value in fields.items() if name != "type"}
    return Decoded([], [DeviceEvent(kind, received_at, detail)], [])

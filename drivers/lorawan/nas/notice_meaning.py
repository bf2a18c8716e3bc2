"""What notices (port 61) and boot packets (port 99) say: events, rarely a reading."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drivers.contract import (
    Acknowledgement,
    Decoded,
    DeviceEvent,
    EventKind,
    Measurement,
    NegativeAcknowledgement,
    Quantity,
)
from drivers.lorawan.nas import early_meaning, wire
from drivers.lorawan.nas.clock import ClockLimits, measured_at
from drivers.lorawan.nas.notices import METERING_CONDITIONS

_GEAR_FAILURES = {
    "driver_error": EventKind.CONTROL_GEAR_FAILURE,
    "lamp_failure": EventKind.LAMP_FAILURE,
}
_EPOCH_AT = slice(8, 12)  # in a boot packet: header, serial and version stand before


def decode_notice(payload: bytes, received_at: datetime, _limits: ClockLimits) -> Decoded:
    """Port 61."""
    fields = wire.decode_packet(wire.NOTICE_PORT, payload).fields
    detail = {name: value for name, value in fields.items() if name != "packet_type"}
    match fields["packet_type"]:
        case "dali_driver_alert":
            return Decoded([], gear_failures(fields["drivers"], received_at), [])
        case "metering_alert":
            return _metering_alert(fields, received_at)
        case "dig_input_notification":
            kind = EventKind.DIGITAL_INPUT
        case "location_notification":
            kind = EventKind.LOCATION
        case _:
            kind = EventKind.LIGHT_SENSOR
    return Decoded([], [DeviceEvent(kind, received_at, detail)], [])


def gear_failures(drivers: list[dict[str, Any]], at: datetime) -> list[DeviceEvent]:
    """Failing lamps and gears among drivers with their DALI status."""
    return [
        DeviceEvent(kind, at, {"address": driver["address"]})
        for driver in drivers
        for name, kind in _GEAR_FAILURES.items()
        if driver["status"][name]
    ]


def _metering_alert(fields: Mapping[str, Any], at: datetime) -> Decoded:
    conditions = [name.removesuffix("_alert") for name in METERING_CONDITIONS if fields[name]]
    readings = [
        Measurement(Quantity.ACTIVE_POWER_W, fields["power__W"], at),
        Measurement(Quantity.SUPPLY_VOLTAGE_V, fields["voltage__V"], at),
    ]
    if fields["power_factor"] <= 1:
        readings.append(Measurement(Quantity.POWER_FACTOR, fields["power_factor"], at))
    event = DeviceEvent(EventKind.METERING_ALERT, at, {"conditions": conditions})
    return Decoded(readings, [event], [])


def decode_boot_port(payload: bytes, received_at: datetime, limits: ClockLimits) -> Decoded:
    """Port 99: what started, and which order was refused."""
    if early_meaning.is_early_boot(payload):
        return early_meaning.decode_boot_port(payload, received_at)
    fields = wire.decode_packet(wire.BOOT_PORT, payload).fields
    if fields["packet_type"] == "invalid_downlink_packet":
        refusals: list[Acknowledgement] = [
            NegativeAcknowledgement(
                fields["error_reason"], fields["downlink_from_fport"], received_at
            )
        ]
        return Decoded([], [], refusals)
    events: list[DeviceEvent] = []
    epoch_s = int.from_bytes(payload[_EPOCH_AT], "little")
    at = measured_at(epoch_s, received_at, limits, events)
    detail = {name: value for name, value in fields.items() if name != "packet_type"}
    return Decoded([], [DeviceEvent(EventKind.BOOT, at, detail), *events], [])

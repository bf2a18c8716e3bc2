"""What a status packet says of the light: level, health of lamp and gear, radio quality."""

from collections.abc import Iterable
from datetime import datetime

from drivers.contract import (
    Decoded,
    DeviceEvent,
    EventKind,
    Measurement,
    Quantity,
    StatusFlag,
)
from drivers.errors import InvalidAddressError
from drivers.lorawan.nas import status as bits
from drivers.lorawan.nas.addresses import CONTEXT, NAMES
from drivers.lorawan.nas.clock import ClockLimits, measured_at
from drivers.lorawan.nas.gear_status import UNKNOWN
from drivers.lorawan.nas.status import Status, lux, parse_status, parse_status_1_0

LEVEL_PERCENT_MAX = 100


def _flag_table(flag_of_bit: dict[int, StatusFlag]) -> tuple[int, ...]:
    return tuple(
        sum(int(flag) for bit, flag in flag_of_bit.items() if byte & bit) for byte in range(256)
    )


_STATE_FLAGS = _flag_table(
    {
        bits.DALI_CONNECTION_ERROR: StatusFlag.CONTROL_GEAR_COMM_FAILURE,
        bits.LDR_ON: StatusFlag.LIGHT_SENSOR_ACTIVE,
        bits.DIG_ON: StatusFlag.DIGITAL_INPUT_ON,
        bits.METERING_ERROR: StatusFlag.METERING_FAILURE,
        bits.CLOCK_WARNING: StatusFlag.CLOCK_WARNING,
        bits.RELAY_CLOSED: StatusFlag.RELAY_CLOSED,
    }
)
_ALERT_FLAGS = _flag_table(
    {
        bits.VOLTAGE_ALERT: StatusFlag.VOLTAGE_ALERT_IN_24H,
        bits.LAMP_ERROR_ALERT: StatusFlag.LAMP_ERROR_ALERT_IN_24H,
        bits.POWER_ALERT: StatusFlag.POWER_ALERT_IN_24H,
        bits.POWER_FACTOR_ALERT: StatusFlag.POWER_FACTOR_ALERT_IN_24H,
    }
)
_GEAR_FLAGS = _flag_table(
    {
        1 << 0: StatusFlag.CONTROL_GEAR_FAILURE,
        1 << 1: StatusFlag.LAMP_FAILURE,
        1 << 2: StatusFlag.LAMP_ON,
        1 << 3: StatusFlag.LIMIT_ERROR,
    }
)
# From firmware 1.1.4 on, the bits of the two inputs in the flag byte mean nothing any more.
_INPUT_BITS = bits.LDR_ON | bits.DIG_ON

_STATE_EVENTS = {
    StatusFlag.CONTROL_GEAR_COMM_FAILURE: EventKind.CONTROL_GEAR_COMM_FAILURE,
    StatusFlag.METERING_FAILURE: EventKind.METERING_FAILURE,
    StatusFlag.CLOCK_WARNING: EventKind.CLOCK_WARNING,
}
_ALERT_EVENTS = {
    StatusFlag.VOLTAGE_ALERT_IN_24H: "voltage",
    StatusFlag.LAMP_ERROR_ALERT_IN_24H: "lamp_error",
    StatusFlag.POWER_ALERT_IN_24H: "power",
    StatusFlag.POWER_FACTOR_ALERT_IN_24H: "power_factor",
}
_GEAR_EVENTS = {
    1 << 0: EventKind.CONTROL_GEAR_FAILURE,
    1 << 1: EventKind.LAMP_FAILURE,
}
_GEAR_FAULT_BITS = 0b11
_TOLD = sum(int(flag) for flag in (*_STATE_EVENTS, *_ALERT_EVENTS))


def decode_status(payload: bytes, received_at: datetime, limits: ClockLimits) -> Decoded:
    """Port 23, firmware 1.1."""
    status = parse_status(payload)
    events: list[DeviceEvent] = []
    at = measured_at(status.epoch_s, received_at, limits, events)
    state = status.flags if status.header == 0 else status.flags & ~_INPUT_BITS
    flags = _STATE_FLAGS[state] | _ALERT_FLAGS[status.alerts or 0]
    levels: list[int] = []
    for address, _reason, level, gear in status.sources:
        if address == CONTEXT or NAMES[address] is None:
            events.append(unusable(at, "address", address))
            continue
        levels.append(level)
        if gear != UNKNOWN:
            flags |= _GEAR_FLAGS[gear]
            if gear & _GEAR_FAULT_BITS:
                events.extend(gear_events(gear, NAMES[address], at))
    if status.sources and not levels:
        raise InvalidAddressError("no dimming source names a control gear")
    return _decoded(status, flags, levels, at, events)


def decode_status_1_0(payload: bytes, received_at: datetime, limits: ClockLimits) -> Decoded:
    """Port 24, firmware 1.0, where bit 5 tells of the hardware and bit 0 of DALI from outside."""
    status = parse_status_1_0(payload)
    events: list[DeviceEvent] = []
    at = measured_at(status.epoch_s, received_at, limits, events)
    names = [
        name
        for bit, name in (
            (bits.DALI_EXTERNAL_ERROR, "dali_error_external"),
            (bits.METERING_ERROR, "hardware_error"),
        )
        if status.flags & bit
    ]
    if names:
        events.append(DeviceEvent(EventKind.DEVICE_ERROR, at, {"errors": names}))
    state = status.flags & ~(bits.METERING_ERROR | bits.CLOCK_WARNING)
    flags = _STATE_FLAGS[state] | _ALERT_FLAGS[status.alerts or 0]
    levels = profile_levels(
        ((profile.address, profile.level_percent) for profile in status.profiles), at, events
    )
    return _decoded(status, flags, levels, at, events)


def profile_levels(
    profiles: Iterable[tuple[int, int]], at: datetime, events: list[DeviceEvent]
) -> list[int]:
    """Levels of the profiles in force that name an address; the others become events."""
    levels: list[int] = []
    for address, level in profiles:
        if address == CONTEXT or NAMES[address] is not None:
            levels.append(level)
        else:
            events.append(unusable(at, "address", address))
    return levels


def _decoded(
    status: Status, flags: int, levels: list[int], at: datetime, events: list[DeviceEvent]
) -> Decoded:
    if status.is_open_drain_on:
        flags |= StatusFlag.OUTPUT_SWITCHED_ON
    level = brightest(levels, at, events)
    readings = [] if level is None else [Measurement(Quantity.LEVEL_PERCENT, level, at)]
    readings += [
        Measurement(Quantity.TEMPERATURE_C, status.temperature_c, at),
        Measurement(Quantity.RSSI_DBM, status.rssi_dbm, at),
        Measurement(Quantity.SNR_DB, status.snr_db, at),
    ]
    if status.sensors:
        flags |= _read_sensors(status.sensors, at, readings)
    readings.append(Measurement(Quantity.STATUS_FLAGS, int(flags), at))
    if flags & _TOLD:
        events.extend(_state_events(flags, at))
    return Decoded(readings, events, [])


def brightest(levels: list[int], at: datetime, events: list[DeviceEvent]) -> int | None:
    """Level of the light where several gears report: the highest known one."""
    known = [level for level in levels if level <= LEVEL_PERCENT_MAX]
    if len(known) != len(levels):
        events.extend(
            unusable(at, "level_percent", level)
            for level in levels
            if LEVEL_PERCENT_MAX < level < bits.LEVEL_UNKNOWN
        )
    return max(known, default=None)


def _read_sensors(sensors: dict[int, int], at: datetime, readings: list[Measurement]) -> int:
    """Adds what the sensors measure; returns the flags their states stand for."""
    light = sensors.get(bits.SENSOR_LIGHT, sensors.get(bits.SENSOR_D4I_LIGHT))
    illuminance_lx = None if light is None else lux(light)
    if illuminance_lx is not None:
        readings.append(Measurement(Quantity.ILLUMINANCE_LX, round(illuminance_lx, 3), at))
    tilt_deg = sensors.get(bits.SENSOR_TILT, bits.TILT_UNAVAILABLE)
    if tilt_deg != bits.TILT_UNAVAILABLE:
        readings.append(Measurement(Quantity.TILT_DEG, tilt_deg, at))
    return StatusFlag.DIGITAL_INPUT_ON if sensors.get(bits.SENSOR_DIG_INPUT, 0) & 1 else 0


def _state_events(flags: int, at: datetime) -> list[DeviceEvent]:
    events = [DeviceEvent(kind, at) for flag, kind in _STATE_EVENTS.items() if flags & flag]
    alerts = [name for flag, name in _ALERT_EVENTS.items() if flags & flag]
    if alerts:
        events.append(DeviceEvent(EventKind.ALERT_IN_24H, at, {"alerts": alerts}))
    return events


def gear_events(raw: int, address: str | None, at: datetime) -> list[DeviceEvent]:
    """Failures a DALI status byte tells of."""
    if raw == UNKNOWN:
        return []
    return [
        DeviceEvent(kind, at, {"address": address})
        for bit, kind in _GEAR_EVENTS.items()
        if raw & bit
    ]


def unusable(at: datetime, field: str, raw: int) -> DeviceEvent:
    """A value outside its documented range, in a frame whose other values still count."""
    return DeviceEvent(EventKind.RECORD_UNUSABLE, at, {"field": field, "raw": raw})

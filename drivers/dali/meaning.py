"""What frames of control gear say of the light: readings, events, and orders taken."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from drivers.contract import (
    Acknowledgement,
    Decoded,
    DeviceEvent,
    EventKind,
    LevelEcho,
    Measurement,
    Quantity,
    StatusFlag,
)
from drivers.dali import memory
from drivers.dali.curve import is_level_of, whole_percent
from drivers.dali.frames import LEVEL_MAX, Forward
from drivers.dali.overheard import overheard
from drivers.dali.ports import BANK_OF_PORT, UNKNOWN, GearState, Port
from drivers.dali.status import GearStatus, LedFailure, failures_of, flags_of, names_of
from drivers.errors import TruncatedFrameError, UnknownPortError

# Beyond these a counter or a power is a mistake of the gear, not a luminaire: a thousand kilowatts,
# and what that draws in a century.
POWER_W_MAX = 1_000_000
ENERGY_WH_MAX = 10**12

_LAMP_FAILURES = LedFailure.SHORT_CIRCUIT | LedFailure.OPEN_CIRCUIT
_OVERHEATING = LedFailure.THERMAL_SHUTDOWN | LedFailure.THERMAL_OVERLOAD

# Field of a bank → quantity; what is not here is told in an event or not at all.
_READINGS: Mapping[int, Mapping[str, Quantity]] = {
    202: {
        "active_energy_wh": Quantity.ACTIVE_ENERGY_WH,
        "active_power_w": Quantity.ACTIVE_POWER_W,
    },
    203: {
        "apparent_energy_vah": Quantity.APPARENT_ENERGY_VAH,
        "apparent_power_va": Quantity.APPARENT_POWER_VA,
    },
    204: {
        "loadside_energy_wh": Quantity.LOAD_SIDE_ENERGY_WH,
        "loadside_power_w": Quantity.LOAD_SIDE_POWER_W,
    },
    205: {
        "operating_time_s": Quantity.OPERATING_TIME_S,
        "supply_voltage_v": Quantity.SUPPLY_VOLTAGE_V,
        "supply_frequency_hz": Quantity.FREQUENCY_HZ,
        "power_factor": Quantity.POWER_FACTOR,
        "temperature_c": Quantity.TEMPERATURE_C,
    },
    206: {"on_time_s": Quantity.BURNING_TIME_S},
}
_COUNTERS = frozenset(
    {Quantity.ACTIVE_ENERGY_WH, Quantity.APPARENT_ENERGY_VAH, Quantity.LOAD_SIDE_ENERGY_WH}
)
_LIMITS = {
    "active_energy_wh": ENERGY_WH_MAX,
    "apparent_energy_vah": ENERGY_WH_MAX,
    "loadside_energy_wh": ENERGY_WH_MAX,
    "active_power_w": POWER_W_MAX,
    "apparent_power_va": POWER_W_MAX,
    "loadside_power_w": POWER_W_MAX,
}
# Condition of a bank → kind of event.
_CONDITIONS: Mapping[int, Mapping[str, EventKind]] = {
    205: {
        "overall_failure": EventKind.CONTROL_GEAR_FAILURE,
        "undervoltage": EventKind.METERING_ALERT,
        "overvoltage": EventKind.METERING_ALERT,
        "thermal_derating": EventKind.OVERHEATING,
        "thermal_shutdown": EventKind.OVERHEATING,
    },
    206: {
        "overall_failure": EventKind.LAMP_FAILURE,
        "short_circuit": EventKind.LAMP_FAILURE,
        "open_circuit": EventKind.LAMP_FAILURE,
        "thermal_derating": EventKind.OVERHEATING,
        "thermal_shutdown": EventKind.OVERHEATING,
    },
}
_NAMEPLATES = frozenset({0, 1, 207})


def decode_uplink(port: int, payload: bytes, received_at: datetime) -> Decoded:
    """All that one frame says; raises `DecodeError`, nothing else."""
    if port in BANK_OF_PORT:
        return _bank(BANK_OF_PORT[port], payload, received_at)
    decode = _DECODERS.get(port)
    if decode is None:
        known = sorted((*_DECODERS, *BANK_OF_PORT))
        raise UnknownPortError(f"port {port} carries nothing of control gear; known: {known}")
    return decode(payload, received_at)


def _state(payload: bytes, at: datetime) -> Decoded:
    state = GearState.decode(payload)
    failures = LedFailure(state.led_failures)
    events = failures_of(state.status, at) + led_events(failures, at)
    flags = flags_of(state.status)
    if failures & _LAMP_FAILURES:
        flags |= StatusFlag.LAMP_FAILURE
    readings = []
    level_percent = _level_percent(state)
    if level_percent is not None:
        readings.append(Measurement(Quantity.LEVEL_PERCENT, level_percent, at))
    readings.append(Measurement(Quantity.STATUS_FLAGS, flags, at))
    return Decoded(readings, events, [])


def _order_taken(payload: bytes, at: datetime) -> Decoded:
    """The gear has gone, or is going, where it was ordered to: its own state says so."""
    state = GearState.decode(payload)
    decoded = _state(payload, at)
    percent = state.ordered_percent
    if percent == UNKNOWN or state.level == UNKNOWN:
        return decoded
    is_there = is_level_of(state.level, percent, state.dimming_curve)
    # On the way, or stopped by its own least or highest level: it has heard the order.
    is_held = state.status & (GearStatus.FADE_RUNNING | GearStatus.LIMIT_ERROR)
    if is_there or is_held:
        echo: Acknowledgement = LevelEcho(percent, at)
        decoded.acknowledgements.append(echo)
    return decoded


def _level_percent(state: GearState) -> int | None:
    """Percent of light, as ordered where the level is what the order leads to."""
    if state.level > LEVEL_MAX or state.status & GearStatus.FADE_RUNNING:
        return None  # unknown, or on its way
    ordered = state.ordered_percent
    if ordered != UNKNOWN and is_level_of(state.level, ordered, state.dimming_curve):
        return ordered
    return whole_percent(state.level, state.dimming_curve)


def led_events(failures: LedFailure, at: datetime) -> list[DeviceEvent]:
    """The failures LED gear tells of, by what they concern."""
    if not failures:
        return []
    reasons = (
        (EventKind.LAMP_FAILURE, failures & _LAMP_FAILURES),
        (EventKind.OVERHEATING, failures & _OVERHEATING),
        (EventKind.DEVICE_ERROR, failures & ~(_LAMP_FAILURES | _OVERHEATING)),
    )
    return [
        DeviceEvent(kind, at, {"conditions": list(names_of(bits))})
        for kind, bits in reasons
        if bits
    ]


def _overheard(payload: bytes, at: datetime) -> Decoded:
    """An order seen on the bus: two bytes, and the device type enabled before, if any."""
    if len(payload) < 2:
        raise TruncatedFrameError("forward frame", 2, 0, len(payload))
    device_type = payload[2] if len(payload) > 2 else 0
    said = overheard(Forward(payload[0], payload[1], device_type=device_type))
    words = f"unknown {payload[:2].hex()}" if said is None else str(said)
    return Decoded([], [DeviceEvent(EventKind.OVERHEARD_ORDER, at, {"order": words})], [])


def silence(payload: bytes, at: datetime) -> Decoded:
    """Gear that was there does not answer any more."""
    if not payload:
        raise TruncatedFrameError("count of open questions", 1, 0, 0)
    event = DeviceEvent(EventKind.CONTROL_GEAR_COMM_FAILURE, at, {"unanswered": payload[0]})
    flags = int(StatusFlag.CONTROL_GEAR_COMM_FAILURE)
    return Decoded([Measurement(Quantity.STATUS_FLAGS, flags, at)], [event], [])


def _bank(number: int, payload: bytes, at: datetime) -> Decoded:
    if len(payload) < 2:
        raise TruncatedFrameError(f"offset and bytes of bank {number}", 2, 0, len(payload))
    values = memory.present(memory.read_bank(number, payload[0], payload[1:]))
    events = [
        DeviceEvent(EventKind.RECORD_UNUSABLE, at, {"field": name, "raw": values.pop(name)})
        for name, most in _LIMITS.items()
        if float(values.get(name, 0)) > most
    ]
    readings = [
        Measurement(quantity, _whole(quantity, values[name]), at)
        for name, quantity in _READINGS.get(number, {}).items()
        if name in values
    ]
    events += _condition_events(number, values, at)
    if number in _NAMEPLATES and values:
        events.append(DeviceEvent(EventKind.NAMEPLATE, at, {"bank": number, **values}))
    return Decoded(readings, events, [])


def _whole(quantity: Quantity, value: Any) -> float | int:
    return int(value) if quantity in _COUNTERS else value


def _condition_events(number: int, values: Mapping[str, Any], at: datetime) -> list[DeviceEvent]:
    met: dict[EventKind, list[str]] = {}
    for name, kind in _CONDITIONS.get(number, {}).items():
        if values.get(name) is True:
            met.setdefault(kind, []).append(name)
    return [DeviceEvent(kind, at, {"conditions": names}) for kind, names in met.items()]


_DECODERS: Mapping[int, Callable[[bytes, datetime], Decoded]] = {
    Port.STATE: _state,
    Port.ORDER_TAKEN: _order_taken,
    Port.OVERHEARD: _overheard,
    Port.SILENCE: silence,
}
UPLINK_PORTS: tuple[int, ...] = (*map(int, _DECODERS), *BANK_OF_PORT)

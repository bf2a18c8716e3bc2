"""What OSLP messages say of the light: levels, events, energy, burning time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from drivers.contract import (
    Decoded,
    DeviceEvent,
    EventKind,
    LevelEcho,
    Measurement,
    Quantity,
    SettingEcho,
)
from drivers.errors import InvalidValueError, TruncatedFrameError, UnknownPortError
from drivers.instants import Instants, instants_of
from drivers.oslp import messages
from drivers.oslp.values import EVENTS, LIGHT_OFF, LIGHT_ON, channel_of, epoch_s, small_number
from drivers.quantities import is_possible

LEVEL_PERCENT_MAX = 100
MINUTE_S, HOUR_S = 60, 3600


def decode_uplink(port: int, payload: bytes, received_at: datetime) -> Decoded:
    """What one message says; raises `DecodeError`."""
    read = _READERS.get(port)
    if read is None:
        raise UnknownPortError(f"OSLP message {port} says nothing of a light")
    if not payload:
        raise TruncatedFrameError("OSLP message", 1, 0, 0)
    message = messages.parse(payload)
    name = messages.kind_of(message)
    if messages.NUMBERS[name] != port:
        raise InvalidValueError(f"{name} on port {port}")
    decoded = Decoded([], [], [])
    read(getattr(message, name), received_at, decoded)
    return _possible(decoded)


def _possible(decoded: Decoded) -> Decoded:
    """What cannot be is told as an event; what came with it is kept."""
    usable = [one for one in decoded.readings if is_possible(one)]
    unusable = [one for one in decoded.readings if not is_possible(one)]
    told = [
        DeviceEvent(
            EventKind.RECORD_UNUSABLE,
            one.measured_at,
            {"field": str(one.quantity), "raw": str(one.value)},
        )
        for one in unusable
    ]
    return Decoded(usable, [*decoded.events, *told], decoded.acknowledgements)


def _registered(said: Any, at: datetime, decoded: Decoded) -> None:
    detail = {
        "device_identification": said.device_identification,
        "ip_address": ".".join(str(octet) for octet in said.ip_address[:4]),
        "has_schedule": said.has_schedule,
    }
    decoded.events.append(DeviceEvent(EventKind.NETWORK_REGISTERED, at, detail))


def _light_set(said: Any, at: datetime, decoded: Decoded) -> None:
    """An order the device took."""
    for value in said.values:
        address = channel_of(value.index)
        decoded.acknowledgements.append(LevelEcho(_level(value), at, None, address))


def _resumed(said: Any, at: datetime, decoded: Decoded) -> None:
    decoded.acknowledgements.append(LevelEcho(None, at, None, channel_of(said.index)))


def _program_taken(said: Any, at: datetime, decoded: Decoded) -> None:
    detail = {"steps": len(said.schedules)}
    decoded.acknowledgements.append(SettingEcho("program", at, detail))


def _status(said: Any, at: datetime, decoded: Decoded) -> None:
    for value in said.value:
        channel = channel_of(value.index)
        measured = Measurement(Quantity.LEVEL_PERCENT, _level(value), at, channel)
        decoded.readings.append(measured)


def _level(value: Any) -> int:
    """A relay knows on and off only."""
    if not value.on:
        return 0
    level = small_number(value.dim_value) or LEVEL_PERCENT_MAX
    if level > LEVEL_PERCENT_MAX:
        raise InvalidValueError(f"a level of {level} %")
    return level


def _notified(said: Any, at: datetime, decoded: Decoded) -> None:
    times = [epoch_s(one.timestamp) for one in said.notifications]
    instants = instants_of(times, at, decoded.events)
    for one, time_s in zip(said.notifications, times, strict=True):
        _notification(one, instants.of(time_s), decoded)


def _notification(one: Any, at: datetime, decoded: Decoded) -> None:
    meaning = EVENTS.get(one.event)
    kind = meaning.kind if meaning else EventKind.DEVICE_NOTE
    detail: dict[str, object] = {"number": one.event, "index": small_number(one.index)}
    if meaning:
        detail["event"] = meaning.name
    if one.description:
        detail["description"] = one.description[:81]
    if one.event in (LIGHT_ON, LIGHT_OFF):
        detail["is_on"] = one.event == LIGHT_ON
    decoded.events.append(DeviceEvent(kind, at, detail))
    if one.event == LIGHT_OFF:  # on says not how bright
        level = Measurement(Quantity.LEVEL_PERCENT, 0, at, channel_of(one.index))
        decoded.readings.append(level)


def _power_history(said: Any, at: datetime, decoded: Decoded) -> None:
    _power(said.power_usage_data, at, decoded)


def _power_now(said: Any, at: datetime, decoded: Decoded) -> None:
    _power([said.power_usage_data], at, decoded)


def _power(records: Iterable[Any], at: datetime, decoded: Decoded) -> None:
    records = list(records)
    times = [epoch_s(one.record_time) for one in records]
    instants: Instants = instants_of(times, at, decoded.events)
    for one, time_s in zip(records, times, strict=True):
        decoded.readings.extend(_measured(one, instants.of(time_s)))


def _measured(one: Any, at: datetime) -> Iterable[Measurement]:
    # Thousandths of a kilowatt-hour, says the protocol: watt-hours.
    yield Measurement(Quantity.ACTIVE_ENERGY_WH, int(one.total_consumed_energy), at)
    yield Measurement(Quantity.ACTIVE_POWER_W, float(one.actual_consumed_power), at)
    if one.HasField("psld_data"):
        burning_s = one.psld_data.total_lighting_hours * HOUR_S
        yield Measurement(Quantity.BURNING_TIME_S, burning_s, at)
    if one.HasField("ssld_data"):
        yield from _by_phase(one.ssld_data, at)


def _by_phase(held: Any, at: datetime) -> Iterable[Measurement]:
    for phase in (1, 2, 3):
        channel = f"L{phase}"
        current_a = getattr(held, f"actual_current{phase}") / 1000
        power_w = float(getattr(held, f"actual_power{phase}"))
        factor = getattr(held, f"average_power_factor{phase}") / 10
        yield Measurement(Quantity.CURRENT_A, current_a, at, channel)
        yield Measurement(Quantity.ACTIVE_POWER_W, power_w, at, channel)
        yield Measurement(Quantity.POWER_FACTOR, factor, at, channel)
    for relay in held.relay_data:
        burning_s = relay.total_lighting_minutes * MINUTE_S
        channel = channel_of(relay.index)
        yield Measurement(Quantity.BURNING_TIME_S, burning_s, at, channel)


Reader = Callable[[Any, datetime, Decoded], None]

_READERS: Mapping[int, Reader] = {
    messages.NUMBERS[name]: reader
    for name, reader in {
        "register_device_request": _registered,
        "set_light_request": _light_set,
        "get_status_response": _status,
        "resume_schedule_request": _resumed,
        "event_notification_request": _notified,
        "set_schedule_request": _program_taken,
        "get_power_usage_history_response": _power_history,
        "get_actual_power_usage_response": _power_now,
    }.items()
}
PORTS = tuple(_READERS)
"""The kinds of message that say something of the light, by their number."""

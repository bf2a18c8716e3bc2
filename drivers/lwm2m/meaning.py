"""What an LwM2M message says of the light: level, health, energy, and when each was measured."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

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
from drivers.errors import InvalidValueError, UnknownPacketError, UnknownPortError
from drivers.instants import instants_of
from drivers.lwm2m import content, registering
from drivers.lwm2m import resources as of
from drivers.lwm2m.content import Value
from drivers.lwm2m.objects import DEVICE, FIRMWARE, LAMP_CONTROLLER, LOCATION, PHOTOCELL, TIMESTAMP
from drivers.lwm2m.packet import ROOT_PORT, Kind, Packet, unpack
from drivers.lwm2m.senml import Scalar
from drivers.quantities import is_possible

LEVEL_PERCENT_MAX = 100
COUNTER_MAX = 1 << 53  # beyond, a float no longer counts by ones
_WINDOW_BYTES = 4

PORTS = (*sorted(of.HEARD_OBJECTS), ROOT_PORT)


class _Instance(NamedTuple):
    """An object instance of a device at an instant."""

    object_id: int
    instance_id: int
    at: datetime


def decode_uplink(port: int, payload: bytes, received_at: datetime) -> Decoded:
    """What one message says; raises `DecodeError`."""
    if port not in PORTS:
        raise UnknownPortError(f"object {port} says nothing of a light")
    packet = unpack(port, payload)
    match packet.kind:
        case Kind.VALUE | Kind.SENT:
            return _values(content.read(packet.form, packet.path, packet.body), received_at)
        case Kind.REGISTERED | Kind.UPDATED | Kind.DEREGISTERED:
            return registering.decode(packet, received_at)
        case Kind.WRITE | Kind.WRITE_WINDOW:
            return Decoded([], [], _taken(packet, received_at))
        case other:
            raise UnknownPacketError(f"{other.name} says nothing that came from the device")


def _taken(packet: Packet, at: datetime) -> list[Acknowledgement]:
    """An order the device took (2.04): what it was ordered is what it holds."""
    hold, body = None, packet.body
    if packet.kind is Kind.WRITE_WINDOW:
        hold = timedelta(seconds=int.from_bytes(body[:_WINDOW_BYTES], "big"))
        body = body[_WINDOW_BYTES:]
    written = {
        value.path.resource_id: value.value
        for value in content.read(packet.form, packet.path, body)
        if value.path.object_id == LAMP_CONTROLLER
    }
    if of.COMMAND in written:
        return [LevelEcho(_level(written[of.COMMAND]), at, hold)]
    return [LevelEcho(None, at)] if written.get(of.OVERRIDE_END) == 0 else []


def _values(values: Sequence[Value], received_at: datetime) -> Decoded:
    decoded = Decoded([], [], [])
    for instance, held in _by_instance(values, received_at, decoded.events).items():
        for measured in _readings(instance, held):
            if is_possible(measured):
                decoded.readings.append(measured)
            else:
                said = {"field": str(measured.quantity), "raw": str(measured.value)}
                decoded.events.append(DeviceEvent(EventKind.RECORD_UNUSABLE, instance.at, said))
        decoded.events.extend(_alerts(instance, held))
        match instance.object_id:
            case obj if obj == LAMP_CONTROLLER:
                _lamp(instance, held, decoded)
            case obj if obj == PHOTOCELL and of.PHOTOCELL_STATUS in held:
                detail = {"is_active": held[of.PHOTOCELL_STATUS]}
                decoded.events.append(DeviceEvent(EventKind.LIGHT_SENSOR, instance.at, detail))
            case _:
                decoded.events.extend(_core_events(instance, held))
    return decoded


def _by_instance(
    values: Iterable[Value], received_at: datetime, events: list[DeviceEvent]
) -> dict[_Instance, dict[int, Scalar]]:
    """Values by object instance and instant: SenML's time, else the instance's own time stamp."""
    values = list(values)
    stamps = {
        value.path[:2]: _number(value.value)
        for value in values
        if value.path.resource_id == TIMESTAMP and value.epoch_s is None
    }
    times = [
        stamps.get(value.path[:2])
        if value.epoch_s is None
        else _absolute_s(value.epoch_s, received_at)
        for value in values
    ]
    instants = instants_of(times, received_at, events)
    held: dict[_Instance, dict[int, Scalar]] = {}
    for value, time_s in zip(values, times, strict=True):
        path = value.path
        key = _Instance(path.object_id, path.instance_id, instants.of(time_s))
        held.setdefault(key, {})[path.resource_id] = value.value
    return held


def _absolute_s(epoch_s: float, received_at: datetime) -> float:
    """SenML's time: below 2^28 it counts from now (RFC 8428, 4.5.3). A value measured later than
    now comes from a clock that was never set, and counts from 1970."""
    return received_at.timestamp() + epoch_s if epoch_s <= 0 else epoch_s


def _number(value: Scalar) -> float | None:
    """A time stamp of 0 says that there is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value else None


def _readings(instance: _Instance, held: Mapping[int, Scalar]) -> Iterable[Measurement]:
    """Instance 0 is the light; what a device has more of goes by its instance's number."""
    channel = "" if instance.instance_id == 0 else str(instance.instance_id)
    meanings = of.MEANINGS.get(instance.object_id, {})
    for resource_id, value in held.items():
        meaning = meanings.get(resource_id)
        if meaning is None or not isinstance(value, int | float) or not math.isfinite(value):
            continue  # NaN is how a float says that it is not available
        scaled: float | int = value * meaning.factor if meaning.factor != 1 else value
        if meaning.quantity is Quantity.LEVEL_PERCENT:
            scaled = _level(value)
        elif meaning.is_counter:
            scaled = _counter(meaning, scaled)
        yield Measurement(meaning.quantity, scaled, instance.at, channel)


def _counter(meaning: of.Meaning, value: float) -> int:
    if not 0 <= value < COUNTER_MAX:
        raise InvalidValueError(f"{meaning.quantity} counts {value:g}")
    return round(value)


def _level(value: Scalar) -> int:
    if not isinstance(value, int) or not 0 <= value <= LEVEL_PERCENT_MAX:
        raise InvalidValueError(f"a level of {value!r} %")
    return value


def _lamp(instance: _Instance, held: Mapping[int, Scalar], decoded: Decoded) -> None:
    address = "" if instance.instance_id == 0 else str(instance.instance_id)
    for resource_id, (_, kind) in of.LAMP_FLAGS.items():
        if held.get(resource_id) is True:
            detail = {"instance": instance.instance_id}
            decoded.events.append(DeviceEvent(kind, instance.at, detail))
    if of.LAMP_FAILURE in held:  # a message without it says nothing of the lamp's health
        flags = _flags(held)
        measured = Measurement(Quantity.STATUS_FLAGS, int(flags), instance.at, address)
        decoded.readings.append(measured)
    if of.COMMAND in held:
        is_released = held.get(of.OVERRIDE_ACTIVE) is False and of.COMMAND_IN_ACTION in held
        level = held[of.COMMAND_IN_ACTION if is_released else of.COMMAND]
        decoded.acknowledgements.append(LevelEcho(_level(level), instance.at, None, address))


def _flags(held: Mapping[int, Scalar]) -> StatusFlag:
    flags = StatusFlag(0)
    for resource_id, (flag, _) in of.LAMP_FLAGS.items():
        if flag is not None and held.get(resource_id) is True:
            flags |= flag
    level = held.get(of.DIMMING_LEVEL)
    return flags | StatusFlag.LAMP_ON if isinstance(level, int) and level > 0 else flags


def _alerts(instance: _Instance, held: Mapping[int, Scalar]) -> Iterable[DeviceEvent]:
    for resource_id, alert in of.ALERTS.get(instance.object_id, {}).items():
        if held.get(resource_id) is True:
            detail = {"alert": alert, "instance": instance.instance_id}
            yield DeviceEvent(EventKind.METERING_ALERT, instance.at, detail)


def _core_events(instance: _Instance, held: Mapping[int, Scalar]) -> Iterable[DeviceEvent]:
    """What the objects every LwM2M device has tell: errors, firmware, place."""
    at = instance.at
    match instance.object_id:
        case obj if obj == DEVICE and held.get(of.DEVICE_ERROR_CODE, 0) in of.DEVICE_ERRORS:
            code = held[of.DEVICE_ERROR_CODE]
            detail = {"code": code, "error": of.DEVICE_ERRORS[int(code)]}
            yield DeviceEvent(EventKind.DEVICE_ERROR, at, detail)
        case obj if obj == FIRMWARE and (held.keys() & {of.FIRMWARE_STATE, of.FIRMWARE_RESULT}):
            yield DeviceEvent(EventKind.FIRMWARE_UPDATE, at, _firmware_detail(held))
        case obj if obj == LOCATION and {of.LATITUDE, of.LONGITUDE} <= held.keys():
            place = {"lat_deg": held[of.LATITUDE], "lon_deg": held[of.LONGITUDE]}
            if _is_on_earth(place["lat_deg"], place["lon_deg"]):
                yield DeviceEvent(EventKind.LOCATION, at, place)


def _is_on_earth(lat_deg: Scalar, lon_deg: Scalar) -> bool:
    are_numbers = isinstance(lat_deg, int | float) and isinstance(lon_deg, int | float)
    return are_numbers and abs(lat_deg) <= 90 and abs(lon_deg) <= 180  # type: ignore[arg-type]


def _firmware_detail(held: Mapping[int, Scalar]) -> dict[str, object]:
    told: dict[str, object] = {}
    for name, resource_id, names in (
        ("state", of.FIRMWARE_STATE, of.FIRMWARE_STATES),
        ("result", of.FIRMWARE_RESULT, of.FIRMWARE_RESULTS),
    ):
        if resource_id in held:
            number = int(held[resource_id])
            told[name] = names.get(number, f"number {number}")
    return told

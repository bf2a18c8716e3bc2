"""Reads and writes the messages a profile describes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, NamedTuple, TypeGuard

from drivers.cellular import wire
from drivers.cellular.spec import JsonSpec, Order, Point, TimeForm, flag_of
from drivers.contract import (
    Decoded,
    DeviceEvent,
    EventKind,
    LevelEcho,
    Measurement,
    PortFrame,
    Quantity,
    StatusFlag,
)
from drivers.errors import (
    EncodeError,
    InvalidValueError,
    TruncatedFrameError,
    UnknownPortError,
    UnknownTopicError,
)
from drivers.instants import Instants, instants_of
from drivers.quantities import WHOLE, is_possible

PORT = 1
LEVEL_PERCENT_MAX = 100
DECIMALS = 9  # tenths and thousandths are not binary
RADIO_MAX = 1e6
ORDER_NAMES = {"level_percent", "hold_s"}
_COMPACT = "%Y%m%d%H%M%S"


class Sender(NamedTuple):
    """Who sent a message, and how it was heard."""

    address: str
    rssi_dbm: int | None
    snr_db: float | None
    cell: str | None


class JsonReports:
    """A device that only reports."""

    uplink_ports = (PORT,)

    def __init__(self, spec: JsonSpec) -> None:
        """Raises `ValueError` naming the field that cannot be."""
        has_place = wire.ADDRESS in spec.topic or bool(spec.identity.address)
        if not has_place:
            raise ValueError("topic: it holds no {address}, and identity.address is not given")
        self.spec = spec
        self._topic = wire.pattern_of(spec.topic)
        self._records = wire.path_of(spec.records)
        self._points = [(wire.path_of(one.path), one) for one in spec.points]
        self._states = [(wire.path_of(one.path), one, flag_of(one)) for one in spec.states]
        self._events = [(wire.path_of(one.path), one.kinds) for one in spec.events]
        self._echo = wire.path_of(spec.level_echo)

    def sender_of(self, topic: str, payload: bytes) -> Sender:
        """Who sent a message that came on a topic; raises `DecodeError`."""
        matched = self._topic.fullmatch(topic)
        if matched is None:
            raise UnknownTopicError(f"{topic[:100]!r} is not {self.spec.topic}")
        message = wire.load(self.spec.encoding, payload)
        address = matched.groupdict().get("address")
        told = self._text(message, self.spec.identity.address)
        if address and told and address != told:
            raise InvalidValueError(f"the topic names {address}, the message {told[:60]!r}")
        if not (address or told):
            raise InvalidValueError(f"no address at {self.spec.identity.address}")
        radio = self.spec.radio
        rssi = self._scaled(message, radio.rssi, radio.scale)
        return Sender(
            address or told,
            None if rssi is None else round(rssi),
            self._scaled(message, radio.snr, radio.scale),
            self._text(message, radio.cell) or None,
        )

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        """What one message says; raises `DecodeError`."""
        if port != PORT:
            raise UnknownPortError(f"messages have port {PORT}, not {port}")
        if not payload:
            raise TruncatedFrameError("message", 1, 0, 0)
        message = wire.load(self.spec.encoding, payload)
        records = wire.records_of(message, self._records)
        decoded = Decoded([], [], [])
        times = [self._time_s(record) for record in records]
        instants: Instants = instants_of(times, received_at, decoded.events)
        identity = self._identity(message)
        for record, time_s in zip(records, times, strict=True):
            self._take(record, instants.of(time_s), identity, decoded)
        return decoded

    def _take(
        self, record: Any, at: datetime, identity: Mapping[str, object], decoded: Decoded
    ) -> None:
        for path, point in self._points:
            _measure(wire.look_up(record, path), point, at, decoded)
        flags, is_told = StatusFlag(0), False
        for path, state, flag in self._states:
            value = wire.look_up(record, path)
            is_told = is_told or value is not None
            if value is not None and value == state.when:
                flags |= flag
                if state.event is not None:
                    decoded.events.append(DeviceEvent(state.event, at, identity))
        if is_told:
            decoded.readings.append(Measurement(Quantity.STATUS_FLAGS, int(flags), at))
        for path, kinds in self._events:
            kind = kinds.get(str(wire.look_up(record, path)))
            if kind is not None:
                detail = {**identity, "reason": str(wire.look_up(record, path))[:60]}
                decoded.events.append(DeviceEvent(kind, at, detail))
        echoed = wire.look_up(record, self._echo) if self._echo else None
        if echoed is not None:
            decoded.acknowledgements.append(LevelEcho(_level(echoed), at))

    def _identity(self, message: Mapping[str, Any]) -> dict[str, object]:
        said = {"imei": self.spec.identity.imei, "number": self.spec.identity.number}
        told = {name: self._text(message, path) for name, path in said.items()}
        return {name: value for name, value in told.items() if value}

    def _text(self, message: Mapping[str, Any], path: str) -> str:
        value = wire.look_up(message, wire.path_of(path)) if path else None
        return "" if value is None else str(value)[:200]

    def _scaled(self, message: Mapping[str, Any], path: str, scale: float) -> float | None:
        value = wire.look_up(message, wire.path_of(path)) if path else None
        if not _is_number(value) or not abs(value) < RADIO_MAX:
            return None
        return round(value * scale, DECIMALS)

    def _time_s(self, record: Any) -> float | None:
        time = self.spec.time
        value = wire.look_up(record, wire.path_of(time.path)) if time else None
        return None if time is None or value is None else _epoch_s(value, time.form)


class JsonLamp(JsonReports):
    """A device that takes orders too."""

    def __init__(self, spec: JsonSpec, order: Order) -> None:
        super().__init__(spec)
        if wire.ADDRESS not in order.topic:
            raise ValueError("order.topic: it holds no {address}")
        unknown = (wire.names_in(order.level) | wire.names_in(order.release)) - ORDER_NAMES
        if unknown or "level_percent" not in wire.names_in(order.level):
            known = ", ".join(f"${name}" for name in sorted(ORDER_NAMES))
            raise ValueError(f"order: write $level_percent, and only {known}")
        self._order = order

    def topic_for(self, address: str) -> str:
        """Where orders to a device are published; raises `EncodeError`."""
        if any(sign in address for sign in "/+#\0") or not address:
            raise EncodeError(f"{address!r} cannot stand in a topic")
        return self._order.topic.replace(wire.ADDRESS, address)

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        if level_percent is None:
            if hold is not None or self._order.release is None:
                raise EncodeError("this device is not sent back to its program that way")
            return self._written(self._order.release, {})
        if not 0 <= level_percent <= LEVEL_PERCENT_MAX:
            raise EncodeError(f"level {level_percent} is outside 0..{LEVEL_PERCENT_MAX} %")
        if hold is not None and "hold_s" not in wire.names_in(self._order.level):
            raise EncodeError("this device has no level that ends by itself")
        values = {"level_percent": round(level_percent * self._order.level_scale)}
        return self._written(
            self._order.level, {**values, "hold_s": round(hold.total_seconds()) if hold else 0}
        )

    def _written(self, template: Mapping[str, Any], values: Mapping[str, int]) -> PortFrame:
        message = wire.filled(template, values)
        return PortFrame(PORT, wire.dump(self.spec.encoding, message))


def build(spec: JsonSpec) -> JsonReports:
    """The codec of a described device; raises `ValueError` naming the field that cannot be."""
    return JsonReports(spec) if spec.order is None else JsonLamp(spec, spec.order)


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _measure(value: Any, point: Point, at: datetime, decoded: Decoded) -> None:
    """What cannot be is told as an event; what came with it is kept."""
    if value is None:
        return
    scaled = value
    if _is_number(value) and isfinite(value):
        is_whole = point.quantity in WHOLE
        scaled = round(value * point.scale) if is_whole else round(value * point.scale, DECIMALS)
    measured = Measurement(point.quantity, scaled, at, point.channel)
    if _is_number(scaled) and is_possible(measured):
        decoded.readings.append(measured)
        return
    said = {"field": point.path, "raw": str(value)[:40]}
    decoded.events.append(DeviceEvent(EventKind.RECORD_UNUSABLE, at, said))


def _level(value: Any) -> int:
    if not _is_number(value) or not 0 <= value <= LEVEL_PERCENT_MAX:
        raise InvalidValueError(f"a level of {str(value)[:40]} %")
    return round(value)


def _epoch_s(value: Any, form: TimeForm) -> float:
    try:
        if form is TimeForm.COMPACT:
            return datetime.strptime(str(value), _COMPACT).replace(tzinfo=UTC).timestamp()
        if form is TimeForm.ISO_8601:
            at = datetime.fromisoformat(str(value))
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise InvalidValueError(f"{str(value)[:40]!r} is no time: {form.value}") from error
    if not _is_number(value) or not abs(value) < 1e15:
        raise InvalidValueError(f"{str(value)[:40]!r} is no time: {form.value}")
    return float(value) / (1000 if form is TimeForm.EPOCH_MS else 1)

"""What is done with the raw value of a field: one small function for each thing it can say."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from drivers.contract import EventKind, LevelEcho, Measurement, Quantity, StatusFlag
from drivers.layouts.model import Bit, Field
from drivers.layouts.numbers import FLOATS, WIDTHS, is_number, scaling
from drivers.layouts.said import Said
from drivers.quantities import WHOLE, limits

Take: TypeAlias = Callable[[Any, Said], None]


def taker(field: Field) -> Take | None:
    """What to do with the field's raw value; None when it says nothing."""
    takes: Take | None = None
    if field.quantity is not None:
        takes = _measurement(field, field.quantity)
    elif field.echo is not None:
        takes = _level_echo(field)
    elif field.instant is not None:
        takes = _instant
    elif field.bits:
        takes = _bits(field.bits)
    elif field.detail is not None:
        takes = _detail(field, field.detail)
    if takes is None:
        return None
    if field.type in FLOATS:
        takes = _unless_no_number(field, takes)
    return _unless_absent(field.absent, takes) if field.absent else takes


def _measurement(field: Field, quantity: Quantity) -> Take:
    is_whole = quantity in WHOLE
    scale = scaling(field.scale, field.offset, to_whole=is_whole and not _is_integer(field))
    low, high = _valid(field, quantity)
    channel, place = field.channel, _place(field, quantity)
    if _is_within(field, low, high):
        return _surely_valid(quantity, channel, scale)

    def take(raw: Any, said: Said) -> None:
        value = raw if scale is None else scale(raw)
        if low <= value <= high:
            said.readings.append(Measurement(quantity, value, said.at, channel))
        else:
            said.pending.append((EventKind.RECORD_UNUSABLE, {"field": place, "raw": raw}))

    return take


def _surely_valid(quantity: Quantity, channel: str, scale: Callable[[Any], Any] | None) -> Take:
    """The frequent ones, without what they do not need."""
    if scale is None:

        def take_raw(raw: Any, said: Said) -> None:
            said.readings.append(Measurement(quantity, raw, said.at, channel))

        return take_raw

    def take_scaled(raw: Any, said: Said) -> None:
        said.readings.append(Measurement(quantity, scale(raw), said.at, channel))

    return take_scaled


def _valid(field: Field, quantity: Quantity) -> tuple[float, float]:
    """The field's own limits, within those of the quantity."""
    low, high = limits(quantity)
    own_low, own_high = field.valid or (low, high)
    return max(low, own_low), min(high, own_high)


def _is_integer(field: Field) -> bool:
    """Whether scaling gives whole numbers by itself."""
    no_float = field.type not in FLOATS
    return no_float and float(field.scale).is_integer() and float(field.offset).is_integer()


def _is_within(field: Field, low: float, high: float) -> bool:
    """Whether no raw value leads out of the limits."""
    if field.type in FLOATS:
        return False
    width = WIDTHS[field.type]
    ends = [raw * field.scale + field.offset for raw in (width.low, width.high)]
    return low <= min(ends) and max(ends) <= high


def _place(field: Field, quantity: Quantity) -> str:
    return f"{quantity}/{field.channel}" if field.channel else str(quantity)


def _level_echo(field: Field) -> Take:
    scale = scaling(field.scale, field.offset, to_whole=True)
    low, high = _valid(field, Quantity.LEVEL_PERCENT)

    def take(raw: Any, said: Said) -> None:
        level_percent = raw if scale is None else scale(raw)
        if low <= level_percent <= high:
            said.acknowledgements.append(LevelEcho(int(level_percent), said.at))
        else:
            detail = {"field": "level_percent", "raw": raw}
            said.pending.append((EventKind.RECORD_UNUSABLE, detail))

    return take


def _instant(raw: int, said: Said) -> None:
    """The device's own clock, while it can be believed."""
    said.measured_at(raw)


def _detail(field: Field, name: str) -> Take:
    scale = scaling(field.scale, field.offset, to_whole=False)

    def take(raw: Any, said: Said) -> None:
        if isinstance(raw, bytes):
            said.detail[name] = raw.hex()
        else:
            said.detail[name] = raw if scale is None else scale(raw)

    return take


def _bits(bits: Mapping[int, Bit]) -> Take:
    contacts = [(bit, say.quantity, say.channel) for bit, say in bits.items() if say.quantity]
    flags = [(1 << bit, flag_named(say.flag)) for bit, say in bits.items() if say.flag]
    events = [(1 << bit, say.event, say.detail) for bit, say in bits.items() if say.event]

    def take(raw: int, said: Said) -> None:
        for bit, quantity, channel in contacts:
            said.readings.append(Measurement(quantity, raw >> bit & 1, said.at, channel))
        if flags:
            before = said.flags[0] if said.flags else 0
            said.flags = (before | sum(flag for mask, flag in flags if raw & mask), said.at)
        for mask, kind, detail in events:
            if raw & mask:
                said.pending.append((kind, detail))

    return take


def flag_named(name: str) -> StatusFlag:
    """The flag a profile calls so; raises `KeyError`."""
    return StatusFlag[name.upper()]


def _unless_no_number(field: Field, takes: Take) -> Take:
    place = _place(field, field.quantity) if field.quantity else str(field.detail or field.echo)

    def take(raw: float, said: Said) -> None:
        if is_number(raw):
            takes(raw, said)
        else:
            detail = {"field": place, "raw": str(raw)}
            said.pending.append((EventKind.RECORD_UNUSABLE, detail))

    return take


def _unless_absent(absent: Mapping[int, EventKind | None], takes: Take) -> Take:
    def take(raw: Any, said: Said) -> None:
        if raw not in absent:
            takes(raw, said)
            return
        kind = absent[raw]
        if kind is not None:
            said.pending.append((kind, {"raw": raw}))

    return take

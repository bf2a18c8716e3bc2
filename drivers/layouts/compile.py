"""Turns a layout into code, once; refuses what makes no sense, naming the place."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from drivers.assembly import Assembled
from drivers.layouts.frames import FrameReader, RecordReader, Step, Tail
from drivers.layouts.model import (
    ByteOrder,
    Downlinks,
    Field,
    Layout,
    LayoutError,
    NumberType,
    OrderField,
    OutputOrders,
    Part,
    Record,
    Uplinks,
)
from drivers.layouts.numbers import FLOATS, WIDTHS, converter, structure
from drivers.layouts.orders import (
    CompiledPart,
    Dimmer,
    Meter,
    Order,
    Settings,
    Switch,
    number_part,
)
from drivers.layouts.takers import flag_named, taker

RecordsNamed = Callable[[str], Sequence[Record]]
"""Reads a file of shared records by its name; raises `ValueError`."""


def compile_layout(layout: Layout, records_named: RecordsNamed) -> object:
    """The codec of a layout, with the abilities its downlinks show; raises `LayoutError`."""
    if layout.uplinks is None and layout.downlinks is None:
        raise LayoutError("it is empty; write uplinks, downlinks or both")
    parts: list[object] = []
    if layout.uplinks is not None:
        parts.append(_uplinks(layout.uplinks, records_named))
    if layout.downlinks is not None:
        parts += _downlinks(layout.downlinks)
    return Assembled(*parts)


def _uplinks(uplinks: Uplinks, records_named: RecordsNamed) -> FrameReader:
    readers: dict[bytes, RecordReader] = {}
    for number, record in enumerate(uplinks.records):
        place = f"uplinks.records[{number}]"
        for reader in _readers(place, record, uplinks):
            if reader.key in readers:
                other = readers[reader.key].record.carries
                raise LayoutError(f"{place}.key: {reader.key.hex()!r} is that of {other!r} too")
            readers[reader.key] = reader
    for name in uplinks.shared:
        for number, record in enumerate(records_named(name)):
            for reader in _readers(f"uplinks.shared: {name}[{number}]", record, uplinks):
                readers.setdefault(reader.key, reader)
    if not readers:
        raise LayoutError("uplinks.records: there are none; write at least one record")
    ports = None if uplinks.ports == "any" else frozenset(uplinks.ports)
    key_size = min(len(key) for key in readers)
    return FrameReader(_by_beginning(readers, key_size), key_size, uplinks.repeats, ports)


def _by_beginning(
    readers: Mapping[bytes, RecordReader], key_size: int
) -> Mapping[bytes, Sequence[RecordReader]]:
    """Readers by the first bytes of their keys; where those are the same, longest key first."""
    found: dict[bytes, list[RecordReader]] = {}
    for key in sorted(readers, key=len, reverse=True):
        found.setdefault(key[:key_size], []).append(readers[key])
    return found


def _readers(place: str, record: Record, uplinks: Uplinks) -> Iterator[RecordReader]:
    """A record's reader for each of its keys."""
    keys = [record.key] if isinstance(record.key, str) else record.key
    reader = _reader(place, record, uplinks)
    for text in keys:
        key = _bytes(f"{place}.key", text)
        if not key and reader.structure.size == 0:
            raise LayoutError(f"{place}: a record needs a key, a field or both")
        yield reader._replace(key=key)


def _reader(place: str, record: Record, uplinks: Uplinks) -> RecordReader:
    for number, field in enumerate(record.fields):
        _check(f"{place}.fields[{number}]", field)
    fields, last = _without_tail(place, record.fields)
    codes = "".join(map(_code, fields))
    form = structure(codes, uplinks.byte_order)
    steps = tuple(
        Step(number, converter(field.type, uplinks.byte_order), take)
        for number, field in enumerate(fields)
        if (take := taker(field)) is not None
    )
    tail = None if last is None else _tail(f"{place}.fields[{len(fields)}]", last, fields)
    return RecordReader(b"", record, form, steps, tail)


def _code(field: Field) -> str:
    return f"{field.length}s" if field.type is NumberType.BYTES else WIDTHS[field.type].code


def _without_tail(place: str, fields: Sequence[Field]) -> tuple[Sequence[Field], Field | None]:
    """The fields of known length, and the last one when a field before it tells its length."""
    told = [number for number, field in enumerate(fields) if isinstance(field.length, str)]
    if not told:
        return fields, None
    if told != [len(fields) - 1]:
        raise LayoutError(
            f"{place}.fields[{told[0]}].length: only the last field may have its length told"
        )
    return fields[:-1], fields[-1]


def _tail(place: str, last: Field, fields: Sequence[Field]) -> Tail:
    for number, field in enumerate(fields):
        if field.detail == last.length and field.type in (NumberType.U8, NumberType.U16):
            return Tail(number, taker(last))
    raise LayoutError(f"{place}.length: {last.length!r} is the detail of no u8 or u16 before it")


def _check(place: str, field: Field) -> None:
    """What the words of a field may not say together."""
    says = [field.quantity, field.echo, field.instant, field.detail, field.bits or None]
    if sum(said is not None for said in says) > 1:
        raise LayoutError(f"{place}: write one of quantity, echo, instant, detail, bits")
    if field.instant is not None and field.type not in (NumberType.U32, NumberType.U64):
        raise LayoutError(f"{place}.instant: seconds since 1970 are a u32 or u64")
    is_text = field.type is NumberType.BYTES
    if is_text != (field.length is not None):
        raise LayoutError(f"{place}.length: bytes need one, numbers have their own")
    if isinstance(field.length, int) and field.length < 1:
        raise LayoutError(f"{place}.length: {field.length} is less than one byte")
    if is_text and (field.quantity or field.echo or field.bits or field.absent):
        raise LayoutError(f"{place}: bytes are passed over or kept as a detail, no more")
    if field.scale == 0:
        raise LayoutError(f"{place}.scale: 0 makes every value the same")
    if field.valid is not None and field.valid[0] > field.valid[1]:
        raise LayoutError(f"{place}.valid: {field.valid[0]:g} is above {field.valid[1]:g}")
    _check_bits(place, field)


def _check_bits(place: str, field: Field) -> None:
    if field.bits and field.type in FLOATS:
        raise LayoutError(f"{place}.bits: {field.type} has no bits; write u8, u16, u24 or u32")
    for bit, say in field.bits.items():
        here = f"{place}.bits[{bit}]"
        if not 0 <= bit < WIDTHS[field.type].size * 8:
            raise LayoutError(f"{here}: {field.type} has no such bit")
        if sum(said is not None for said in (say.quantity, say.flag, say.event)) != 1:
            raise LayoutError(f"{here}: write one of quantity, flag, event")
        if say.flag is not None:
            try:
                flag_named(say.flag)
            except KeyError:
                raise LayoutError(f"{here}.flag: {say.flag!r} is no status flag") from None


def _downlinks(downlinks: Downlinks) -> list[object]:
    """A part for each ability the orders show."""
    orders = _OrderWriter(downlinks.port, downlinks.byte_order)
    parts: list[object] = []
    timed = orders.optional("set_level_for", downlinks.set_level_for)
    back = orders.optional("back_to_program", downlinks.back_to_program)
    by_hand = orders.optional("set_level", downlinks.set_level)
    if by_hand is not None:
        parts.append(Dimmer(by_hand, timed, back))
    elif timed or back:
        raise LayoutError("downlinks.set_level: missing, though its other forms are there")
    if downlinks.outputs or downlinks.all_outputs:
        _check_outputs(downlinks.outputs, downlinks.all_outputs)
        parts.append(Switch(downlinks.port, downlinks.outputs, downlinks.all_outputs))
    request = orders.optional("request_meter", downlinks.request_meter)
    if request is not None:
        parts.append(Meter(request))
    if downlinks.settings:
        settings = downlinks.settings.items()
        parts.append(
            Settings({name: orders.order(f"settings.{name}", said) for name, said in settings})
        )
    if not parts:
        raise LayoutError("downlinks: there is no order in it; write one, or leave downlinks out")
    return parts


# The values an order of an ability may name, and must.
_NAMED_VALUES: Mapping[str, frozenset[str]] = {
    "set_level": frozenset({"level_percent"}),
    "set_level_for": frozenset({"level_percent", "hold_minutes"}),
    "back_to_program": frozenset(),
    "request_meter": frozenset(),
}


class _OrderWriter:
    def __init__(self, port: int, order: ByteOrder) -> None:
        self._port = port
        self._order = order

    def optional(self, name: str, parts: Sequence[Part]) -> Order | None:
        return self.order(name, parts) if parts else None

    def order(self, name: str, parts: Sequence[Part]) -> Order:
        compiled = [self._part(f"downlinks.{name}[{at}]", part) for at, part in enumerate(parts)]
        names = frozenset(part.name for part in parts if isinstance(part, OrderField))
        if name in _NAMED_VALUES and names != _NAMED_VALUES[name]:
            wanted = ", ".join(sorted(_NAMED_VALUES[name])) or "no value"
            raise LayoutError(f"downlinks.{name}: its parts must name {wanted}")
        return Order(self._port, compiled, names)

    def _part(self, place: str, part: Part) -> CompiledPart:
        if isinstance(part, str):
            return _bytes(place, part)
        if part.type not in WIDTHS or part.type in FLOATS:
            raise LayoutError(f"{place}.type: an order has whole numbers, not {part.type}")
        if part.scale <= 0:
            raise LayoutError(f"{place}.scale: {part.scale:g} must be above 0")
        width = WIDTHS[part.type]
        for value in part.valid or ():
            if not width.low <= value / part.scale <= width.high:
                raise LayoutError(f"{place}.valid: {value:g} does not fit {part.type}")
        return number_part(part, self._order)


def _check_outputs(outputs: Mapping[str, OutputOrders], all_outputs: OutputOrders | None) -> None:
    named = {f"outputs.{name}": orders for name, orders in outputs.items()}
    if all_outputs is not None:
        named["all_outputs"] = all_outputs
    for name, orders in named.items():
        _bytes(f"downlinks.{name}.close", orders.close)
        _bytes(f"downlinks.{name}.open", orders.open)


def _bytes(place: str, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise LayoutError(f"{place}: {text!r} is not hexadecimal, two digits a byte") from None

"""Turns a layout into code, once; refuses what makes no sense, naming the place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from drivers.assembly import Assembled
from drivers.layouts.checks import check_field
from drivers.layouts.compile_orders import order_parts
from drivers.layouts.frames import FrameReader, Reader, RecordReader, Step, Tail
from drivers.layouts.model import (
    ByteOrder,
    Field,
    Layout,
    LayoutError,
    NumberType,
    Record,
    Uplinks,
    hexadecimal,
)
from drivers.layouts.numbers import WIDTHS, converter, structure
from drivers.layouts.takers import taker


class Library(NamedTuple):
    """What layouts may refer to by name: shared records, read from their file (`ValueError` when
    there is none), and readers in Python."""

    records_named: Callable[[str], Sequence[Record]]
    readers: Mapping[str, Reader]


def compile_layout(layout: Layout, library: Library) -> object:
    """The codec of a layout, with the abilities its downlinks show; raises `LayoutError`."""
    if layout.uplinks is None and layout.downlinks is None:
        raise LayoutError("it is empty; write uplinks, downlinks or both")
    parts: list[object] = []
    if layout.uplinks is not None:
        parts.append(_uplinks(layout.uplinks, library))
    if layout.downlinks is not None:
        parts += order_parts(layout.downlinks)
    return Assembled(*parts)


def _uplinks(uplinks: Uplinks, library: Library) -> FrameReader:
    compiler = _RecordCompiler(uplinks.byte_order, library.readers)
    readers: dict[bytes, RecordReader] = {}
    for number, record in enumerate(uplinks.records):
        place = f"uplinks.records[{number}]"
        for reader in compiler.readers(place, record):
            if reader.key in readers:
                other = readers[reader.key].record.carries
                raise LayoutError(f"{place}.key: {reader.key.hex()!r} is that of {other!r} too")
            readers[reader.key] = reader
    for name in uplinks.shared:
        for number, record in enumerate(library.records_named(name)):
            for reader in compiler.readers(f"uplinks.shared: {name}[{number}]", record):
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


class _RecordCompiler:
    def __init__(self, order: ByteOrder, readers: Mapping[str, Reader]) -> None:
        self._order = order
        self._named = readers

    def readers(self, place: str, record: Record) -> Iterator[RecordReader]:
        """A record's reader for each of its keys."""
        keys = [record.key] if isinstance(record.key, str) else record.key
        reader = self._reader(place, record)
        for text in keys:
            key = hexadecimal(f"{place}.key", text)
            if not key and reader.structure.size == 0:
                raise LayoutError(f"{place}: a record needs a key, a field or both")
            yield reader._replace(key=key)

    def _reader(self, place: str, record: Record) -> RecordReader:
        for number, field in enumerate(record.fields):
            check_field(f"{place}.fields[{number}]", field)
        fields, last = _without_tail(place, record.fields)
        form = structure("".join(map(_code, fields)), self._order)
        steps = tuple(
            Step(number, converter(field.type, self._order), take)
            for number, field in enumerate(fields)
            if (take := taker(field)) is not None
        )
        tail = None if last is None else _tail(f"{place}.fields[{len(fields)}]", last, fields)
        return RecordReader(b"", record, form, steps, tail, self._named_reader(place, record))

    def _named_reader(self, place: str, record: Record) -> Reader | None:
        if record.reader is None:
            return None
        if record.fields:
            raise LayoutError(f"{place}.reader: it goes without fields")
        if record.reader not in self._named:
            known = ", ".join(self._named) or "none"
            raise LayoutError(
                f"{place}.reader: {record.reader!r} does not exist; there are: {known}"
            )
        return self._named[record.reader]


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

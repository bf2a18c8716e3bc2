"""LwM2M's TLV (content format 11542): identifiers and bytes, one within the other.

Source: OMA LightweightM2M TS Core 1.1, 7.4.3; the type byte holds the kind of identifier (bits 7
and 6), whether it has 16 bits (bit 5), and the length or the size of the length (bits 4 to 0).
"""

import struct
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from drivers.errors import EncodeError, InvalidValueError, TruncatedFrameError
from drivers.lwm2m.paths import Path

OBJECT_INSTANCE, RESOURCE_INSTANCE, MULTIPLE_RESOURCE, RESOURCE = range(4)

ENTRIES_MAX = 2000
_INTEGER_SIZES = (1, 2, 4, 8)
_FLOAT_FORMATS = {4: ">f", 8: ">d"}


class Entry(NamedTuple):
    """A resource, or one instance of it, and its bytes."""

    path: Path
    raw: bytes


class _Item(NamedTuple):
    kind: int
    identifier: int
    value: bytes


def decode(body: bytes, base: Path) -> list[Entry]:
    """Every resource in `body`, which was asked of, or sent for, `base`; raises `DecodeError`."""
    entries = list(_entries(body, base))
    if len(entries) > ENTRIES_MAX:
        raise InvalidValueError(f"{len(entries)} resources in one message; {ENTRIES_MAX} at most")
    return entries


def _entries(body: bytes, base: Path) -> Iterator[Entry]:
    for item in _items(body):
        if item.kind == OBJECT_INSTANCE:
            instance = Path(base.object_id).child(item.identifier)
            yield from _resources(item.value, instance)
        else:
            yield from _resource(item, base)


def _resources(body: bytes, instance: Path) -> Iterator[Entry]:
    for item in _items(body):
        yield from _resource(item, instance)


def _resource(item: _Item, base: Path) -> Iterator[Entry]:
    """A resource below an instance; devices asked for one resource may repeat its number."""
    parent = Path(base.object_id, base.instance_id)
    if parent.depth < 2:
        raise InvalidValueError(f"TLV: a resource {item.identifier} outside any object instance")
    if item.kind == RESOURCE:
        yield Entry(parent.child(item.identifier), item.value)
    elif item.kind == MULTIPLE_RESOURCE:
        resource = parent.child(item.identifier)
        for one in _items(item.value):
            if one.kind != RESOURCE_INSTANCE:
                raise InvalidValueError(f"TLV: kind {one.kind} within the resource {resource}")
            yield Entry(resource.child(one.identifier), one.value)
    elif item.kind == RESOURCE_INSTANCE and base.depth >= 3:
        yield Entry(Path(*base[:3]).child(item.identifier), item.value)
    else:
        raise InvalidValueError(f"TLV: kind {item.kind} of {item.identifier} below {base}")


def _items(body: bytes) -> Iterator[_Item]:
    at = 0
    while at < len(body):
        kind = body[at]
        identifier, at = _number(body, at + 1, 2 if kind & 0x20 else 1, "identifier")
        length_size = kind >> 3 & 3
        if length_size:
            length, at = _number(body, at, length_size, "length")
        else:
            length = kind & 7
        if at + length > len(body):
            raise TruncatedFrameError(f"TLV value {identifier}", length, at, len(body))
        yield _Item(kind >> 6, identifier, body[at : at + length])
        at += length


def _number(body: bytes, at: int, size: int, field: str) -> tuple[int, int]:
    if at + size > len(body):
        raise TruncatedFrameError(f"TLV {field}", size, at, len(body))
    return int.from_bytes(body[at : at + size], "big"), at + size


def integer(raw: bytes) -> int:
    """An integer or time; raises `DecodeError` when the bytes are of no legal length."""
    if len(raw) not in _INTEGER_SIZES:
        raise InvalidValueError(f"an integer of {len(raw)} bytes")
    return int.from_bytes(raw, "big", signed=True)


def floating(raw: bytes) -> float:
    """A float of 4 or 8 bytes; raises `DecodeError`."""
    form = _FLOAT_FORMATS.get(len(raw))
    if form is None:
        raise InvalidValueError(f"a float of {len(raw)} bytes")
    value: float = struct.unpack(form, raw)[0]
    return value


def boolean(raw: bytes) -> bool:
    """One byte, 0 or 1; raises `DecodeError`."""
    if raw not in (b"\x00", b"\x01"):
        raise InvalidValueError(f"{raw[:8].hex()} is neither 00 (false) nor 01 (true)")
    return raw == b"\x01"


def encode(entries: Sequence[tuple[Path, bytes]], base: Path) -> bytes:
    """Resources as TLV for `base`: an instance, or an object whose instances are written.

    Instances of a resource that follow each other go under one resource. Raises `EncodeError`.
    """
    out = bytearray()
    for (kind, identifier), group in groupby(entries, lambda entry: _holder(entry[0], base)):
        if kind == RESOURCE:
            out += b"".join(_item(RESOURCE, path.resource_id, raw) for path, raw in group)
        elif kind == OBJECT_INSTANCE:
            inner = encode(list(group), Path(base.object_id, identifier))
            out += _item(kind, identifier, inner)
        else:
            instances = [
                _item(RESOURCE_INSTANCE, path.resource_instance_id, raw) for path, raw in group
            ]
            out += _item(kind, identifier, b"".join(instances))
    return bytes(out)


def _holder(path: Path, base: Path) -> tuple[int, int]:
    """Kind and identifier of what holds a value: its object instance when `base` is an object,
    its multiple resource, or nothing (a resource stands alone)."""
    if base.depth not in (1, 2) or path[: base.depth] != base.parts or path.depth < 3:
        raise EncodeError(f"{path} is no resource below {base}")
    if base.depth == 1:
        return OBJECT_INSTANCE, path.instance_id
    return (MULTIPLE_RESOURCE, path.resource_id) if path.depth == 4 else (RESOURCE, 0)


def _item(kind: int, identifier: int, value: bytes) -> bytes:
    head = kind << 6
    size = 1 if identifier < 0x100 else 2
    if size == 2:
        head |= 0x20
    length = b""
    if len(value) < 8:
        head |= len(value)
    else:
        length_size = (len(value).bit_length() + 7) // 8
        if length_size > 3:
            raise EncodeError(f"{len(value)} bytes do not fit a TLV")
        head |= length_size << 3
        length = len(value).to_bytes(length_size, "big")
    return bytes([head]) + identifier.to_bytes(size, "big") + length + value


def integer_bytes(value: int) -> bytes:
    """The shortest legal form of an integer; raises `EncodeError` beyond 64 bits."""
    for size in _INTEGER_SIZES:
        if -(1 << 8 * size - 1) <= value < 1 << 8 * size - 1:
            return value.to_bytes(size, "big", signed=True)
    raise EncodeError(f"{value} does not fit 64 bits")


def float_bytes(value: float) -> bytes:
    """Four bytes where they hold the value exactly, else eight."""
    try:
        short = struct.pack(">f", value)
    except OverflowError:
        return struct.pack(">d", value)
    return short if struct.unpack(">f", short)[0] == value else struct.pack(">d", value)

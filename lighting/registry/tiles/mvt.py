"""Writes Mapbox Vector Tiles (specification 2.1) from numpy columns, whole layers at once.

Every feature of a layer gets the same number of bytes: integers in base 128 are padded to the
width of the longest one in the layer, which the encoding allows. A layer then is one matrix, and
no feature is touched by Python. Tests read the tiles back with the general library.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

EXTENT = 4096
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"

Integers = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

_VERSION_2 = b"\x78\x02"
_IDENTIFIER, _TAGS, _GEOMETRY = b"\x08", b"\x12", b"\x22"
_POINT, _LINE = b"\x18\x01", b"\x18\x02"
_MOVE_TO_ONE = b"\x09"  # command 1, count 1
_FEATURE, _KEY, _VALUE, _LAYER = 2, 3, 4, 3


class Column(Protocol):
    """One property of every feature: a table of values, and each feature's place in it."""

    @property
    def places(self) -> Integers: ...

    def table(self) -> tuple[bytes, int]:
        """The encoded values, and how many they are."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """An integer a feature, from not many different ones."""

    values: Integers

    @property
    def places(self) -> Integers:
        return np.unique(self.values, return_inverse=True)[1]

    def table(self) -> tuple[bytes, int]:
        numbers = np.unique(self.values).tolist()
        return b"".join(_value(b"\x30" + varint(zigzag(one))) for one in numbers), len(numbers)


@dataclass(frozen=True, slots=True)
class Truths:
    """A yes or no a feature."""

    values: npt.NDArray[np.bool_]

    @property
    def places(self) -> Integers:
        return self.values.astype(np.int64)

    def table(self) -> tuple[bytes, int]:
        return _value(b"\x38\x00") + _value(b"\x38\x01"), 2


@dataclass(frozen=True, slots=True)
class Words:
    """A text a feature, by its place in a list of texts."""

    choice: Sequence[str]
    places: Integers

    def table(self) -> tuple[bytes, int]:
        return b"".join(_text(word.encode()) for word in self.choice), len(self.choice)


@dataclass(frozen=True, slots=True)
class Texts:
    """A text of its own for every feature: UTF-8 in the rows of a matrix, and their lengths."""

    octets: Octets
    lengths: Integers

    @property
    def places(self) -> Integers:
        return np.arange(len(self.octets))

    def table(self) -> tuple[bytes, int]:
        count, width = self.octets.shape
        rows = np.empty((count, 4 + width), np.uint8)
        rows[:, 0], rows[:, 2] = _VALUE << 3 | 2, 1 << 3 | 2
        rows[:, 1], rows[:, 3] = self.lengths + 2, self.lengths
        rows[:, 4:] = self.octets
        used = np.arange(4 + width) < (self.lengths + 4)[:, None]
        return rows[used].tobytes(), count


@dataclass(frozen=True, slots=True)
class Points:
    """Points in tile units (0 … EXTENT - 1), each with a positive identifier."""

    identifiers: Integers
    x: Integers
    y: Integers


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines through points in tile units, which may lie outside the tile.

    `starts` tells where in `x` and `y` each line starts; the last entry is where the last ends.
    """

    identifiers: Integers
    starts: Integers
    x: Integers
    y: Integers


def encode_tile(layers: Sequence[bytes]) -> bytes:
    """A tile of the layers that have features."""
    return b"".join(_field(_LAYER, layer) for layer in layers if layer)


def point_layer(name: str, points: Points, properties: Mapping[str, Column]) -> bytes:
    """A layer of points; empty bytes without any."""
    if not len(points.x):
        return b""
    tags, tables = _tags(properties)
    steps = _fixed(zigzag_of(np.column_stack((points.x, points.y))))
    geometry = _joined(_constant(_MOVE_TO_ONE, len(points.x)), steps.reshape(len(points.x), -1))
    features = _joined(
        *_headed(_IDENTIFIER, _fixed(points.identifiers)),
        *_sized(_TAGS, tags),
        _constant(_POINT, len(points.x)),
        *_sized(_GEOMETRY, geometry),
    )
    return _layer(name, properties, _joined(*_sized(_prefix(_FEATURE), features)).tobytes(), tables)


def line_layer(name: str, lines: Lines, properties: Mapping[str, Column]) -> bytes:
    """A layer of lines; those of fewer than two points are left out."""
    tags, tables = _tags(properties)
    steps = _fixed(zigzag_of(_line_steps(lines)))
    octets, width = steps.tobytes(), 2 * steps.shape[-1]
    heads = _joined(
        *_headed(_IDENTIFIER, _fixed(lines.identifiers)),
        *_sized(_TAGS, tags),
        _constant(_LINE, len(tags)),
    )
    features = []
    ends = lines.starts[1:].tolist()
    for head, start, end in zip(heads, lines.starts[:-1].tolist(), ends, strict=True):
        if end - start < 2:
            continue
        first, after = start * width, (start + 1) * width
        turns = varint(end - start - 1 << 3 | 2)  # command 2: line to
        geometry = _MOVE_TO_ONE + octets[first:after] + turns + octets[after : end * width]
        features.append(_field(_FEATURE, head.tobytes() + _field(4, geometry)))
    return _layer(name, properties, b"".join(features), tables) if features else b""


def _line_steps(lines: Lines) -> Integers:
    """Each point from the one before it; the first of a line from the corner of the tile."""
    places = np.column_stack((lines.x, lines.y))
    steps = np.diff(places, axis=0, prepend=0)
    firsts = lines.starts[:-1][np.diff(lines.starts) > 0]
    steps[firsts] = places[firsts]
    return steps


def _layer(name: str, keys: Mapping[str, Column], features: bytes, tables: bytes) -> bytes:
    return b"".join(
        (
            _VERSION_2,
            _field(1, name.encode()),
            features,
            *(_field(_KEY, key.encode()) for key in keys),
            tables,
            b"\x28" + varint(EXTENT),
        )
    )


def _tags(properties: Mapping[str, Column]) -> tuple[Octets, bytes]:
    """For each feature, key and place of value one after the other; and the table of values."""
    parts: list[Octets] = []
    tables: list[bytes] = []
    offset = 0
    for number, column in enumerate(properties.values()):
        encoded, count = column.table()
        places = column.places + offset
        parts += (_constant(varint(number), len(places)), _fixed(places))
        tables.append(encoded)
        offset += count
    return _joined(*parts), b"".join(tables)


@lru_cache(maxsize=8192)
def varint(number: int) -> bytes:
    """An unsigned integer in base 128, low groups first."""
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def zigzag(number: int) -> int:
    """A signed integer as an unsigned one: 0, -1, 1, -2, … become 0, 1, 2, 3, …"""
    return (number << 1) ^ (number >> 63)


def zigzag_of(numbers: Integers) -> Integers:
    """`zigzag` of many."""
    return (numbers << 1) ^ (numbers >> 63)


def _fixed(numbers: Integers) -> Octets:
    """Unsigned integers in base 128, all as wide as the largest; a last axis of octets."""
    width = len(varint(int(numbers.max(initial=0))))
    shifts = np.arange(width) * 7
    groups = (numbers[..., None] >> shifts & 0x7F).astype(np.uint8)
    groups[..., :-1] |= 0x80
    return groups


def _constant(octets: bytes, count: int) -> Octets:
    return np.broadcast_to(np.frombuffer(octets, np.uint8), (count, len(octets)))


def _headed(head: bytes, rows: Octets) -> tuple[Octets, Octets]:
    return _constant(head, len(rows)), rows


def _sized(head: bytes, rows: Octets) -> tuple[Octets, Octets]:
    """Rows behind a head and their size, which is the same for all."""
    return _headed(head + varint(rows.shape[1]), rows)


def _joined(*parts: Octets) -> Octets:
    return np.concatenate(parts, axis=1)


def _prefix(number: int) -> bytes:
    return varint(number << 3 | 2)


def _field(number: int, content: bytes) -> bytes:
    return _prefix(number) + varint(len(content)) + content


def _value(content: bytes) -> bytes:
    return _field(_VALUE, content)


def _text(content: bytes) -> bytes:
    return _value(_field(1, content))

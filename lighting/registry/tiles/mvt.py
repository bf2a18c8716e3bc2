"""Writes Mapbox Vector Tiles (specification 2.1): layers of points and lines with properties.

Our own, because points are all we send and the general library takes ten times as long; tests
read the tiles back with that library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

EXTENT = 4096
Value: TypeAlias = str | int | bool

_POINT, _LINE = b"\x18\x01", b"\x18\x02"
_MOVE_TO_ONE = b"\x09"  # command 1, count 1
_SMALL = 1 << 14


@dataclass(frozen=True, slots=True)
class Point:
    """A point in tile units (0 … EXTENT) with its properties; `identifier` is positive."""

    identifier: int
    x: int
    y: int
    properties: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through at least two points in tile units, which may lie outside the tile."""

    identifier: int
    points: Sequence[tuple[int, int]]
    properties: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """A named layer; every feature has the same properties, named by `keys` in their order."""

    name: str
    keys: tuple[str, ...]
    features: Sequence[Point | Line]


def encode_tile(layers: Sequence[Layer]) -> bytes:
    """A tile of the layers that have features."""
    return b"".join(_field(3, _layer(layer)) for layer in layers if layer.features)


def varint(number: int) -> bytes:
    """An unsigned integer in base 128, low groups first."""
    return _SMALL_VARINTS[number] if number < _SMALL else _varint(number)


def _varint(number: int) -> bytes:
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


_SMALL_VARINTS = tuple(_varint(number) for number in range(_SMALL))


def _zigzag(number: int) -> bytes:
    return varint((number << 1) ^ (number >> 31))


def _field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


@lru_cache(maxsize=4096)
def _value(value: Value) -> bytes:
    """A property value; the caller keeps True apart from 1."""
    if isinstance(value, str):
        return _field(4, _field(1, value.encode()))
    if isinstance(value, bool):
        return _field(4, b"\x38" + varint(int(value)))
    return _field(4, b"\x30" + _zigzag(value))


class _Values:
    """The table of values of a layer: each once, features refer to it by place."""

    def __init__(self) -> None:
        self._places: dict[tuple[type, Value], int] = {}
        self.encoded: list[bytes] = []

    def place(self, value: Value) -> int:
        key = (value.__class__, value)
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = len(self.encoded)
            self.encoded.append(_value(value))
        return known


def _layer(layer: Layer) -> bytes:
    values = _Values()
    keys = [varint(number) for number in range(len(layer.keys))]
    features = [_feature(feature, keys, values) for feature in layer.features]
    return b"".join(
        (
            b"\x78\x02",  # version 2
            _field(1, layer.name.encode()),
            *features,
            *(_field(3, key.encode()) for key in layer.keys),
            *values.encoded,
            b"\x28" + varint(EXTENT),
        )
    )


def _feature(feature: Point | Line, keys: Sequence[bytes], values: _Values) -> bytes:
    place = values.place
    tags = b"".join(
        [key + varint(place(value)) for key, value in zip(keys, feature.properties, strict=True)]
    )
    shape = _point(feature) if isinstance(feature, Point) else _line(feature)
    content = b"".join(
        (b"\x08", varint(feature.identifier), b"\x12", varint(len(tags)), tags, shape)
    )
    return b"\x12" + varint(len(content)) + content


def _point(point: Point) -> bytes:
    geometry = _MOVE_TO_ONE + _zigzag(point.x) + _zigzag(point.y)
    return _POINT + b"\x22" + varint(len(geometry)) + geometry


def _line(line: Line) -> bytes:
    (x, y), *rest = line.points
    parts = [_MOVE_TO_ONE, _zigzag(x), _zigzag(y), varint(len(rest) << 3 | 2)]
    for next_x, next_y in rest:
        parts += (_zigzag(next_x - x), _zigzag(next_y - y))
        x, y = next_x, next_y
    geometry = b"".join(parts)
    return _LINE + b"\x22" + varint(len(geometry)) + geometry

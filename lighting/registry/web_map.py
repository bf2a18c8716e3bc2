"""The web map (EPSG:3857) in integers: steps, tiles, and the Z-order curve through them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Degrees = npt.NDArray[np.float64]

# The web map (EPSG:3857) is a square cut into 2^31 steps each way: 1.9 cm at the equator.
WORLD_BITS = 31
WORLD_STEPS = 1 << WORLD_BITS
# Where the square ends: atan(sinh(pi)).
LAT_MAX_DEG = 85.0511287798066

# Every second bit, every second pair, … : the stages of interleaving two numbers.
_SHIFTS = (1, 2, 4, 8, 16)
_MASKS = (
    0x5555555555555555,
    0x3333333333333333,
    0x0F0F0F0F0F0F0F0F,
    0x00FF00FF00FF00FF,
    0x0000FFFF0000FFFF,
    0x00000000FFFFFFFF,
)


def world_xy(lon_deg: Degrees, lat_deg: Degrees) -> tuple[Integers, Integers]:
    """Steps from the west and from the north edge of the web map."""
    lat_rad = np.radians(np.clip(lat_deg, -LAT_MAX_DEG, LAT_MAX_DEG))
    x = (lon_deg + 180.0) / 360.0
    y = (1.0 - np.arcsinh(np.tan(lat_rad)) / np.pi) / 2.0
    return _steps(x), _steps(y)


def _steps(share: Degrees) -> Integers:
    return np.clip((share * WORLD_STEPS).astype(np.int64), 0, WORLD_STEPS - 1)


def tile_keys(lon_deg: Degrees, lat_deg: Degrees) -> Integers:
    """Z-order keys: the points of any map tile are one unbroken range of keys."""
    x, y = world_xy(lon_deg, lat_deg)
    return _spread(x) | (_spread(y) << 1)


def xy_of_tile_keys(keys: Integers) -> tuple[Integers, Integers]:
    """The way back from `tile_keys`, in steps."""
    return _gather(keys), _gather(keys >> 1)


def _spread(values: Integers) -> Integers:
    """Put a zero bit before every bit."""
    for shift, mask in zip(reversed(_SHIFTS), _MASKS[-2::-1], strict=True):
        values = (values | (values << shift)) & mask
    return values


def _gather(keys: Integers) -> Integers:
    """Keep every second bit, and close up."""
    keys = keys & _MASKS[0]
    for shift, mask in zip(_SHIFTS, _MASKS[1:], strict=True):
        keys = (keys | (keys >> shift)) & mask
    return keys


def tile_range(zoom: int, x: int, y: int) -> tuple[int, int]:
    """First key of a map tile, and the first key after it."""
    shift = 2 * (WORLD_BITS - zoom)
    first = int(_spread(np.array([x]))[0] | (_spread(np.array([y]))[0] << 1))
    return first << shift, (first + 1) << shift


def box_ranges(west: float, south: float, east: float, north: float) -> list[tuple[int, int]]:
    """Key ranges that cover a box in degrees: few, and not much more than the box."""
    (x0, x1), (y0, y1) = world_xy(np.array([west, east]), np.array([north, south]))
    zoom = 0
    while zoom < WORLD_BITS and _tiles_across(x0, x1, y0, y1, zoom + 1) <= 4:
        zoom += 1
    shift = WORLD_BITS - zoom
    ranges = sorted(
        tile_range(zoom, x, y)
        for x in range(x0 >> shift, (x1 >> shift) + 1)
        for y in range(y0 >> shift, (y1 >> shift) + 1)
    )
    return _joined(ranges)


def _tiles_across(x0: int, x1: int, y0: int, y1: int, zoom: int) -> int:
    shift = WORLD_BITS - zoom
    return int(max((x1 >> shift) - (x0 >> shift), (y1 >> shift) - (y0 >> shift))) + 1


def _joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined

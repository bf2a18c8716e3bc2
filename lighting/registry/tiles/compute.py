"""Tile arithmetic: which stretch of the Z-order curve a tile is, and where points fall in it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kit.errors import NotFoundError
from lighting.registry.tiles.mvt import EXTENT
from lighting.registry.web_map import WORLD_BITS, xy_of_tile_keys

ZOOM_MAX = 22
Integers = npt.NDArray[np.int64]


class NoSuchTileError(NotFoundError):
    """The numbers name no tile of the web map."""

    code = "no_such_tile"
    title = "No such tile"


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the web map (EPSG:3857, XYZ numbering)."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= ZOOM_MAX or not (
            0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z
        ):
            raise NoSuchTileError(f"tiles go from zoom 0 to {ZOOM_MAX}, x and y from 0 to 2^z - 1")

    def key_range(self) -> tuple[int, int]:
        """The tile keys of the points inside: first (included) and last (excluded)."""
        shift = 2 * (WORLD_BITS - self.z)
        number = 0
        for bit in range(self.z):
            number |= (self.x >> bit & 1) << 2 * bit | (self.y >> bit & 1) << 2 * bit + 1
        return number << shift, number + 1 << shift

    def place(self, tile_keys: Integers) -> tuple[Integers, Integers]:
        """Tile units (x, y) of points given by tile key; points outside fall outside."""
        x, y = xy_of_tile_keys(tile_keys)
        shift = WORLD_BITS - self.z
        return (
            (x - (self.x << shift)) * EXTENT >> shift,
            (y - (self.y << shift)) * EXTENT >> shift,
        )


def cell_shift(tile: Tile, cells_per_side_bits: int) -> int:
    """How many bits of a tile key to drop so that a tile falls into 4^bits equal cells."""
    return 2 * (WORLD_BITS - tile.z - cells_per_side_bits)

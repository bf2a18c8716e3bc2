"""From columns of the estate to the layers of one tile: what each zoom shows, and to whom."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from kit.errors import NotFoundError
from lighting.registry.tiles.model import Integers, Octets, Snapshot
from lighting.registry.tiles.mvt import (
    EXTENT,
    Column,
    Lines,
    Numbers,
    Points,
    Texts,
    Truths,
    Words,
    encode_tile,
    line_layer,
    point_layer,
)
from lighting.registry.web_map import WORLD_BITS, tile_range

ZOOM_MAX = 22
ZOOM_OF_LIGHTS = 12
ZOOM_OF_CIRCUITS = 13
# A plate number is read when one stands before the lamp, not from afar; it weighs as much as all
# else that is told of a light.
ZOOM_OF_CODES = 14
# A tile with more lights than this shows them without their ids: nobody can point at one.
IDENTIFIED_LIGHTS_MAX = 40_000
# Below the zoom of lights, a tile falls into 8 × 8 cells, each drawn once.
CELL_BITS = 3

_HEXADECIMAL = np.frombuffer(b"0123456789abcdef", np.uint8)
# Where each stretch of a UUID's 32 digits goes in its text, between the dashes.
_STRETCHES = ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24))
_UUID_LENGTH = 36


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

    @property
    def shift(self) -> int:
        """How many bits of a map step lie within a tile of this zoom."""
        return WORLD_BITS - self.z

    def units(self, x: Integers, y: Integers) -> tuple[Integers, Integers]:
        """Tile units (0 … EXTENT - 1) of map steps; what lies outside falls outside."""
        return (
            (x - (self.x << self.shift)) * EXTENT >> self.shift,
            (y - (self.y << self.shift)) * EXTENT >> self.shift,
        )


def make_tile(snapshot: Snapshot, tile: Tile, seen: Set[UUID] | None) -> bytes:
    """The tile as someone sees it who may see the organisations `seen` (None: all of them)."""
    lights = _lights_in(snapshot, tile, seen)
    if tile.z < ZOOM_OF_LIGHTS:
        return encode_tile([_clusters(snapshot, tile, lights)])
    layers = [_light_points(snapshot, tile, lights)]
    if tile.z >= ZOOM_OF_CIRCUITS:
        layers.insert(0, _circuits(snapshot, tile, seen))
    return encode_tile(layers)


def _lights_in(snapshot: Snapshot, tile: Tile, seen: Set[UUID] | None) -> Integers:
    """Places in the columns of the lights of a tile: one stretch of the curve, then who may see."""
    estate = snapshot.estate
    start, end = np.searchsorted(estate.tile_keys, tile_range(tile.z, tile.x, tile.y)).tolist()
    places = np.arange(start, end)
    if seen is None:
        return places
    return places[_may_see(snapshot, seen)[estate.owners[start:end]]]


def _may_see(snapshot: Snapshot, seen: Set[UUID] | None) -> npt.NDArray[np.bool_]:
    """For each owner of lights, whether its lights are shown."""
    owners = snapshot.estate.organisation_ids
    return np.array([seen is None or owner in seen for owner in owners], np.bool_)


def _clusters(snapshot: Snapshot, tile: Tile, lights: Integers) -> bytes:
    """Cells of the tile with how many lights, how many lit, how many in fault; each drawn in the
    middle of its lights."""
    if not len(lights):
        return b""
    estate = snapshot.estate
    cells = estate.tile_keys[lights] >> 2 * (tile.shift - CELL_BITS)
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    counts = np.diff(np.append(starts, len(lights)))

    def total(values: npt.NDArray[np.generic]) -> Integers:
        return np.add.reduceat(values.astype(np.int64), starts)

    x, y = tile.units(total(estate.x[lights]) // counts, total(estate.y[lights]) // counts)
    return point_layer(
        "clusters",
        Points(np.arange(1, len(starts) + 1), x, y),
        {
            "count": Numbers(counts),
            "lit": Numbers(total(snapshot.actual[lights] > 0)),
            "fault": Numbers(total(snapshot.faults[lights] > 0)),
        },
    )


def _light_points(snapshot: Snapshot, tile: Tile, lights: Integers) -> bytes:
    estate = snapshot.estate
    properties: dict[str, Column] = {}
    if len(lights) <= IDENTIFIED_LIGHTS_MAX:
        ids = uuid_texts(estate.ids[lights])
        properties["id"] = Texts(ids, np.full(len(ids), _UUID_LENGTH))
    if tile.z >= ZOOM_OF_CODES:
        properties["code"] = Texts(estate.codes[lights], estate.code_lengths[lights])
    properties |= {
        "actual": Numbers(snapshot.actual[lights].astype(np.int64)),
        "desired": Numbers(snapshot.desired[lights].astype(np.int64)),
        "cct_k": Numbers(estate.cct_k[lights].astype(np.int64)),
        "fault": Words(snapshot.fault_words, snapshot.faults[lights].astype(np.int64)),
        "stale": Truths(snapshot.stale[lights]),
        "w": Numbers(estate.rated_power_w[lights].astype(np.int64)),
        "cabinet_id": _chosen(estate.cabinet_ids, estate.cabinets[lights].astype(np.int64)),
    }
    x, y = tile.units(estate.x[lights], estate.y[lights])
    return point_layer("light_points", Points(estate.keys[lights], x, y), properties)


def _chosen(words: Sequence[str], places: Integers) -> Words:
    """Only the words that are used: a tile must not carry every cabinet of the city."""
    used, own_places = np.unique(places, return_inverse=True)
    return Words([words[place] for place in used.tolist()], own_places)


def _circuits(snapshot: Snapshot, tile: Tile, seen: Set[UUID] | None) -> bytes:
    """The circuits whose box touches the tile, each from its first light to its last."""
    estate, cables = snapshot.estate, snapshot.estate.cables
    west, north = tile.x << tile.shift, tile.y << tile.shift
    side = 1 << tile.shift
    touching = np.flatnonzero(
        (cables.east >= west)
        & (cables.west < west + side)
        & (cables.south >= north)
        & (cables.north < north + side)
    )
    firsts = cables.lights[cables.starts[touching]]
    shown = touching[_may_see(snapshot, seen)[estate.owners[firsts]]]
    if not len(shown):
        return b""
    lengths = cables.starts[shown + 1] - cables.starts[shown]
    starts = np.append(0, np.cumsum(lengths))
    along = np.arange(starts[-1]) + np.repeat(cables.starts[shown] - starts[:-1], lengths)
    lights = cables.lights[along]
    x, y = tile.units(estate.x[lights], estate.y[lights])
    ids = [cables.ids[number] for number in shown.tolist()]
    return line_layer(
        "circuits",
        Lines(shown + 1, starts, x, y),
        {"id": Words(ids, np.arange(len(ids)))},
    )


def uuid_texts(ids: Octets) -> Octets:
    """The usual text of UUIDs, one row each."""
    nibbles = np.empty((len(ids), 32), np.uint8)
    nibbles[:, 0::2], nibbles[:, 1::2] = ids >> 4, ids & 0x0F
    digits = _HEXADECIMAL[nibbles]
    texts = np.full((len(ids), _UUID_LENGTH), ord("-"), np.uint8)
    for start, end, at in _STRETCHES:
        texts[:, at : at + end - start] = digits[:, start:end]
    return texts

"""Makes the columns of the map from records, and lays the states of now beside them. Pure."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from lighting.registry.model import CODE_BYTES_MAX
from lighting.registry.tiles.model import (
    UNKNOWN,
    Cables,
    Estate,
    Flags,
    Integers,
    Levels,
    LightStates,
    Octets,
    Small,
    Snapshot,
)
from lighting.registry.web_map import xy_of_tile_keys

# What the query of the estate gives, as binary COPY lays it out; a void of 16 octets is a UUID,
# and one of none stands for no cabinet or no circuit.
ESTATE_COLUMNS = (
    ("tile_key", ">i8"),
    ("key", ">i4"),
    ("id", "V16"),
    ("organisation_id", "V16"),
    ("cabinet_id", "V16"),
    ("circuit_id", "V16"),
    ("position_on_circuit", ">i4"),
    ("cct_k", ">i4"),
    ("rated_power_w", ">i4"),
    ("code_length", ">i2"),
    ("code", f"V{CODE_BYTES_MAX}"),
)
NO_ID = bytes(16)


def make_estate(revision: int, records: npt.NDArray[Any]) -> Estate:
    """The columns of the estate, in the order of their tile keys."""
    records = records[np.argsort(records["tile_key"], kind="stable")]
    tile_keys = records["tile_key"].astype(np.int64)
    x, y = xy_of_tile_keys(tile_keys)
    owners, organisation_ids = _places(records["organisation_id"])
    cabinets, cabinet_ids = _places(records["cabinet_id"])
    return Estate(
        revision=revision,
        tile_keys=tile_keys,
        x=x,
        y=y,
        keys=records["key"].astype(np.int64),
        ids=_octets(records["id"]),
        codes=_octets(records["code"]),
        code_lengths=records["code_length"].astype(np.int64),
        cct_k=records["cct_k"].astype(np.int32),
        rated_power_w=records["rated_power_w"].astype(np.int32),
        owners=owners,
        organisation_ids=[UUID(bytes=one) for one in organisation_ids],
        cabinets=cabinets,
        cabinet_ids=["" if one == NO_ID else str(UUID(bytes=one)) for one in cabinet_ids],
        cables=_cables(records, x, y),
    )


def with_states(estate: Estate, states: LightStates) -> Snapshot:
    """The estate with the state of each light; lights of which nothing is told are unknown."""
    place_of = np.full(int(estate.keys.max(initial=0)) + 1, UNKNOWN, np.int64)
    place_of[estate.keys] = np.arange(len(estate))
    known = states.keys < len(place_of)
    known[known] = place_of[states.keys[known]] != UNKNOWN
    places = place_of[states.keys[known]]

    def laid(values: Levels, otherwise: int) -> Levels:
        column = np.full(len(estate), otherwise, np.int16)
        column[places] = values[known]
        return column

    return Snapshot(
        estate=estate,
        actual=laid(states.actual, UNKNOWN),
        desired=laid(states.desired, UNKNOWN),
        faults=laid(states.faults, 0),
        stale=_laid_flags(states.stale[known], places, len(estate)),
        fault_words=states.fault_words,
    )


def _laid_flags(values: Flags, places: Integers, count: int) -> Flags:
    column = np.zeros(count, np.bool_)
    column[places] = values
    return column


def _octets(column: npt.NDArray[Any]) -> Octets:
    packed = np.ascontiguousarray(column)
    return packed.view(np.uint8).reshape(len(packed), packed.dtype.itemsize)


def _places(ids: npt.NDArray[Any]) -> tuple[Small, Sequence[bytes]]:
    """Each id as its place among the different ones, and these."""
    packed = np.ascontiguousarray(ids)
    _, firsts, places = np.unique(packed.view("S16"), return_index=True, return_inverse=True)
    return places.astype(np.int32), [packed[one].tobytes() for one in firsts]


def _cables(records: npt.NDArray[Any], x: Integers, y: Integers) -> Cables:
    circuits, ids = _places(records["circuit_id"])
    wired = np.flatnonzero(
        np.array([one != NO_ID for one in ids], np.bool_)[circuits]
        & (records["position_on_circuit"] >= 0)
    )
    order = np.lexsort((records["position_on_circuit"][wired], circuits[wired]))
    lights = wired[order]
    present, starts = np.unique(circuits[lights], return_index=True)
    lows_highs = [
        ufunc.reduceat(steps[lights], starts) if len(lights) else np.empty(0, np.int64)
        for steps, ufunc in ((x, np.minimum), (y, np.minimum), (x, np.maximum), (y, np.maximum))
    ]
    return Cables(
        [str(UUID(bytes=ids[one])) for one in present],
        np.append(starts, len(lights)),
        lights,
        *lows_highs,
    )

"""Lays out the network that the open data does not tell: cabinets, circuits and their order.

The lamps and their positions are real; what is made here is marked as generated wherever it is
stored. Cabinets feed compact groups of lamps, circuits follow each other from lamp to lamp as a
cable would, and phases take turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LAMPS_PER_CABINET_MAX = 64
LAMPS_PER_CIRCUIT_MAX = 22
PHASES = ("L1", "L2", "L3")
EARTH_M_PER_DEG = 111_320.0

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LaidCircuit:
    """A circuit: lamp numbers in the order of the cable, and the phase that feeds them."""

    phase: str
    lamps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LaidCabinet:
    """A cabinet at a position (degrees) with its circuits."""

    lon_deg: float
    lat_deg: float
    circuits: tuple[LaidCircuit, ...]


def nearest(lon_deg: Points, lat_deg: Points, centre: tuple[float, float], count: int) -> list[int]:
    """The `count` points nearest to a centre (lon, lat), nearest first."""
    metres = flat_metres(lon_deg, lat_deg)
    origin = flat_metres(np.array([centre[0]]), np.array([centre[1]]), float(np.mean(lat_deg)))
    distance = np.hypot(*(metres - origin).T)
    return [int(i) for i in np.argsort(distance, kind="stable")[:count]]


def lay_out(lon_deg: Points, lat_deg: Points) -> list[LaidCabinet]:
    """Feed every lamp from one circuit of one cabinet."""
    metres = flat_metres(lon_deg, lat_deg)
    return [
        _cabinet(lon_deg, lat_deg, metres, members)
        for members in _compact_groups(metres, np.arange(len(metres)))
    ]


def flat_metres(lon_deg: Points, lat_deg: Points, lat_of_scale: float | None = None) -> Points:
    """Flat positions in metres, good enough within one city."""
    lat = float(np.mean(lat_deg)) if lat_of_scale is None else lat_of_scale
    return np.column_stack(
        [lon_deg * EARTH_M_PER_DEG * np.cos(np.radians(lat)), lat_deg * EARTH_M_PER_DEG]
    )


def _compact_groups(metres: Points, members: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Halve the longer side until each group fits one cabinet."""
    if len(members) <= LAMPS_PER_CABINET_MAX:
        return [members]
    spread = np.ptp(metres[members], axis=0)
    along = metres[members, int(np.argmax(spread))]
    order = members[np.argsort(along, kind="stable")]
    middle = len(order) // 2
    return _compact_groups(metres, order[:middle]) + _compact_groups(metres, order[middle:])


def _cabinet(
    lon_deg: Points, lat_deg: Points, metres: Points, members: npt.NDArray[np.int64]
) -> LaidCabinet:
    centre = metres[members].mean(axis=0)
    at = int(members[np.argmin(np.hypot(*(metres[members] - centre).T))])
    chain = _chain(metres, members, at)
    parts = [
        chain[start : start + LAMPS_PER_CIRCUIT_MAX]
        for start in range(0, len(chain), LAMPS_PER_CIRCUIT_MAX)
    ]
    circuits = tuple(
        LaidCircuit(PHASES[number % len(PHASES)], tuple(part)) for number, part in enumerate(parts)
    )
    return LaidCabinet(float(lon_deg[at]), float(lat_deg[at]), circuits)


def _chain(metres: Points, members: Sequence[int] | npt.NDArray[np.int64], at: int) -> list[int]:
    """Walk from lamp to nearest lamp, beginning at the cabinet."""
    left = {int(member) for member in members}
    here, walked = at, []
    while left:
        rest = np.array(sorted(left))
        here = int(rest[np.argmin(np.hypot(*(metres[rest] - metres[here]).T))])
        left.remove(here)
        walked.append(here)
    return walked

"""The estate as the map keeps it in memory: columns in the order of the Z-order curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Levels = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]
Octets = npt.NDArray[np.uint8]

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Cables:
    """The circuits as lines: `lights` are places in the columns, circuit after circuit, in their
    order; circuit n runs from `starts[n]` to `starts[n + 1]`. The boxes are in map steps."""

    ids: Sequence[str]
    starts: Integers
    lights: Integers
    west: Integers
    north: Integers
    east: Integers
    south: Integers


@dataclass(frozen=True, slots=True)
class Estate:
    """Every light point in service. All columns have one entry each and share one order.

    `keys` are small integers that name the points; `ids` and `codes` are octets, one row each;
    `owners` and `cabinets` are places in the lists beside them.
    """

    revision: int
    tile_keys: Integers
    x: Integers
    y: Integers
    keys: Integers
    ids: Octets
    codes: Octets
    code_lengths: Integers
    cct_k: Small
    rated_power_w: Small
    owners: Small
    organisation_ids: Sequence[UUID]
    cabinets: Small
    cabinet_ids: Sequence[str]
    cables: Cables

    def __len__(self) -> int:
        return len(self.tile_keys)


@dataclass(frozen=True, slots=True)
class LightStates:
    """How some lights are, named by their keys. Levels are percent, -1 where unknown; `faults`
    are places in `fault_words`, whose first word is blank: no fault."""

    keys: Integers
    actual: Levels
    desired: Levels
    faults: Levels
    stale: Flags
    fault_words: Sequence[str] = ("",)

    @classmethod
    def none(cls) -> "LightStates":
        """Nothing is known of any light."""
        levels = np.empty(0, np.int16)
        return cls(np.empty(0, np.int64), levels, levels, levels, np.empty(0, np.bool_))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The estate and, entry by entry, how its lights are."""

    estate: Estate
    actual: Levels
    desired: Levels
    faults: Levels
    stale: Flags
    fault_words: Sequence[str]

"""Small estates for the map: records as the database would give them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from lighting.registry.model import CODE_BYTES_MAX
from lighting.registry.tiles.model import LightStates, Snapshot
from lighting.registry.tiles.snapshot import ESTATE_COLUMNS, NO_ID, make_estate, with_states
from lighting.registry.web_map import tile_keys

TOWN, OTHER_TOWN = UUID(int=1 << 100), UUID(int=2 << 100)


@dataclass(frozen=True, slots=True)
class Lamp:
    """One light on the map."""

    key: int
    lon_deg: float
    lat_deg: float
    town: UUID = TOWN
    circuit: UUID | None = None
    position: int = -1
    code: str = "PL-é"


def records(lamps: list[Lamp]) -> npt.NDArray[Any]:
    """What the query of the estate would copy out."""
    kinds = np.dtype([field for field in ESTATE_COLUMNS])
    rows = np.zeros(len(lamps), kinds)
    for row, lamp in zip(rows, lamps, strict=True):
        code = lamp.code.encode()
        row["tile_key"] = tile_keys(np.array([lamp.lon_deg]), np.array([lamp.lat_deg]))[0]
        row["key"] = lamp.key
        row["id"] = UUID(int=lamp.key).bytes
        row["organisation_id"] = lamp.town.bytes
        row["cabinet_id"] = NO_ID
        row["circuit_id"] = lamp.circuit.bytes if lamp.circuit else NO_ID
        row["position_on_circuit"] = lamp.position
        row["cct_k"], row["rated_power_w"] = 2200, 40
        row["code_length"], row["code"] = len(code), code.ljust(CODE_BYTES_MAX)
    return rows


def snapshot(lamps: list[Lamp], states: LightStates | None = None) -> Snapshot:
    """The map's memory of these lamps."""
    return with_states(make_estate(1, records(lamps)), states or LightStates.none())


def lit(*keys: int, fault: int = 0) -> LightStates:
    """These lights burn at 70 % of a wanted 100 %."""
    count = len(keys)
    return LightStates(
        keys=np.array(keys, np.int64),
        actual=np.full(count, 70, np.int16),
        desired=np.full(count, 100, np.int16),
        faults=np.full(count, fault, np.int16),
        stale=np.full(count, fault > 0, np.bool_),
        fault_words=("", "lamp_failure"),
    )

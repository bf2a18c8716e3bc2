"""The staging table of an import: what every light point it touches shall be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from kit.ids import new_id
from lighting.registry.history.model import LightPointImage
from lighting.registry.imports.model import PlannedLamp
from lighting.registry.web_map import tile_keys
from lighting.registry.words import fold, search_words

TABLE = "import_target"
COLUMNS: Mapping[str, str] = {
    "light_point_id": "uuid",
    "is_new": "boolean",
    "source_key": "text",
    "support_key": "text",
    "has_luminaire": "boolean",
    "support_id": "uuid",
    "luminaire_id": "uuid",
    "installation_id": "uuid",
    "tile_key": "bigint",
    "street_folded": "text",
    "search_words": "text",
    "code": "text",
    "street": "text",
    "state": "text",
    "lon_deg": "double precision",
    "lat_deg": "double precision",
    "support_code": "text",
    "support_height_m": "double precision",
    "support_material": "text",
    "cabinet_code": "text",
    "circuit_code": "text",
    "circuit_phase": "text",
    "position_on_circuit": "integer",
    "maker": "text",
    "model": "text",
    "lamp_technology": "text",
    "rated_power_w": "double precision",
    "cct_k": "integer",
    "luminaire_serial": "text",
    "installed_on": "date",
    "controller_address": "text",
    "controller_network": "text",
    "controller_profile": "text",
    "controller_period_s": "integer",
    "attributes": "jsonb",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What one light point shall be, and whether it is new."""

    lamp: PlannedLamp
    image: LightPointImage
    is_new: bool


def records(targets: Sequence[Target]) -> Iterator[tuple[Any, ...]]:
    """The rows of the staging table; identifiers of what may have to be made are given along."""
    lon_deg = np.array([one.image.lon_deg for one in targets], dtype=np.float64)
    lat_deg = np.array([one.image.lat_deg for one in targets], dtype=np.float64)
    for target, key in zip(targets, tile_keys(lon_deg, lat_deg).tolist(), strict=True):
        image, lamp = target.image, target.lamp
        yield (
            *(lamp.light_point_id, target.is_new, lamp.key, lamp.support_key),
            *(image.maker is not None, new_id(), new_id(), new_id(), key),
            *(fold(image.street), search_words(image.code, image.street)),
            *msgspec.structs.astuple(image)[:-1],
            msgspec.json.encode(image.attributes).decode(),
        )


async def stage(connection: Any, targets: Sequence[Target]) -> None:
    """Fill the staging table of this transaction."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    await connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    await connection.execute(f"CREATE TEMP TABLE {TABLE} ({columns}) ON COMMIT DROP")
    await connection.copy_records_to_table(TABLE, records=records(targets), columns=tuple(COLUMNS))
    await connection.execute(f"ANALYZE {TABLE}")

"""The map's memory over a real database: renewed behind the scenes, honest in trouble."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import mapbox_vector_tile
import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.db import Database
from kit.ids import new_id
from lighting.registry import service as registry
from lighting.registry.imports import service as imports
from lighting.registry.model import AssetState
from lighting.registry.tiles.columns import ColumnWidthError, read_columns
from lighting.registry.tiles.compute import Tile
from lighting.registry.tiles.model import LightStates
from lighting.registry.tiles.service import MapMemory
from lighting.registry.web_map import world_xy
from tests.lighting.registry.imports.files import lamp_row, our_csv
from tests.lighting.registry.tiles.city import lit
from tests.lighting.registry.towns import AT, caller, make_town
from tests.polling import eventually

NOW = timedelta(0)
LAMP = lamp_row("PL-1", rated_power_w=42, cct_k=2700, cabinet_code="ARM-1", circuit_code="A")


@pytest.fixture
async def town(database: Database) -> UUID:
    async with database.session() as session:
        return await make_town(session, f"Town {new_id()}")


@pytest.fixture
async def memory(database: Database) -> AsyncIterator[MapMemory]:
    """A memory that is old as soon as it is made."""
    made = MapMemory(database, max_age=NOW)
    yield made
    await made.close()


async def bring(database: Database, town: UUID, *rows: dict[str, object]) -> None:
    async with database.session() as session:
        await imports.import_file(
            session, caller(town), our_csv(*rows), "reverbere_csv", town, dry_run=False, at=AT
        )


async def lights(memory: MapMemory, who: Caller) -> list[dict[str, Any]]:
    """What someone sees around the lamp."""
    x, y = world_xy(np.array([3.87]), np.array([43.61]))
    tile = Tile(16, int(x[0]) >> 15, int(y[0]) >> 15)
    found = mapbox_vector_tile.decode(await memory.tile(who, tile))
    return [one["properties"] for one in found.get("light_points", {"features": []})["features"]]


async def test_an_imported_lamp_is_on_the_map_of_its_town_only(
    database: Database, memory: MapMemory, town: UUID
) -> None:
    await bring(database, town, LAMP, lamp_row("PL-2", state="planned"))
    (shown,) = await lights(memory, caller(town))
    assert (shown["code"], shown["cct_k"], shown["w"]) == ("PL-1", 2700, 42)
    assert UUID(shown["cabinet_id"])
    assert await lights(memory, caller(new_id())) == []


async def test_what_changes_in_the_registry_comes_to_the_map(
    database: Database, memory: MapMemory, town: UUID
) -> None:
    await bring(database, town, LAMP)
    who = caller(town)
    (shown,) = await lights(memory, who)
    async with database.session() as session:
        off = {"state": AssetState.OUT_OF_SERVICE}
        await registry.change_light_point(session, who, UUID(shown["id"]), off, at=AT)

    async def is_gone() -> bool:
        return await lights(memory, who) == []

    assert await eventually(is_gone)


class Source:
    """States as the test tells them."""

    def __init__(self) -> None:
        self.level: int | None = None
        self.is_broken = False

    async def states(self, session: AsyncSession) -> LightStates:
        if self.is_broken:
            raise ConnectionError("telemetry is away")
        return LightStates.none() if self.level is None else lit(*range(1, 10_000))


async def test_states_come_and_trouble_shows_what_was_known(database: Database, town: UUID) -> None:
    await bring(database, town, LAMP)
    source, who = Source(), caller(town)
    memory = MapMemory(database, source, max_age=NOW)
    assert [one["actual"] for one in await lights(memory, who)] == [-1]
    source.level = 70

    async def is_lit() -> bool:
        return [one["actual"] for one in await lights(memory, who)] == [70]

    assert await eventually(is_lit)
    source.is_broken = True
    for _ in range(3):
        assert await is_lit()
        await memory.close()


async def test_without_any_memory_trouble_is_told(database: Database) -> None:
    source = Source()
    source.is_broken = True
    memory = MapMemory(database, source)
    with pytest.raises(ConnectionError, match="telemetry is away"):
        await memory.tile(Caller.system(), Tile(0, 0, 0))


@pytest.mark.parametrize(
    "query", ["SELECT NULL::int4 WHERE true", "SELECT 1::int8", "SELECT 1::int4, 2::int4"]
)
async def test_columns_of_another_width_are_an_error(session: AsyncSession, query: str) -> None:
    with pytest.raises(ColumnWidthError):
        await read_columns(session, query, [("key", ">i4")])


async def test_columns_come_as_they_are(session: AsyncSession) -> None:
    query = "SELECT n, n % 2 = 0 FROM generate_series($1::int4, 3) AS n"
    read = await read_columns(session, query, [("n", ">i4"), ("even", "?")], 1)
    assert read["n"].tolist() == [1, 2, 3]
    assert read["even"].tolist() == [False, True, False]

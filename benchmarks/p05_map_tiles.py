"""P5: tiles of a map of 200,000 lights, as the API serves them.

The lights stand as densely as in a metropolis (1,700 a square kilometre), each on a circuit, with
a level, a wanted level and, one in a hundred, an open alarm. Every tile of a screen is asked for,
over and over while the zoom goes from the whole city to a street, as one who pans would; the
state is renewed behind the scenes meanwhile. The value is the 95th percentile of the time to make
a tile; the bare limit is that of handing out a tile already made.

    python -m benchmarks.p05_map_tiles --lights 200000
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.views.tiles import LightsNow, packed
from benchmarks._estate import build_estate
from benchmarks._services import migrated_postgres
from kit.access.model import Caller
from kit.db import Database, raw
from lighting.registry.tiles.compute import Tile
from lighting.registry.tiles.service import MapMemory
from lighting.registry.web_map import tile_keys, world_xy

TARGET_MS = 50.0
LIGHTS = 200_000
ROUNDS = 4
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
CENTRE = (5.04, 47.32)
DENSITY_PER_KM2 = 1700.0
KM_PER_DEG = 111.32
ZOOMS = (9, 10, 11, 12, 13, 14, 15, 16, 17)
# A screen of 1920 × 1080 shows this many tiles of 512 pixels, with a margin.
SCREEN = (5, 3)
CALLER = Caller.system("benchmark")

_CIRCUITS = """
INSERT INTO circuit (id, cabinet_id, organisation_id, code, created_at)
SELECT md5('circuit' || n)::uuid, md5('cabinet' || n / 4)::uuid, :organisation_id, 'C' || n % 4,
       :since
FROM generate_series(0, (:light_count - 1) / 25) AS n
"""
_PLACES = """
UPDATE light_point p SET lon_deg = s.lon_deg, lat_deg = s.lat_deg, tile_key = s.tile_key,
       circuit_id = md5('circuit' || s.n / 25)::uuid, position_on_circuit = s.n % 25
FROM placed s WHERE p.id = md5('light' || s.n)::uuid
"""
_HEARD = """
INSERT INTO latest_state (controller_key, seen_at, level_percent, level_at)
SELECT key, :since, key % 101, :since FROM controller
"""
_ALARMS = """
INSERT INTO alarm (id, organisation_id, asset_type, asset_id, light_point_id, cause, urgency, state,
                   raised_at, last_seen_at, evidence_count, evidence)
SELECT md5('alarm' || p.id)::uuid, p.organisation_id, 'light_point', p.id, p.id, 'lamp_failure',
       'U2', 'unacknowledged', :since, :since, 1, '{}'
FROM light_point p WHERE p.key % 100 = 0
"""


async def build(database: Database, light_count: int) -> None:
    """A round city of lights on short cables."""
    organisation_id = await build_estate(database, light_count, AT)
    random = np.random.default_rng(7)
    radius_deg = np.sqrt(light_count / DENSITY_PER_KM2 / np.pi) / KM_PER_DEG
    # Lights of one cable follow each other: a walk from a random start.
    starts = np.sqrt(random.random(light_count // 25 + 1)) * radius_deg
    angles = random.random(len(starts)) * 2 * np.pi
    number = np.arange(light_count)
    along = (number % 25) * 0.0003
    lat_deg = CENTRE[1] + (starts * np.sin(angles))[number // 25] + along * 0.5
    lon_deg = CENTRE[0] + ((starts * np.cos(angles))[number // 25] + along) / np.cos(
        np.radians(CENTRE[1])
    )
    keys = tile_keys(lon_deg, lat_deg)
    async with database.session() as session:
        connection = await raw(session)
        columns = "n int, lon_deg float8, lat_deg float8, tile_key bigint"
        await connection.execute(f"CREATE TEMP TABLE placed ({columns}) ON COMMIT DROP")
        records = zip(*(c.tolist() for c in (number, lon_deg, lat_deg, keys)), strict=True)
        await connection.copy_records_to_table("placed", records=records)
        values = {"organisation_id": organisation_id, "light_count": light_count, "since": AT}
        for script in (_CIRCUITS, _PLACES, _HEARD, _ALARMS):
            named = {name: one for name, one in values.items() if f":{name}" in script}
            await session.execute(sa.text(script), named)
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("VACUUM ANALYZE"))


def screen(zoom: int) -> Iterator[Tile]:
    """The tiles of a screen around the centre."""
    x, y = (int(steps[0]) >> 31 - zoom for steps in world_xy(*map(np.array, zip(CENTRE))))
    for across in range(-(SCREEN[0] // 2), SCREEN[0] // 2 + 1):
        for down in range(-(SCREEN[1] // 2), SCREEN[1] // 2 + 1):
            yield Tile(zoom, x + across, y + down)


async def measure(database: Database) -> dict[str, Any]:
    """Every tile of every screen, several times over."""
    memory = MapMemory(database, LightsNow())
    started = time.perf_counter()
    await memory.snapshot()
    print(f"memory made in {time.perf_counter() - started:.2f} s")
    spent: dict[int, list[float]] = {zoom: [] for zoom in ZOOMS}
    sizes: dict[int, list[tuple[int, int]]] = {zoom: [] for zoom in ZOOMS}
    handed: list[float] = []
    for _ in range(ROUNDS):
        for zoom in ZOOMS:
            for tile in screen(zoom):
                started = time.perf_counter()
                content = await memory.tile(CALLER, tile)
                small = await asyncio.to_thread(packed, content)
                spent[zoom].append(1000 * (time.perf_counter() - started))
                sizes[zoom].append((len(content), len(small)))
                started = time.perf_counter()
                await asyncio.to_thread(bytes, small)
                handed.append(1000 * (time.perf_counter() - started))
    await memory.close()
    for zoom in ZOOMS:
        p50, p95 = np.percentile(spent[zoom], [50, 95])
        largest, packed_size = max(sizes[zoom])
        print(
            f"zoom {zoom:>2}: median {p50:5.1f} ms, p95 {p95:5.1f} ms, "
            f"largest tile {largest / 1000:,.0f} kB, packed {packed_size / 1000:,.0f} kB"
        )
    value = float(np.percentile([one for each in spent.values() for one in each], 95))
    bare_limit = float(np.percentile(handed, 95))
    return {
        "id": "P5",
        "value": round(value, 1),
        "unit": "ms, 95th percentile of a tile",
        "bare_limit": round(bare_limit, 3),
        "ratio": round(bare_limit / value, 4),
    }


async def _measure_at(url: str, light_count: int) -> dict[str, Any]:
    database = Database(url)
    try:
        await build(database, light_count)
        return await measure(database)
    finally:
        await database.close()


def run(light_count: int = LIGHTS) -> dict[str, Any]:
    """Start a database, build the city, measure; `ratio` is bare milliseconds to ours."""
    with migrated_postgres() as url:
        return asyncio.run(_measure_at(url, light_count))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lights", type=int, default=LIGHTS)
    print(json.dumps(run(parser.parse_args().lights)))


if __name__ == "__main__":
    main()

"""P7: import 30,000 lamps with a dry run: the file read, judged and compared, then applied.

The file is a real one (Montpellier, 29,969 lanterns), filled up to 30,000 and with street, power,
cabinet, circuit and luminaire serial added to each, so that every kind of asset is written. The
database is started as the product starts it (fsync on). The bare limit is measured in the same
run: the same light points copied into a table without key or index.

    python -m benchmarks.p07_import --lamps 30000
"""

import argparse
import asyncio
import csv
import gzip
import io
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from benchmarks._services import migrated_postgres
from kit.access import service as access
from kit.access.model import Caller, OrganisationKind
from kit.db import Database, raw
from lighting.registry.imports import repository, target
from lighting.registry.imports import service as imports
from lighting.registry.imports.mapping import mapping

TARGET_S = 10.0
LAMPS = 30_000
LAMPS_PER_CABINET, LAMPS_PER_CIRCUIT = 60, 20
MAPPING = "reverbere_csv"
REAL_FILE = Path(__file__).parents[1] / "app" / "demo" / "montpellier" / "lanternes.csv.gz"
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
CALLER = Caller.system("benchmark")
T = TypeVar("T")


def inventory(lamp_count: int) -> bytes:
    """A file in our own layout: real positions and kinds, the rest made up."""
    with gzip.open(REAL_FILE, "rt", encoding="utf-8") as file:
        real = list(csv.DictReader(file))
    written = io.StringIO()
    writer = csv.DictWriter(written, sorted(mapping(MAPPING).columns))
    writer.writeheader()
    for number in range(lamp_count):
        lantern = real[number % len(real)]
        writer.writerow(
            {
                "code": f"34172-PL-{number:06d}",
                "lon_deg": lantern["lon_deg"],
                "lat_deg": lantern["lat_deg"],
                "street": f"Rue {number // 40}",
                "model": lantern["type_lanterne"],
                "lamp_technology": "LED",
                "rated_power_w": 30 + number % 7 * 10,
                "luminaire_serial": f"L{number:06d}",
                "cabinet_code": f"ARM-{number // LAMPS_PER_CABINET}",
                "circuit_code": f"C{number % LAMPS_PER_CABINET // LAMPS_PER_CIRCUIT}",
                "position_on_circuit": number % LAMPS_PER_CIRCUIT,
                "installed_on": "2019-05-02",
            }
        )
    return written.getvalue().encode()


async def timed(work: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    """Seconds and result of some work."""
    started = time.perf_counter()
    result = await work()
    return time.perf_counter() - started, result


async def bare_copy(database: Database, run_id: UUID) -> int:
    """The light points of a run, and nothing else, into a table without key or index."""
    async with database.session() as session:
        lamps = await repository.news(session, run_id)
        records = list(target.records([target.Target(one, one.after, True) for one in lamps]))
        connection = await raw(session)
        columns = ", ".join(f"{name} {kind}" for name, kind in target.COLUMNS.items())
        await connection.execute(f"CREATE TABLE bare_lamp ({columns})")
    started = time.perf_counter()
    async with database.session() as session:
        connection = await raw(session)
        await connection.copy_records_to_table("bare_lamp", records=records)
    bare_copy_s = time.perf_counter() - started
    print(f"bare COPY of {len(records):,} records: {bare_copy_s:.2f} s")
    return round(bare_copy_s * 1000)


async def measure(database: Database, lamp_count: int) -> dict[str, Any]:
    """Dry run, apply, dry run again, undo; the first two count."""
    content = inventory(lamp_count)
    async with database.session() as session:
        town = await access.create_organisation(
            session, CALLER, at=AT, name="Montpellier", kind=OrganisationKind.MUNICIPALITY
        )

    async def dry_run() -> UUID:
        async with database.session() as session:
            run = await imports.import_file(
                session, CALLER, content, MAPPING, town.id, dry_run=True, at=AT
            )
            print(f"{run.counts}")
            return run.id

    async def apply() -> None:
        async with database.session() as session:
            await imports.apply(session, CALLER, run_id, at=AT)

    async def undo() -> None:
        async with database.session() as session:
            await imports.undo_run(session, CALLER, run_id, at=AT)

    dry_run_s, run_id = await timed(dry_run)
    apply_s, _ = await timed(apply)
    print(f"dry run {dry_run_s:.2f} s, apply {apply_s:.2f} s (target {TARGET_S:g} s for both)")
    again_s, _ = await timed(dry_run)
    bare_ms = await bare_copy(database, run_id)
    undo_s, _ = await timed(undo)
    print(f"dry run of the same file again {again_s:.2f} s, undo {undo_s:.2f} s")
    value = round(dry_run_s + apply_s, 2)
    bare_limit = bare_ms / 1000
    return {
        "id": "P7",
        "value": value,
        "unit": f"s for {lamp_count} lamps",
        "bare_limit": bare_limit,
        "ratio": round(bare_limit / value, 3),
    }


async def _measure_at(url: str, lamp_count: int) -> dict[str, Any]:
    database = Database(url)
    try:
        return await measure(database, lamp_count)
    finally:
        await database.close()


def run(lamp_count: int = LAMPS) -> dict[str, Any]:
    """Start a database, measure, and give the result; `ratio` is bare seconds to ours."""
    with migrated_postgres() as url:
        return asyncio.run(_measure_at(url, lamp_count))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamps", type=int, default=LAMPS)
    print(json.dumps(run(parser.parse_args().lamps)))


if __name__ == "__main__":
    main()

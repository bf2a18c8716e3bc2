"""The real files of real cities: every row accounted for, twice is once, undo leaves nothing."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.registry import service as registry
from lighting.registry.imports import service as imports
from lighting.registry.imports.model import Outcome
from lighting.registry.imports.summary import summary
from lighting.registry.imports.tables import ImportRun
from lighting.registry.service import LightPointFilter
from tests.lighting.registry.imports.files import (
    BOISE,
    KAMIYAMA,
    MONTPELLIER_CSV,
    MONTPELLIER_SHAPEFILE,
    TWO_LAMP_POLES,
)
from tests.lighting.registry.towns import AT

REAL: dict[str, tuple[Path, dict[str, int]]] = {
    "montpellier_csv": (MONTPELLIER_CSV, {"read": 29_969, "created": 29_969}),
    "boise_csv": (BOISE, {"read": 11_439, "created": 11_359, "quarantined": 80}),
    "kamiyama_geojson": (KAMIYAMA, {"read": 11, "created": 11}),
    "urbana_csv": (TWO_LAMP_POLES, {"read": 12, "created": 9, "quarantined": 3}),
}
ESTATE = (
    *("light_point", "support", "cabinet", "circuit", "luminaire", "luminaire_type"),
    *("installation", "external_id"),
)
Imported = tuple[ImportRun, dict[str, int]]


def some(**counts: int) -> dict[str, int]:
    """Whole counts from those that are not nought."""
    names = ("read", "created", "changed", "unchanged", "quarantined", "absent")
    return {name: counts.get(name, 0) for name in names}


async def estate_size(session: AsyncSession) -> dict[str, Any]:
    counts = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in ESTATE)
    return dict((await session.execute(sa.text(f"SELECT {counts}"))).mappings().one())


@pytest.mark.parametrize("name", REAL)
async def test_every_row_is_accounted_for_and_twice_is_once_and_undo_leaves_nothing(
    session: AsyncSession, planner: Caller, town: UUID, name: str
) -> None:
    path, counts = REAL[name]
    empty = await estate_size(session)
    dry = await imports.import_file(session, planner, path, name, town, dry_run=True, at=AT)
    assert dry.counts == some(**counts)
    assert await estate_size(session) == empty
    await imports.apply(session, planner, dry.id, at=AT)
    full = await estate_size(session)
    assert full["light_point"] >= counts["created"]
    again = await imports.import_file(session, planner, path, name, town, dry_run=False, at=AT)
    assert again.counts == some(
        read=counts["read"],
        unchanged=counts["created"],
        quarantined=counts.get("quarantined", 0),
    )
    assert await estate_size(session) == full
    await imports.undo_run(session, planner, dry.id, at=AT)
    assert await estate_size(session) == empty


async def test_one_city_in_two_formats_is_one_city(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    await imports.import_file(
        session, planner, MONTPELLIER_CSV, "montpellier_csv", town, dry_run=False, at=AT
    )
    run = await imports.import_file(
        session, planner, MONTPELLIER_SHAPEFILE, "montpellier_shapefile", town, dry_run=True, at=AT
    )
    assert run.counts == some(read=29_969, unchanged=29_969)


async def test_boise_says_why_rows_are_kept_apart(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    run = await imports.import_file(session, planner, BOISE, "boise_csv", town, dry_run=True, at=AT)
    text = await summary(session, run)
    for line in (
        *("11,439 rows read", "80 quarantined", "43 missing_key", "30 placeholder_date"),
        *("4 date_in_future", "2 out_of_range", "1 missing_position", "Nothing was changed"),
    ):
        assert line in text
    rows = await imports.rows(session, planner, run.id, outcome=Outcome.QUARANTINED, limit=100)
    (far,) = [row for row in rows if "8150" in (row.reason or "")]
    assert far.raw is not None
    assert far.raw["InstallDate"].startswith("8150")


async def test_boise_is_found_by_street_and_knows_its_power(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    await imports.import_file(session, planner, BOISE, "boise_csv", town, dry_run=False, at=AT)
    (found,) = await registry.light_points(session, planner, LightPointFilter(q="124C01 gowen"))
    assert (found.street, found.attributes["address"]) == ("E Gowen Rd", "450")
    assert found.luminaire is not None
    assert (found.luminaire.type.rated_power_w, found.luminaire.type.lamp_technology) == (
        105,
        "LED",
    )
    assert found.support is not None
    assert found.support.height_m == 9.14


async def test_cabinets_that_only_have_a_name_stand_amid_their_lamps(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    await imports.import_file(
        session, planner, TWO_LAMP_POLES, "urbana_csv", town, dry_run=False, at=AT
    )
    found = {one.code: one for one in await registry.cabinets(session, planner)}
    assert {code: one.position_quality for code, one in found.items()} == {
        "SL006": "estimated",
        "TS012": "estimated",
    }
    assert found["SL006"].light_point_count == 11
    assert found["SL006"].lon_deg == pytest.approx(-88.204, abs=0.01)
    whole = await registry.cabinet(session, planner, found["SL006"].id)
    assert [circuit.code for circuit in whole.circuits] == ["5/7", "A"]

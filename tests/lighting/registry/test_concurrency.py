"""Two people at once: one waits for the other, nothing is done twice, nobody is left hanging."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from kit.access.model import Caller
from kit.db import Database
from lighting.registry import service as registry
from lighting.registry.imports import service as imports
from lighting.registry.installations.rules import EquipmentElsewhereError
from lighting.registry.model import EquipmentKind
from lighting.registry.service import Choice
from tests.lighting.registry.imports.files import lamp_row, our_csv
from tests.lighting.registry.towns import AT, caller, make_controller, make_light, make_town

LATER = AT + timedelta(days=1)
AT_ONCE = 8


@pytest.fixture
async def town(database: Database) -> UUID:
    async with database.session() as session:
        return await make_town(session, "Sète")


@pytest.fixture
def planner(town: UUID) -> Caller:
    return caller(town)


async def test_a_file_sent_many_times_at_once_is_imported_once(
    database: Database, planner: Caller, town: UUID
) -> None:
    content = our_csv(*(lamp_row(f"PL-{n}", cabinet_code="ARM-1") for n in range(50)))

    async def send() -> dict[str, int]:
        async with database.session() as session:
            run = await imports.import_file(
                session, planner, content, "reverbere_csv", town, dry_run=False, at=AT
            )
            return run.counts

    counts = await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    assert sorted(one["created"] for one in counts) == [0] * (AT_ONCE - 1) + [50]
    assert sum(one["unchanged"] for one in counts) == 50 * (AT_ONCE - 1)


async def test_one_controller_scanned_at_many_light_points_goes_into_one(
    database: Database, planner: Caller, town: UUID
) -> None:
    async with database.session() as session:
        lights = [await make_light(session, planner, town, f"SC-{n}") for n in range(AT_ONCE)]
        await make_controller(session, planner, town, "70b3d5e75e00aa01")
    scan = Choice(EquipmentKind.CONTROLLER, scanned="70b3d5e75e00aa01")

    async def put_into(light_point_id: UUID) -> None:
        async with database.session() as session:
            await registry.install(session, planner, light_point_id, scan, at=LATER, now=LATER)

    outcomes = await asyncio.gather(
        *(put_into(light.id) for light in lights), return_exceptions=True
    )
    refused = [one for one in outcomes if one is not None]
    assert len(refused) == AT_ONCE - 1
    assert all(isinstance(one, EquipmentElsewhereError) for one in refused)


async def test_swaps_changes_and_imports_crosswise_do_not_lock_each_other(
    database: Database, planner: Caller, town: UUID
) -> None:
    async with database.session() as session:
        content = our_csv(*(lamp_row(f"X-{n}", street="Old") for n in range(20)))
        await imports.import_file(
            session, planner, content, "reverbere_csv", town, dry_run=False, at=AT
        )
        wanted = registry.LightPointFilter(q="X")
        lights = await registry.light_points(session, planner, wanted, limit=20)
        assert len(lights) == 20

    async def change(light_point_id: UUID, street: str) -> None:
        async with database.session() as session:
            await registry.change_light_point(
                session, planner, light_point_id, {"street": street}, at=LATER
            )

    async def bring(street: str) -> None:
        rows = our_csv(*(lamp_row(f"X-{n}", street=street) for n in range(20)))
        async with database.session() as session:
            await imports.import_file(
                session, planner, rows, "reverbere_csv", town, dry_run=False, at=LATER
            )

    work = [change(light.id, f"By hand {n}") for n, light in enumerate((*lights, *lights[::-1]))]
    await asyncio.gather(*work[:20], bring("First"), *work[20:], bring("Second"))
    async with database.session() as session:
        before = await registry.revision(session)
    assert before >= len(work) + 2


async def test_a_revision_that_was_seen_hides_no_change_below_it(
    database: Database, planner: Caller, town: UUID
) -> None:
    async with database.session() as session:
        light = await make_light(session, planner, town, "REV-1")
        await make_controller(session, planner, town, "70b3d5e75e00bb01")
        scan = Choice(EquipmentKind.CONTROLLER, scanned="70b3d5e75e00bb01")
        await registry.install(session, planner, light.id, scan, at=AT, now=AT)
    async with database.session() as session:
        known = await registry.revision(session)
    is_over = asyncio.Event()

    async def rename(n: int) -> None:
        async with database.session() as session:
            await registry.change_light_point(
                session, planner, light.id, {"street": f"Street {n}"}, at=LATER
            )

    async def follow(known: int) -> int:
        """Every raised revision brings the controller that changed."""
        while True:
            is_last = is_over.is_set()
            async with database.session() as session:
                changes = await registry.changes_since(session, known)
            if changes.revision > known:
                assert [ref.address for ref in changes.present] == ["70b3d5e75e00bb01"]
            known = changes.revision
            if is_last:
                return known

    follower = asyncio.create_task(follow(known))
    await asyncio.gather(*(rename(n) for n in range(AT_ONCE)))
    is_over.set()
    assert await follower == known + AT_ONCE

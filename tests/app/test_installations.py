"""A swapped controller splits the energy of its light point at the instant of the swap."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.estate import Estate
from app.hearing import build_ingests
from app.installations import SplitEnergy
from app.jobs import Workshop
from app.reactions import reactions_of
from kit.access.model import Caller
from kit.clock import FixedClock
from kit.db import Database
from kit.outbox.relay import reaction_name
from kit.settings import Settings
from lighting.energy import service as energy
from lighting.registry import service as registry
from lighting.registry.model import EquipmentInstalled, EquipmentKind, EquipmentRemoved
from tests.lighting.energy.estate import (
    Light,
    add_controller,
    add_lights,
    add_organisation,
    arrive,
)

SYSTEM = Caller.system("test")
# Winter in Paris: 08:00 UTC is 09:00 on the wall, so all of this is one local date.
START = datetime(2026, 11, 18, 8, tzinfo=UTC)
SWAP = datetime(2026, 11, 18, 14, tzinfo=UTC)
NOW = datetime(2026, 11, 18, 20, tzinfo=UTC)
DAY = date(2026, 11, 18)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def shop(database: Database) -> Workshop:
    return Workshop(Settings(), database, FixedClock(NOW), Estate())


async def measured_wh(session: AsyncSession, light: Light) -> int:
    (day,) = await energy.days(session, SYSTEM, DAY, DAY, light_point_id=light.id)
    return day.measured_wh


async def swap(session: AsyncSession, light: Light, organisation_id) -> EquipmentInstalled:  # type: ignore[no-untyped-def]
    """Both controllers count 40 Wh an hour while they stand there; told at NOW."""
    new_id, new_key = await add_controller(session, organisation_id, START)
    quarters = range(25)
    old = [(light.controller_key, START + n * QUARTER, 1_000 + 10 * n) for n in quarters]
    new = [(new_key, SWAP + n * QUARTER, 10 * n) for n in quarters]
    await arrive(session, [*old, *new], NOW)
    await energy.recompute_dirty(session, NOW)
    await registry.install(
        *(session, SYSTEM, light.id),
        registry.Choice(EquipmentKind.CONTROLLER, new_id),
        at=SWAP,
        now=NOW,
    )
    return EquipmentInstalled(
        light_point_id=light.id,
        organisation_id=organisation_id,
        kind="controller",
        equipment_id=new_id,
        replaced_id=light.controller_id,
        installed_at=SWAP,
    )


async def test_each_side_of_a_swap_counts_with_its_own_counter(
    session: AsyncSession, shop: Workshop
) -> None:
    organisation_id = await add_organisation(session, START)
    (light,) = await add_lights(session, organisation_id, START, 1)
    event = await swap(session, light, organisation_id)
    assert await measured_wh(session, light) == 240
    for _ in range(2):  # a reaction may run twice
        await SplitEnergy(shop)(session, event, NOW)
        assert await measured_wh(session, light) == 480


async def test_what_came_down_does_not_count_any_more(
    session: AsyncSession, shop: Workshop
) -> None:
    organisation_id = await add_organisation(session, START)
    (light,) = await add_lights(session, organisation_id, START, 1)
    samples = [(light.controller_key, START + n * QUARTER, 1_000 + 10 * n) for n in range(49)]
    await arrive(session, samples, NOW)
    await energy.recompute_dirty(session, NOW)
    assert await measured_wh(session, light) == 480
    kind = EquipmentKind.CONTROLLER
    await registry.remove(session, SYSTEM, light.id, kind, at=SWAP, now=NOW)
    event = EquipmentRemoved(
        light_point_id=light.id,
        organisation_id=organisation_id,
        kind=kind,
        equipment_id=light.controller_id,
        removed_at=SWAP,
    )
    await SplitEnergy(shop)(session, event, NOW)
    assert await measured_wh(session, light) == 240


async def test_reactions_that_need_a_worker_have_names_of_their_own(shop: Workshop) -> None:
    table = reactions_of(shop, build_ingests(shop.estate.directory))
    names = [reaction_name(one) for one in table[EquipmentInstalled]]
    assert len(names) == len(set(names)) == 3


async def test_a_luminaire_moves_no_counter(session: AsyncSession, shop: Workshop) -> None:
    organisation_id = await add_organisation(session, START)
    (light,) = await add_lights(session, organisation_id, START, 1)
    event = EquipmentInstalled(
        light_point_id=light.id,
        organisation_id=organisation_id,
        kind="luminaire",
        equipment_id=light.controller_id,
        replaced_id=None,
        installed_at=SWAP,
    )
    await SplitEnergy(shop)(session, event, NOW)
    assert await session.scalar(sa.text("SELECT count(*) FROM energy_day")) == 0

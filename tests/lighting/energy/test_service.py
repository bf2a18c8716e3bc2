"""The ledger in the database: what new counters touch is computed again, in any order."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller, Role
from kit.db import Database, raw
from kit.errors import InvalidInputError, NotFoundError
from lighting.energy import service
from lighting.energy.model import Levels
from tests.lighting.energy import examples
from tests.lighting.energy.estate import (
    SYSTEM,
    Light,
    add_controller,
    add_lights,
    add_organisation,
    arrive,
    fit,
    take_off,
)
from tests.lighting.energy.examples import every_quarter, utc

FITTED_AT = utc(1, month=10)
NOW = utc(20)
ON = date(2026, 11, 10)


async def at_night(
    session: AsyncSession, points: Sequence[UUID], instants: Sequence[datetime]
) -> Levels:
    return examples.at_night(points, instants)


async def rows(session: AsyncSession) -> list[tuple[object, ...]]:
    """Every row of the ledger without what says when it was computed."""
    connection = await raw(session)
    found = await connection.fetch(
        """
        SELECT light_point_id, "on", measured_wh, bridged_wh, estimated_wh, morning_wh, expected_s,
            missing_s, quality, notes FROM energy_day ORDER BY light_point_id, "on"
        """
    )
    return [tuple(row) for row in found]


async def one_light(session: AsyncSession) -> Light:
    organisation_id = await add_organisation(session, FITTED_AT)
    (light,) = await add_lights(session, organisation_id, FITTED_AT, 1)
    return light


def story(light: Light) -> list[tuple[int, datetime, int]]:
    """Three days of counting with a silence of thirty hours and one mad reading."""
    lit = every_quarter(utc(9), [1000 + 10 * step for step in range(96)], light.controller_key)
    later = every_quarter(
        utc(11, 6), [2400 + 10 * step for step in range(80)], light.controller_key
    )
    mad = (light.controller_key, utc(11, 9, 7), 7_000_000)
    return [*lit, *later, mad]


async def test_a_day_is_measured_once_its_counters_are_there(session: AsyncSession) -> None:
    light = await one_light(session)
    samples = every_quarter(utc(9, 22), [10 * step for step in range(108)], light.controller_key)
    await arrive(session, samples, NOW)
    assert await service.recompute_dirty(session, NOW) > 0
    (day,) = await service.days(session, SYSTEM, ON, ON, light_point_id=light.id)
    assert (day.energy_wh, day.measured_wh, day.missing_s) == (960, 960, 0)
    assert await service.recompute_dirty(session, NOW) == 0


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_and_any_batches_of_arrival_give_the_same_ledger(
    session: AsyncSession, seed: int
) -> None:
    light = await one_light(session)
    samples = story(light)
    await arrive(session, samples, NOW)
    await service.recompute_dirty(session, NOW, expected=at_night)
    expected = await rows(session)
    assert sum(row[2] for row in expected) == 2400 + 79 * 10 - 1000  # type: ignore[misc]
    connection = await raw(session)
    for table in ("reading", "energy_day"):
        await connection.execute(f"DELETE FROM {table}")
    luck = Random(seed)
    arrived = samples + luck.sample(samples, 40)
    luck.shuffle(arrived)
    while arrived:
        size = luck.randint(1, 60)
        batch, arrived = arrived[:size], arrived[size:]
        await arrive(session, batch, NOW)
        await service.recompute_dirty(session, NOW, expected=at_night)
    assert await rows(session) == expected


async def test_computing_again_changes_nothing(session: AsyncSession) -> None:
    light = await one_light(session)
    await arrive(session, story(light), NOW)
    await service.recompute_dirty(session, NOW, expected=at_night)
    first = await rows(session)
    await service.recompute(
        session, [light.id], date(2026, 11, 9), date(2026, 11, 12), NOW, at_night
    )
    assert await rows(session) == first


async def test_an_older_computation_never_replaces_a_newer_one(session: AsyncSession) -> None:
    light = await one_light(session)
    await arrive(session, story(light), NOW)
    await service.recompute_dirty(session, NOW)
    connection = await raw(session)
    await connection.execute(
        "UPDATE energy_day SET revision = revision + 1000, energy_wh = 0, measured_wh = 0,"
        " bridged_wh = 0, estimated_wh = 0, morning_wh = 0"
    )
    await service.recompute(session, [light.id], ON, ON, NOW)
    (day,) = await service.days(session, SYSTEM, ON, ON, light_point_id=light.id)
    assert day.energy_wh == 0


async def test_a_swap_entered_late_moves_the_energy_to_the_right_light_point(
    session: AsyncSession,
) -> None:
    organisation_id = await add_organisation(session, FITTED_AT)
    first, second = await add_lights(session, organisation_id, FITTED_AT, 2)
    samples = every_quarter(utc(9, 22), [10 * step for step in range(108)], first.controller_key)
    await arrive(session, samples, NOW)
    await service.recompute_dirty(session, NOW)
    await take_off(session, second.controller_id, utc(10, 11))
    await take_off(session, first.controller_id, utc(10, 11))
    await fit(session, second.id, "controller", first.controller_id, utc(10, 11))
    await service.recompute(session, [first.id, second.id], ON, ON, NOW)
    days = [
        (await service.days(session, SYSTEM, ON, ON, light_point_id=one.id))[0]
        for one in (first, second)
    ]
    assert [day.energy_wh for day in days] == [480, 480]


async def test_a_replaced_controller_continues_the_day(session: AsyncSession) -> None:
    light = await one_light(session)
    organisation_id = await add_organisation(session, FITTED_AT, "Ailleurs")
    old = every_quarter(utc(9, 22), [10 * step for step in range(53)], light.controller_key)
    await take_off(session, light.controller_id, utc(10, 11))
    controller_id, key = await add_controller(session, organisation_id, FITTED_AT)
    await fit(session, light.id, "controller", controller_id, utc(10, 11))
    new = every_quarter(utc(10, 11), [7 + 10 * step for step in range(53)], key)
    await arrive(session, old + new, NOW)
    await service.recompute_dirty(session, NOW)
    (day,) = await service.days(session, SYSTEM, ON, ON, light_point_id=light.id)
    assert (day.energy_wh, day.missing_s) == (960, 0)


async def test_silent_days_are_settled_by_the_model(session: AsyncSession) -> None:
    light = await one_light(session)
    assert await service.settle(session, ON, utc(11, 12), expected=at_night) == 0
    assert await service.settle(session, ON, NOW, expected=at_night) == 1
    assert await service.settle(session, ON, NOW, expected=at_night) == 0
    (day,) = await service.days(session, SYSTEM, ON, ON, light_point_id=light.id)
    assert (day.estimated_wh, day.missing_s) == (732, 0)


async def test_what_cannot_be_estimated_is_missing_and_asked_once(session: AsyncSession) -> None:
    light = await one_light(session)
    assert await service.settle(session, ON, NOW) == 1
    assert await service.settle(session, ON, NOW) == 0
    (day,) = await service.days(session, SYSTEM, ON, ON, light_point_id=light.id)
    assert (day.energy_wh, day.missing_s) == (0, 86_400)


async def test_late_counters_replace_an_estimate(session: AsyncSession) -> None:
    light = await one_light(session)
    await service.settle(session, ON, NOW, expected=at_night)
    samples = every_quarter(utc(9, 22), [10 * step for step in range(108)], light.controller_key)
    await arrive(session, samples, NOW)
    await service.recompute_dirty(session, NOW, expected=at_night)
    (day,) = await service.days(session, SYSTEM, ON, ON, light_point_id=light.id)
    assert (day.measured_wh, day.estimated_wh) == (960, 0)


async def test_a_night_is_the_afternoon_and_the_next_morning(session: AsyncSession) -> None:
    light = await one_light(session)
    samples = every_quarter(utc(9), [10 * step for step in range(4 * 96)], light.controller_key)
    await arrive(session, samples, NOW)
    await service.recompute_dirty(session, NOW)
    connection = await raw(session)
    organisation_id = await connection.fetchval("SELECT organisation_id FROM light_point")
    assert await service.night_energy_wh(session, SYSTEM, ON, [organisation_id]) == 960
    assert (
        await service.night_energy_wh(session, SYSTEM, date(2025, 1, 1), [organisation_id]) is None
    )


async def test_a_stranger_sees_no_energy(session: AsyncSession) -> None:
    organisation_id = await add_organisation(session, FITTED_AT)
    elsewhere = await add_organisation(session, FITTED_AT, "Ailleurs")
    (light,) = await add_lights(session, organisation_id, FITTED_AT, 1)
    await service.settle(session, ON, NOW, expected=at_night)
    stranger = Caller(None, "", "stranger", roles={Role.SEE: frozenset({elsewhere})})
    assert await service.days(session, stranger, ON, ON, light_point_id=light.id) == []
    assert await service.days(session, stranger, ON, ON) == []
    with pytest.raises(NotFoundError):
        await service.days(session, stranger, ON, ON, organisation_id=organisation_id)
    with pytest.raises(InvalidInputError):
        await service.days(session, SYSTEM, ON, ON - timedelta(1))


async def test_workers_side_by_side_share_the_marks(database: Database) -> None:
    async with database.session() as session:
        organisation_id = await add_organisation(session, FITTED_AT)
        lights = await add_lights(session, organisation_id, FITTED_AT, 20)
        for light in lights:
            samples = every_quarter(utc(9, 22), [10 * i for i in range(108)], light.controller_key)
            await arrive(session, samples, NOW)

    async def work() -> int:
        taken = total = 1
        while taken:
            async with database.session() as session:
                taken = await service.recompute_dirty(session, NOW, limit=3)
                total += taken
        return total - 1

    assert sum(await asyncio.gather(work(), work(), work())) >= 40
    async with database.session() as session:
        (day,) = await service.days(session, SYSTEM, ON, ON, organisation_id=organisation_id)
    assert (day.light_point_count, day.measured_wh, day.missing_s) == (20, 20 * 960, 0)

"""Alarms that come at the same instant, from several workers."""

import asyncio

import sqlalchemy as sa

from gmao.workorders.reactions import note_alarm_cleared, propose_from_alarm
from kit.db import Database
from lighting.faults.model import AlarmRaised
from tests.gmao.city import City, after, cleared, raised


async def test_a_hundred_simultaneous_alarms_of_one_cause_open_one_order(
    database: Database, city: City
) -> None:
    alarms = [raised(city, 5) for _ in range(100)]
    gate = asyncio.Semaphore(10)

    async def react(alarm: AlarmRaised) -> None:
        async with gate, database.session() as session:
            await propose_from_alarm(session, alarm, alarm.raised_at)

    await asyncio.gather(*(react(alarm) for alarm in alarms))
    async with database.session() as session:
        found = await session.execute(
            sa.text("SELECT report_count, version FROM work_order WHERE asset_id = :id"),
            {"id": city.light_ids[5]},
        )
        assert found.all() == [(100, 100)]


async def test_raising_and_clearing_at_once_never_loses_either(
    database: Database, city: City
) -> None:
    alarms = [raised(city, 4) for _ in range(20)]

    async def raise_it(alarm: AlarmRaised) -> None:
        async with database.session() as session:
            await propose_from_alarm(session, alarm, alarm.raised_at)

    async def clear_it(alarm: AlarmRaised) -> None:
        async with database.session() as session:
            await note_alarm_cleared(session, cleared(alarm, 1), after(1))

    await asyncio.gather(*(act(alarm) for alarm in alarms for act in (raise_it, clear_it)))
    async with database.session() as session:
        seen = sa.text(
            "SELECT count(*), count(cleared_at) FROM work_order_alarm WHERE alarm_id = ANY(:ids)"
        )
        ids = [alarm.alarm_id for alarm in alarms]
        assert (await session.execute(seen, {"ids": ids})).one() == (20, 20)


async def test_numbers_have_no_holes_and_no_doubles(database: Database, city: City) -> None:
    async def react(light: int) -> None:
        alarm = raised(city, light)
        async with database.session() as session:
            await propose_from_alarm(session, alarm, alarm.raised_at)

    await asyncio.gather(*(react(light) for light in range(4)))
    async with database.session() as session:
        numbers = await session.scalars(sa.text("SELECT number FROM work_order ORDER BY number"))
        expected = [f"OT-2026-{number:06d}" for number in range(1, 7)]
        assert list(numbers) == expected

"""Each reading is stored once, whatever is repeated, late, or split over several frames."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import Database
from lighting.telemetry import service
from lighting.telemetry.model import EnergyDay, EventNote, Reading, Sighting
from lighting.telemetry.partitions import (
    ReadingOutOfRangeError,
    ensure_partitions,
    months_around,
    next_month,
    previous_month,
)

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


async def stored(session: AsyncSession, key: int = 1) -> list[Reading]:
    series = await service.series(
        session, key, NOW - timedelta(days=200), NOW + timedelta(days=1), period=QUARTER
    )
    return list(series.readings)


async def partitions(session: AsyncSession) -> set[str]:
    names = await session.scalars(
        sa.text(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'reading'::regclass"
        )
    )
    return set(names.all())


async def test_a_repeated_reading_changes_nothing(session: AsyncSession) -> None:
    reading = Reading(1, NOW, level_percent=60, active_power_w=21.5)
    assert await service.append_once(session, [reading], NOW) == [reading]
    assert await service.append_once(session, [reading, reading], NOW) == []
    assert await stored(session) == [reading]


async def test_level_and_meter_of_one_instant_are_joined(session: AsyncSession) -> None:
    await service.append_once(session, [Reading(1, NOW, level_percent=60)], NOW)
    meter = Reading(1, NOW, active_energy_wh=1234, active_power_w=21.5)
    assert await service.append_once(session, [meter], NOW) == [meter]
    assert await service.append_once(session, [meter], NOW) == []
    assert await stored(session) == [
        Reading(1, NOW, level_percent=60, active_energy_wh=1234, active_power_w=21.5)
    ]


async def test_a_stored_value_never_changes(session: AsyncSession) -> None:
    await service.append_once(session, [Reading(1, NOW, active_energy_wh=10)], NOW)
    assert await service.append_once(session, [Reading(1, NOW, active_energy_wh=99)], NOW) == []
    assert (await stored(session))[0].active_energy_wh == 10


async def test_only_what_is_new_in_a_batch_is_returned(session: AsyncSession) -> None:
    old = Reading(2, NOW, level_percent=1)
    await service.append_once(session, [old], NOW)
    new = Reading(1, NOW, level_percent=2)
    later = Reading(2, NOW + QUARTER, level_percent=3)
    added = await service.append_once(session, [later, old, new], NOW)
    assert sorted(added) == [new, later]


async def test_readings_find_their_month_without_preparation(session: AsyncSession) -> None:
    instants = [NOW - timedelta(days=70), NOW - timedelta(days=40), NOW]
    batch = [Reading(1, at, level_percent=5) for at in instants]
    assert len(await service.append_once(session, batch, NOW)) == 3
    assert await partitions(session) == {"reading_2026_09", "reading_2026_10", "reading_2026_11"}


@pytest.mark.parametrize("age", [timedelta(days=500), timedelta(days=-40)])
async def test_an_unbelievable_instant_is_refused(session: AsyncSession, age: timedelta) -> None:
    with pytest.raises(ReadingOutOfRangeError):
        await service.append_once(session, [Reading(1, NOW - age, level_percent=5)], NOW)


async def test_partitions_are_made_once_and_ahead(session: AsyncSession) -> None:
    december = datetime(2026, 12, 3, tzinfo=UTC)
    made = await ensure_partitions(session, december)
    assert made == ["reading_2026_11", "reading_2026_12", "reading_2027_01", "reading_2027_02"]
    assert await ensure_partitions(session, december) == []


async def test_whole_months_are_forgotten(session: AsyncSession) -> None:
    batch = [Reading(1, NOW - timedelta(days=days), level_percent=5) for days in (70, 40, 0)]
    await service.append_once(session, batch, NOW)
    middle_of_october = datetime(2026, 10, 15, tzinfo=UTC)
    assert await service.forget_readings(session, middle_of_october) == ["reading_2026_09"]
    assert await service.forget_readings(session, middle_of_october) == []
    assert len(await stored(session)) == 2


def test_months_follow_each_other() -> None:
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert previous_month(date(2027, 1, 1)) == date(2026, 12, 1)
    assert previous_month(date(2026, 12, 1)) == date(2026, 11, 1)
    assert months_around(NOW)[0] == date(2026, 10, 1)


async def test_late_values_do_not_replace_newer_ones(session: AsyncSession) -> None:
    newer = Reading(1, NOW, level_percent=80, active_power_w=40.0)
    late = Reading(1, NOW - QUARTER, level_percent=20, active_energy_wh=500)
    await service.append_once(session, [newer], NOW, sightings=[Sighting(1, NOW, -80, 7.0, "gw-1")])
    before = Sighting(1, NOW - QUARTER, -120, -3.0, "gw-2")
    await service.append_once(session, [late], NOW, sightings=[before])
    state = (await service.latest(session, [1]))[1]
    assert (state.level_percent, state.level_at) == (80, NOW)
    assert (state.active_power_w, state.power_at) == (40.0, NOW)
    assert (state.active_energy_wh, state.energy_at) == (500, NOW - QUARTER)
    assert (state.seen_at, state.rssi_dbm, state.gateway_address) == (NOW, -80, "gw-1")


async def test_the_newest_of_several_readings_is_the_latest_state(session: AsyncSession) -> None:
    """A controller empties its memory: the order within the batch does not matter."""
    readings = [Reading(1, NOW - turn * QUARTER, level_percent=turn) for turn in range(12)]
    readings += [Reading(1, NOW - 5 * QUARTER, active_energy_wh=700), Reading(2, NOW, flags=4)]
    seen = [Sighting(1, NOW), Sighting(3, NOW, -99, 1.0, "gw-1"), Sighting(1, NOW - QUARTER)]
    await service.append_once(session, readings[::-1], NOW, sightings=seen)
    states = await service.latest(session, [1, 2, 3])
    assert (states[1].level_percent, states[1].level_at) == (0, NOW)
    assert (states[1].active_energy_wh, states[1].energy_at) == (700, NOW - 5 * QUARTER)
    assert {key: state.seen_at for key, state in states.items()} == {1: NOW, 2: NOW, 3: NOW}
    assert (states[2].flags, states[3].rssi_dbm, states[3].level_percent) == (4, -99, None)


async def test_events_are_kept_once(session: AsyncSession) -> None:
    event = EventNote(1, NOW, "boot", {"version": "1.1.4"})
    other = EventNote(1, NOW, "boot", {"version": "1.1.5"})
    await service.note_events(session, [event, other])
    await service.note_events(session, [event])
    count = await session.scalar(sa.text("SELECT count(*) FROM device_event"))
    assert count == 2
    assert await service.forget_events(session, NOW) == 0
    assert await service.forget_events(session, NOW + QUARTER) == 2


async def test_a_text_of_a_device_with_a_nul_is_kept_without(session: AsyncSession) -> None:
    await service.note_events(session, [EventNote(1, NOW, "nameplate", {"name": "P\x0012"})])
    name = await session.scalar(sa.text("SELECT detail ->> 'name' FROM device_event"))
    assert name == "P\N{REPLACEMENT CHARACTER}12"


async def test_marks_are_taken_once(session: AsyncSession) -> None:
    readings = [Reading(1, NOW, active_energy_wh=1), Reading(1, NOW + QUARTER, active_energy_wh=2)]
    await service.mark_energy_days(session, readings, {1: "Europe/Paris"})
    await service.mark_energy_days(session, readings, {1: "Europe/Paris"})
    assert await service.take_energy_days(session) == {EnergyDay(1, date(2026, 11, 20))}
    assert await service.take_energy_days(session) == set()


async def test_workers_with_the_same_frames_store_them_once(database: Database) -> None:
    """Eight transactions at once, each with all frames of a new month, in another order."""
    batch = [Reading(key, NOW, level_percent=key) for key in range(100, 300)]

    async def work(turn: int) -> int:
        async with database.session() as session:
            mine = batch[turn * 20 :] + batch[: turn * 20]
            added = await service.append_once(
                session, mine, NOW, sightings=[Sighting(one[0], NOW) for one in mine]
            )
            return len(added)

    assert sum(await asyncio.gather(*(work(turn) for turn in range(8)))) == len(batch)


async def test_a_series_tells_its_gaps(session: AsyncSession) -> None:
    instants = [NOW, NOW + QUARTER, NOW + 8 * QUARTER]
    await service.append_once(session, [Reading(1, at, level_percent=5) for at in instants], NOW)
    series = await service.series(session, 1, NOW, NOW + 9 * QUARTER, period=QUARTER)
    assert [(gap.starts_at, gap.ends_at) for gap in series.gaps] == [
        (NOW + QUARTER, NOW + 8 * QUARTER)
    ]
    assert series.is_complete

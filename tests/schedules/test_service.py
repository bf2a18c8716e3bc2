"""Calendars and programs kept with every version, within the organisation that owns them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import ForbiddenError
from kit.ids import new_id
from schedules import service
from schedules.compute import night_steps
from schedules.documents import CalendarDocument, ControlProgramDocument
from schedules.library import sample, samples
from schedules.library.service import install
from schedules.refusals import (
    CalendarNotFoundError,
    NightsNotComputableError,
    ScheduleChangedMeanwhileError,
    ScheduleNameTakenError,
    UnknownProgramError,
)
from schedules.service import CALENDAR, PROGRAM, Kept
from tests.schedules.conftest import AT, SYSTEM, World
from tests.schedules.programs import PARIS

LATER = AT + timedelta(days=30)
NIGHT: dict[str, Any] = {
    "start": {"kind": "solar", "event": "sunset"},
    "end": {"kind": "solar", "event": "sunrise"},
}


def program(name: str = "All night", level: int = 100) -> ControlProgramDocument:
    return ControlProgramDocument.model_validate(
        {"name": name, "level_percent": level, "active_periods": [NIGHT]}
    )


def calendar(program_id: UUID, name: str = "City") -> CalendarDocument:
    return CalendarDocument(name=name, default_program_id=program_id)


@pytest.fixture
async def kept_program(session: AsyncSession, world: World) -> Kept[ControlProgramDocument]:
    return await service.create(
        session, world.planner, PROGRAM, world.town_id, program(), why="first", now=AT
    )


@pytest.fixture
async def kept_calendar(
    session: AsyncSession, world: World, kept_program: Kept[ControlProgramDocument]
) -> Kept[CalendarDocument]:
    return await service.create(
        session,
        world.planner,
        CALENDAR,
        world.town_id,
        calendar(kept_program.id),
        why="opening",
        now=AT,
    )


async def dim(
    session: AsyncSession,
    world: World,
    kept: Kept[ControlProgramDocument],
    level: int,
    *,
    now: datetime = LATER,
    edited_version: int = 1,
) -> Kept[ControlProgramDocument]:
    return await service.change(
        session,
        world.planner,
        PROGRAM,
        kept.id,
        program(level=level),
        edited_version=edited_version,
        why="save energy",
        now=now,
    )


async def test_a_calendar_comes_back_with_its_programs_ready_to_compute(
    session: AsyncSession, world: World, kept_calendar: Kept[CalendarDocument]
) -> None:
    found = await service.calendar_set(session, world.viewer, kept_calendar.id)
    steps = night_steps(found.calendar, found.programs, PARIS, date(2026, 11, 21))
    assert [step.level_percent for step in steps] == [0, 100, 0]


async def test_a_calendar_is_read_as_it_was_at_an_instant(
    session: AsyncSession,
    world: World,
    kept_program: Kept[ControlProgramDocument],
    kept_calendar: Kept[CalendarDocument],
) -> None:
    await dim(session, world, kept_program, 40)
    levels = []
    for at in (AT - timedelta(days=1), LATER - timedelta(seconds=1), LATER, None):
        found = await service.calendar_set(session, SYSTEM, kept_calendar.id, at)
        levels.append(found.programs[kept_program.id].level_percent)
    assert levels == [100, 100, 40, 40]


async def test_many_calendars_are_read_at_once(
    session: AsyncSession, world: World, kept_calendar: Kept[CalendarDocument]
) -> None:
    ids = [await install(session, world.planner, world.town_id, one, now=AT) for one in samples()]
    found = await service.calendar_sets(session, SYSTEM, [*ids, kept_calendar.id, new_id()])
    assert set(found) == {*ids, kept_calendar.id}


async def test_every_version_stays_readable_with_its_author_and_reason(
    session: AsyncSession, world: World, kept_program: Kept[ControlProgramDocument]
) -> None:
    await dim(session, world, kept_program, 40)
    await dim(session, world, kept_program, 30, edited_version=2)
    versions = await service.history(session, world.viewer, PROGRAM, kept_program.id, limit=10)
    assert [(one.version, one.document.level_percent) for one in versions] == [
        (3, 30),
        (2, 40),
        (1, 100),
    ]
    assert versions[0].changed_by_name == "Paule Planner"
    assert (versions[0].why, versions[0].changed_at) == ("save energy", LATER)


async def test_a_change_of_an_old_version_is_refused(
    session: AsyncSession, world: World, kept_program: Kept[ControlProgramDocument]
) -> None:
    await dim(session, world, kept_program, 40)
    with pytest.raises(ScheduleChangedMeanwhileError, match="version 2 exists"):
        await dim(session, world, kept_program, 30)


async def test_a_name_is_used_once_in_an_organisation(
    session: AsyncSession, world: World, kept_program: Kept[ControlProgramDocument]
) -> None:
    with pytest.raises(ScheduleNameTakenError, match="another name"):
        await service.create(
            session, world.planner, PROGRAM, world.town_id, program(), why="", now=AT
        )
    other = await service.create(
        session, world.stranger, PROGRAM, world.other_town_id, program(), why="", now=AT
    )
    assert other.id != kept_program.id


async def test_a_rename_to_a_taken_name_is_refused_and_changes_nothing(
    session: AsyncSession, world: World, kept_program: Kept[ControlProgramDocument]
) -> None:
    second = await service.create(
        session, world.planner, PROGRAM, world.town_id, program("Second"), why="", now=AT
    )
    with pytest.raises(ScheduleNameTakenError):
        await dim(session, world, second, 40)
    unchanged = await service.get(session, world.viewer, PROGRAM, second.id)
    assert (unchanged.document.name, unchanged.version) == ("Second", 1)


async def test_only_planners_write(session: AsyncSession, world: World) -> None:
    with pytest.raises(ForbiddenError):
        await service.create(
            session, world.viewer, PROGRAM, world.town_id, program(), why="", now=AT
        )


async def test_a_calendar_uses_programs_of_its_own_organisation_only(
    session: AsyncSession, world: World, kept_program: Kept[ControlProgramDocument]
) -> None:
    for program_id in (kept_program.id, new_id()):
        with pytest.raises(UnknownProgramError, match=str(program_id)):
            await service.create(
                session,
                world.stranger,
                CALENDAR,
                world.other_town_id,
                calendar(program_id),
                why="",
                now=AT,
            )


async def test_a_stranger_sees_nothing(
    session: AsyncSession, world: World, kept_calendar: Kept[CalendarDocument]
) -> None:
    with pytest.raises(CalendarNotFoundError):
        await service.get(session, world.stranger, CALENDAR, kept_calendar.id)
    with pytest.raises(CalendarNotFoundError):
        await service.calendar_set(session, world.stranger, kept_calendar.id)
    with pytest.raises(CalendarNotFoundError):
        await service.history(session, world.stranger, CALENDAR, kept_calendar.id, limit=10)
    assert await service.page(session, world.stranger, CALENDAR, limit=10) == []


async def test_every_write_leaves_an_audit_entry(
    session: AsyncSession, world: World, kept_program: Kept[ControlProgramDocument]
) -> None:
    await dim(session, world, kept_program, 40)
    await session.flush()
    entries = await session.execute(
        sa.text("SELECT action, actor, at FROM audit_entry WHERE subject_id = :id ORDER BY id"),
        {"id": str(kept_program.id)},
    )
    assert [tuple(entry) for entry in entries] == [
        ("control_program.create", world.planner.email, AT),
        ("control_program.change", world.planner.email, LATER),
    ]


async def test_nights_go_by_the_clock_of_the_organisation_unless_another_is_given(
    session: AsyncSession, world: World, kept_calendar: Kept[CalendarDocument]
) -> None:
    async def starts(timezone: str | None) -> str:
        (night,) = await service.nights(
            session,
            world.viewer,
            kept_calendar.id,
            lat_deg=PARIS.lat_deg,
            lon_deg=PARIS.lon_deg,
            timezone=timezone,
            first=date(2026, 11, 21),
            last=date(2026, 11, 21),
        )
        return f"{night.night.starts_at:%H:%M}"

    assert await starts(None) == "11:00"
    assert await starts("UTC") == "12:00"


@pytest.mark.parametrize(
    ("timezone", "last"),
    [
        pytest.param("Paris", date(2026, 11, 21), id="no such zone"),
        pytest.param("../etc/passwd", date(2026, 11, 21), id="no zone at all"),
        pytest.param("Europe/Paris", date(2026, 11, 20), id="last before first"),
        pytest.param("Europe/Paris", date(2027, 12, 26), id="too many nights"),
    ],
)
async def test_nights_that_make_no_sense_are_refused(
    session: AsyncSession,
    world: World,
    kept_calendar: Kept[CalendarDocument],
    timezone: str,
    last: date,
) -> None:
    with pytest.raises(NightsNotComputableError):
        await service.nights(
            session,
            world.viewer,
            kept_calendar.id,
            lat_deg=PARIS.lat_deg,
            lon_deg=PARIS.lon_deg,
            timezone=timezone,
            first=date(2026, 11, 21),
            last=last,
        )


async def test_a_sample_is_installed_once(session: AsyncSession, world: World) -> None:
    first, second = [
        await install(session, world.planner, world.town_id, sample("weekend"), now=AT)
        for _ in range(2)
    ]
    assert first == second
    found = await service.calendar_set(session, world.viewer, first)
    assert len(found.programs) == 3
    assert [rule.name for rule in found.calendar.rules][-1] == "Week-end"

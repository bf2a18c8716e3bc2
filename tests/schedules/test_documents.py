"""Programs and calendars as documents: read strictly, refused with a way out."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from schedules.documents import CalendarDocument, ControlProgramDocument, stored
from schedules.library import Sample, sample, samples
from schedules.model import (
    ActivePeriod,
    AmbiguousTime,
    ClockMoment,
    ProgramStep,
    PublicHolidays,
    SolarEvent,
    SolarMoment,
    WeekDays,
    YearDays,
)
from schedules.rules import missing_programs

PROGRAM: dict[str, Any] = {
    "name": " Dim at 22 ",
    "active_periods": [
        {
            "start": {"kind": "solar", "event": "sunset", "offset_minutes": 10},
            "end": {"kind": "clock", "at": "06:00"},
        }
    ],
    "steps": [
        {
            "at": {"kind": "clock", "at": "22:00"},
            "level_percent": 50,
            "fade_s": 60,
            "cct_k": 2200,
        }
    ],
}
CALENDAR: dict[str, Any] = {
    "name": "City",
    "default_program_id": "00000000-0000-0000-0000-000000000001",
    "holiday_region": "FR-57",
    "rules": [
        {
            "name": "Holidays",
            "program_id": "00000000-0000-0000-0000-000000000002",
            "condition": {"kind": "public_holidays", "on_eves": True},
        },
        {
            "name": "Winter weekends",
            "program_id": "00000000-0000-0000-0000-000000000002",
            "condition": {"kind": "week_days", "days": [5, 6]},
            "starts_on": "2026-12-01",
            "ends_on": "2027-02-28",
        },
    ],
}


def complaint(document: type[Any], content: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refused:
        document.model_validate(content)
    return str(refused.value)


def test_a_program_is_read_into_the_model() -> None:
    program = ControlProgramDocument.model_validate(PROGRAM).value(UUID(int=7))
    assert program.id == UUID(int=7)
    assert program.name == "Dim at 22"
    assert program.active_periods == (
        ActivePeriod(SolarMoment(SolarEvent.SUNSET, timedelta(minutes=10)), ClockMoment(time(6))),
    )
    assert program.steps == (ProgramStep(ClockMoment(time(22)), 50, timedelta(seconds=60), 2200),)


def test_a_calendar_is_read_into_the_model() -> None:
    calendar = CalendarDocument.model_validate(CALENDAR).value()
    assert calendar.ambiguous_time is AmbiguousTime.OFF_FIRST_ON_SECOND
    assert [rule.condition for rule in calendar.rules] == [
        PublicHolidays(on_eves=True),
        WeekDays(frozenset({5, 6})),
    ]
    assert calendar.rules[1].ends_on == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("document", "content"), [(ControlProgramDocument, PROGRAM), (CalendarDocument, CALENDAR)]
)
def test_what_is_stored_reads_back_the_same(document: type[Any], content: dict[str, Any]) -> None:
    first = document.model_validate(content)
    assert document.model_validate(stored(first)) == first


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"level_percent": 101}, "between 0 (off) and 100", id="too bright"),
        pytest.param({"level_percent": "50"}, "valid integer", id="level as text"),
        pytest.param({"cct_k": 300}, "colour temperature", id="colour out of range"),
        pytest.param({"brightness": 3}, "Extra inputs", id="unknown field"),
        pytest.param({"name": "  "}, "at least 1 character", id="blank name"),
        pytest.param(
            {"steps": [{"at": {"kind": "clock", "at": 2200}, "level_percent": 1}]},
            "as text",
            id="time as number",
        ),
        pytest.param(
            {"steps": [{"at": {"kind": "clock", "at": "22:00+02:00"}, "level_percent": 1}]},
            "local time only",
            id="time with offset",
        ),
        pytest.param(
            {
                "steps": [
                    {"at": {"kind": "clock", "at": "02:00"}, "level_percent": 1},
                    {"at": {"kind": "clock", "at": "22:00"}, "level_percent": 1},
                ]
            },
            "from noon to noon",
            id="steps out of order",
        ),
        pytest.param(
            {
                "steps": [
                    {
                        "at": {"kind": "solar", "event": "sunset", "offset_minutes": 121},
                        "level_percent": 1,
                    }
                ]
            },
            "-120 and +120",
            id="offset too large",
        ),
        pytest.param(
            {"steps": [{"at": {"kind": "clock", "at": "22:00"}, "level_percent": 1, "fade_s": -1}]},
            "0 to 3600 s",
            id="negative fade",
        ),
    ],
)
def test_a_program_that_makes_no_sense_is_refused(change: dict[str, Any], says: str) -> None:
    assert says in complaint(ControlProgramDocument, PROGRAM | change)


def rule(condition: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "r", "program_id": str(UUID(int=2)), "condition": condition, **more}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"holiday_region": "FR-99"}, "FR-6AE", id="unknown region"),
        pytest.param({"holiday_region": None}, "needs a holiday_region", id="no region"),
        pytest.param(
            {"rules": [rule({"kind": "week_days", "days": [0]})]}, "1 (Monday)", id="day zero"
        ),
        pytest.param(
            {"rules": [rule({"kind": "week_days", "days": [1], "occurrences": [6]})]},
            "-1 for the last",
            id="sixth Monday",
        ),
        pytest.param(
            {"rules": [rule({"kind": "year_days", "first": "02-30", "last": "03-01"})]},
            "day",
            id="30 February",
        ),
        pytest.param(
            {"rules": [rule({"kind": "month_days", "first": 3, "last": 2})]},
            "first before the last",
            id="month days reversed",
        ),
        pytest.param(
            {"rules": [rule({"kind": "special_days", "dates": []})]},
            "special days",
            id="no special day",
        ),
        pytest.param(
            {
                "rules": [
                    rule(
                        {"kind": "month_days", "first": 1, "last": 2},
                        starts_on="2026-02-01",
                        ends_on="2026-01-01",
                    )
                ]
            },
            "swap its dates",
            id="range reversed",
        ),
        pytest.param({"rules": [rule({"kind": "moon"})]}, "kind", id="unknown condition"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(change: dict[str, Any], says: str) -> None:
    assert says in complaint(CalendarDocument, CALENDAR | change)


@pytest.mark.parametrize("one", samples(), ids=lambda one: one.slug)
def test_a_sample_of_the_library_is_complete(one: Sample) -> None:
    calendar_set = one.calendar_set()
    assert missing_programs(calendar_set) == set()
    assert set(calendar_set.programs) == one.calendar.program_ids()
    assert set(one.summary) == {"fr", "en"}


def test_a_sample_is_found_by_its_file_name() -> None:
    christmas = sample("weekend").calendar_set().calendar.rules[1]
    assert christmas.condition == YearDays((12, 15), (1, 5))

"""Both nights on which clocks change: the stated policy, and every program of the library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.compute import burning_time, expected_level_percent, night_steps
from schedules.library import Sample, sample, samples
from schedules.model import (
    ActivePeriod,
    AmbiguousTime,
    ClockMoment,
    ControlProgram,
    Moment,
    Place,
    SolarEvent,
)
from schedules.night import night_bounds
from schedules.sun import SunDay, sun_events
from tests.schedules.programs import (
    ALL_NIGHT,
    CLOCKS_BACK,
    CLOCKS_FORWARD,
    DIJON,
    SUNRISE,
    SUNSET,
    clock,
    program,
    step,
    steps_of_night,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
CLOCK_CHANGES = pytest.mark.parametrize(
    "evening", [CLOCKS_FORWARD, CLOCKS_BACK], ids=["clocks go forward", "clocks go back"]
)

LETTER = AmbiguousTime.OFF_FIRST_ON_SECOND
MORE_LIGHT = AmbiguousTime.OFF_SECOND_ON_FIRST


def march(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 29, hour, minute, tzinfo=UTC)


def october(hour: int, minute: int) -> datetime:
    return datetime(2026, 10, 25, hour, minute, tzinfo=UTC)


class TestTimesThatDoNotExist:
    """02:30 on the night of 28 March: 03:30 instead."""

    def test_an_extinction_begins_later(self) -> None:
        chosen = program(ActivePeriod(SUNSET, clock("02:30")), name="until 02:30")
        steps = steps_of_night(chosen, DIJON, CLOCKS_FORWARD)
        assert steps[-1].starts_at == march(1, 30)

    def test_a_relight_begins_later(self) -> None:
        chosen = program(ActivePeriod(clock("02:30"), SUNRISE), name="from 02:30")
        assert steps_of_night(chosen, DIJON, CLOCKS_FORWARD)[1].starts_at == march(1, 30)

    def test_a_step_that_was_moved_does_not_undo_the_one_written_after_it(self) -> None:
        dark_then_light = program(
            *ALL_NIGHT, steps=(step(clock("02:30"), 0), step(clock("03:00"), 70))
        )
        steps = steps_of_night(dark_then_light, DIJON, CLOCKS_FORWARD)
        assert expected_level_percent(steps, march(1, 29)) == 100
        assert expected_level_percent(steps, march(1, 31)) == 70

    def test_a_period_inside_the_missing_hour_lights_nothing(self) -> None:
        chosen = program(ActivePeriod(clock("02:30"), clock("03:00")), name="half an hour")
        assert [one.level_percent for one in steps_of_night(chosen, DIJON, CLOCKS_FORWARD)] == [0]


class TestTimesThatOccurTwice:
    """02:30 on the night of 24 October: at 00:30 and at 01:30 UTC."""

    @pytest.mark.parametrize(
        ("policy", "off_at"), [(LETTER, october(0, 30)), (MORE_LIGHT, october(1, 30))]
    )
    def test_the_end_of_a_period_follows_the_policy_for_off(
        self, policy: AmbiguousTime, off_at: datetime
    ) -> None:
        chosen = program(ActivePeriod(SUNSET, clock("02:30")), name="until 02:30")
        assert steps_of_night(chosen, DIJON, CLOCKS_BACK, policy)[-1].starts_at == off_at

    @pytest.mark.parametrize(
        ("policy", "on_at"), [(LETTER, october(1, 30)), (MORE_LIGHT, october(0, 30))]
    )
    def test_the_start_of_a_period_follows_the_policy_for_on(
        self, policy: AmbiguousTime, on_at: datetime
    ) -> None:
        chosen = program(ActivePeriod(clock("02:30"), SUNRISE), name="from 02:30")
        assert steps_of_night(chosen, DIJON, CLOCKS_BACK, policy)[1].starts_at == on_at

    @pytest.mark.parametrize(
        ("level", "begins_at"),
        [
            pytest.param(0, october(0, 30), id="out"),
            pytest.param(30, october(0, 30), id="lower"),
            pytest.param(90, october(1, 30), id="higher"),
        ],
    )
    def test_a_step_that_lowers_the_light_counts_as_off(
        self, level: int, begins_at: datetime
    ) -> None:
        chosen = program(*ALL_NIGHT, steps=(step(clock("02:30"), level),), level=60)
        steps = steps_of_night(chosen, DIJON, CLOCKS_BACK)
        assert begins_at in {one.starts_at for one in steps if one.level_percent == level}

    def test_steps_keep_the_order_they_are_written_in(self) -> None:
        light_then_dark = program(
            *ALL_NIGHT, steps=(step(clock("02:15"), 100), step(clock("02:30"), 20)), level=50
        )
        steps = steps_of_night(light_then_dark, DIJON, CLOCKS_BACK)
        assert expected_level_percent(steps, october(0, 45)) == 50
        assert expected_level_percent(steps, october(1, 16)) == 20


@pytest.mark.parametrize(
    ("evening", "hours"),
    [(CLOCKS_FORWARD, 5), (CLOCKS_BACK, 7), (date(2026, 11, 21), 6)],
    ids=["clocks go forward", "clocks go back", "an ordinary night"],
)
def test_from_23_to_5_lasts_as_long_as_the_clock_takes(evening: date, hours: int) -> None:
    slot = program(ActivePeriod(clock("23:00"), clock("05:00")), name="slot")
    steps = steps_of_night(slot, DIJON, evening)
    assert burning_time(steps, *night_bounds(evening, DIJON.timezone)) == hours * HOUR
    heart = sample("heart_of_night").calendar_set()
    lit = burning_time(
        night_steps(heart.calendar, heart.programs, DIJON, evening),
        *night_bounds(evening, DIJON.timezone),
    )
    whole = burning_time(
        steps_of_night(program(*ALL_NIGHT), DIJON, evening), *night_bounds(evening, DIJON.timezone)
    )
    assert whole - lit == hours * HOUR


@CLOCK_CHANGES
@pytest.mark.parametrize("one", samples(), ids=lambda one: one.slug)
def test_programs_of_the_library_do_what_the_clock_on_the_wall_says(
    one: Sample, evening: date
) -> None:
    for chosen in one.calendar_set().programs.values():
        steps = steps_of_night(chosen, DIJON, evening)
        sun = events_around(evening, DIJON)
        for at in minutes_of(evening, DIJON.timezone):
            assert expected_level_percent(steps, at) == level_by_the_wall(chosen, at, evening, sun)


# An independent reading of programs, minute by minute, by comparing wall times. It holds for
# programs without wall times in the hour that is skipped or repeated.


def minutes_of(evening: date, timezone: str) -> Iterator[datetime]:
    start, end = night_bounds(evening, timezone)
    for minute in range((end - start) // MINUTE):
        yield start + minute * MINUTE + MINUTE / 2


def events_around(evening: date, place: Place) -> tuple[SunDay, SunDay]:
    dates = [evening, evening + timedelta(days=1)]
    days = sun_events(place.lat_deg, place.lon_deg, dates, place.timezone)
    return days.day(0, 0), days.day(0, 1)


def level_by_the_wall(
    chosen: ControlProgram, at: datetime, evening: date, sun: tuple[SunDay, SunDay]
) -> int:
    def has_come(moment: Moment) -> bool:
        if isinstance(moment, ClockMoment):
            local = at.astimezone(ZoneInfo(DIJON.timezone))
            on = evening if moment.at >= time(12) else evening + timedelta(days=1)
            return (local.date(), local.time()) >= (on, moment.at)
        day = sun[0] if moment.event in (SolarEvent.SUNSET, SolarEvent.CIVIL_DUSK) else sun[1]
        return at >= getattr(day, moment.event)[0] + moment.offset

    if not any(has_come(one.start) and not has_come(one.end) for one in chosen.active_periods):
        return 0
    begun = [one.level_percent for one in chosen.steps if has_come(one.at)]
    return begun[-1] if begun else chosen.level_percent

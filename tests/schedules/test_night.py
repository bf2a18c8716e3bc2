"""Local days, wall times and lighting nights, above all when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.night import (
    Occurrence,
    day_bounds,
    lighting_night,
    night_bounds,
    night_of,
    wall_instant,
)

PARIS = "Europe/Paris"
HALF_HOUR = timedelta(minutes=30)

# From 2012 on: no zone has left out a whole day since.
timezones = st.sampled_from(sorted(available_timezones()))
dates = st.dates(date(2012, 1, 1), date(2060, 12, 31))
instants = st.datetimes(datetime(2012, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(PARIS)).astimezone(UTC)


@pytest.mark.parametrize(
    ("on", "half_hours"),
    [(date(2026, 3, 29), 46), (date(2026, 10, 25), 50), (date(2026, 11, 21), 48)],
    ids=["clocks go forward", "clocks go back", "an ordinary day"],
)
def test_a_local_day_has_as_many_half_hours_as_its_clock_goes_through(
    on: date, half_hours: int
) -> None:
    start, end = day_bounds(on, PARIS)
    assert (end - start) / HALF_HOUR == half_hours


@pytest.mark.parametrize(
    ("evening", "hours"),
    [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 11, 21), 24)],
    ids=["clocks go forward", "clocks go back", "an ordinary night"],
)
def test_a_night_lasts_from_noon_to_noon_whatever_the_clock_does(evening: date, hours: int) -> None:
    night = night_of(evening, PARIS)
    assert night.ends_at - night.starts_at == timedelta(hours=hours)
    assert night.starts_at.astimezone(ZoneInfo(PARIS)).time() == time(12)


def test_a_time_that_does_not_exist_is_moved_forward() -> None:
    skipped = wall_instant(date(2026, 3, 29), time(2, 30), PARIS)
    assert skipped.astimezone(ZoneInfo(PARIS)).isoformat() == "2026-03-29T03:30:00+02:00"


@pytest.mark.parametrize("occurrence", Occurrence)
def test_a_time_that_does_not_exist_is_the_same_instant_whatever_is_asked(
    occurrence: Occurrence,
) -> None:
    skipped = wall_instant(date(2026, 3, 29), time(2, 30), PARIS, occurrence)
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_occurs_twice_is_the_occurrence_asked_for() -> None:
    first, second = (
        wall_instant(date(2026, 10, 25), time(2, 30), PARIS, occurrence)
        for occurrence in (Occurrence.FIRST, Occurrence.SECOND)
    )
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_elapsed_time_and_pauses_are_counted_in_utc() -> None:
    start = wall_instant(date(2026, 3, 28), time(20), PARIS)
    pause = wall_instant(date(2026, 3, 29), time(7), PARIS) - wall_instant(
        date(2026, 3, 29), time(1), PARIS
    )
    assert pause == timedelta(hours=5)
    assert start + timedelta(hours=24) + pause == paris("2026-03-30T02:00")


@pytest.mark.parametrize(
    ("at", "evening"),
    [
        ("2026-06-21T11:59:59", date(2026, 6, 20)),
        ("2026-06-21T12:00:00", date(2026, 6, 21)),
        ("2026-06-22T00:30:00", date(2026, 6, 21)),
    ],
)
def test_an_instant_belongs_to_the_night_named_by_its_evening(at: str, evening: date) -> None:
    assert lighting_night(paris(at), PARIS) == evening


@given(at=instants, timezone=timezones)
def test_every_instant_lies_in_its_night_in_every_zone(at: datetime, timezone: str) -> None:
    start, end = night_bounds(lighting_night(at, timezone), timezone)
    assert start <= at < end


@given(evening=dates, timezone=timezones)
def test_nights_follow_each_other_without_gap_in_every_zone(evening: date, timezone: str) -> None:
    start, end = night_bounds(evening, timezone)
    next_start, _ = night_bounds(evening + timedelta(days=1), timezone)
    assert start <= end == next_start

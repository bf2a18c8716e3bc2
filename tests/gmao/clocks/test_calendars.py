"""Local days, slots and holidays, on the nights the clocks change too."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from gmao.clocks.compute import (
    instant_of,
    is_business_day,
    local_day,
    public_holidays,
    slot,
)
from gmao.clocks.model import (
    HolidayRegion,
    Weekday,
    WeeklyWindow,
    WorkingCalendar,
)
from gmao.clocks.service_levels import Hours, calendar_of

PARIS = ZoneInfo("Europe/Paris")
OFFICE = calendar_of(Hours.OFFICE, "Europe/Paris", HolidayRegion.FRANCE)
MOSELLE = calendar_of(Hours.OFFICE, "Europe/Paris", HolidayRegion.MOSELLE)
HALF_HOUR = timedelta(minutes=30)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def shown(at: datetime | None) -> str:
    assert at is not None
    return at.astimezone(PARIS).isoformat(timespec="seconds")


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("on", "half_hours"),
    [
        pytest.param(date(2026, 3, 29), 46, id="spring"),
        pytest.param(date(2026, 10, 25), 50, id="autumn"),
        pytest.param(date(2026, 11, 21), 48, id="an ordinary day"),
    ],
)
def test_t21_half_hours_of_a_local_day(on: date, half_hours: int) -> None:
    assert local_day(on, PARIS).length == half_hours * HALF_HOUR


@pytest.mark.parametrize(("on", "length"), [(date(2026, 3, 28), 5), (date(2026, 10, 24), 7)])
def test_t21_the_slot_from_23_to_05_on_the_nights_of_the_change(on: date, length: int) -> None:
    assert slot(on, time(23), time(5), PARIS).length == hours(length)


def test_a_time_skipped_in_spring_is_moved_on_by_an_hour() -> None:
    at = instant_of(datetime(2026, 3, 29, 2, 30), PARIS)  # noqa: DTZ001  # a wall-clock time
    assert shown(at) == "2026-03-29T03:30:00+02:00"


def test_a_time_that_comes_twice_is_the_first_one_unless_the_later_is_asked_for() -> None:
    twice = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001  # a wall-clock time
    assert shown(instant_of(twice, PARIS)) == "2026-10-25T02:30:00+02:00"
    assert shown(instant_of(twice, PARIS, later=True)) == "2026-10-25T02:30:00+01:00"


def test_a_window_inside_the_skipped_hour_is_empty_that_day() -> None:
    nightly = WorkingCalendar(
        "night", "Europe/Paris", (WeeklyWindow(frozenset(Weekday), time(2), time(3)),)
    )
    assert not is_business_day(nightly, date(2026, 3, 29))
    assert is_business_day(nightly, date(2026, 3, 30))


def test_france_has_eleven_holidays_and_alsace_moselle_two_more() -> None:
    france = public_holidays(HolidayRegion.FRANCE, 2026)
    assert len(france) == 11
    for region in (HolidayRegion.ALSACE, HolidayRegion.MOSELLE):
        assert public_holidays(region, 2026) - france == {date(2026, 4, 3), date(2026, 12, 26)}

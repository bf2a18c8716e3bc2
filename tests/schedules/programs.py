"""Short ways of writing programs, calendars and places in tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from uuid import UUID, uuid5

import numpy as np

from schedules.compute import night_steps
from schedules.library import NAMESPACE
from schedules.model import (
    ActivePeriod,
    AmbiguousTime,
    Calendar,
    CalendarRule,
    CalendarSet,
    ClockMoment,
    ControlProgram,
    DimmingStep,
    Place,
    ProgramStep,
    SolarEvent,
    SolarMoment,
)
from schedules.moments import Places

PARIS = Place(48.8566, 2.3522, "Europe/Paris")
DIJON = Place(47.3220, 5.0415, "Europe/Paris")
LILLE = Place(50.6292, 3.0573, "Europe/Paris")
NICE = Place(43.7102, 7.2620, "Europe/Paris")
BREST = Place(48.3904, -4.4861, "Europe/Paris")
OSLO = Place(59.9139, 10.7522, "Europe/Oslo")
TROMSO = Place(69.6492, 18.9553, "Europe/Oslo")

CLOCKS_FORWARD = date(2026, 3, 28)  # the night in which 02:00 becomes 03:00 in Europe
CLOCKS_BACK = date(2026, 10, 24)  # the night in which 03:00 becomes 02:00


def clock(text: str) -> ClockMoment:
    return ClockMoment(time.fromisoformat(text))


def solar(event: SolarEvent, minutes: int = 0) -> SolarMoment:
    return SolarMoment(event, timedelta(minutes=minutes))


SUNSET = solar(SolarEvent.SUNSET)
SUNRISE = solar(SolarEvent.SUNRISE)
CIVIL_DUSK = solar(SolarEvent.CIVIL_DUSK)
CIVIL_DAWN = solar(SolarEvent.CIVIL_DAWN)

ALL_NIGHT = (ActivePeriod(SUNSET, SUNRISE),)
ALWAYS = (ActivePeriod(clock("12:00"), clock("12:00")),)


def identity(name: str) -> UUID:
    return uuid5(NAMESPACE, f"test/{name}")


def program(
    *periods: ActivePeriod, steps: tuple[ProgramStep, ...] = (), level: int = 100, name: str = "P"
) -> ControlProgram:
    return ControlProgram(identity(name), name, periods, level, steps)


def step(at: ClockMoment | SolarMoment, level: int) -> ProgramStep:
    return ProgramStep(at, level)


def calendar_of(
    *rules: CalendarRule,
    default: ControlProgram,
    region: str | None = None,
    ambiguous: AmbiguousTime = AmbiguousTime.OFF_FIRST_ON_SECOND,
) -> Calendar:
    return Calendar(identity("calendar"), "C", default.id, rules, region, ambiguous)


def only(chosen: ControlProgram) -> CalendarSet:
    """A calendar that knows one program."""
    return CalendarSet(calendar_of(default=chosen), {chosen.id: chosen})


def steps_of_night(
    chosen: ControlProgram,
    place: Place,
    evening: date,
    ambiguous: AmbiguousTime = AmbiguousTime.OFF_FIRST_ON_SECOND,
) -> list[DimmingStep]:
    calendar = calendar_of(default=chosen, ambiguous=ambiguous)
    return night_steps(calendar, {chosen.id: chosen}, place, evening)


def places_of(*places: Place) -> Places:
    return Places(
        np.array([place.lat_deg for place in places]),
        np.array([place.lon_deg for place in places]),
        places[0].timezone,
    )


def evenings_of(year: int) -> list[date]:
    return list(_days(date(year, 1, 1), date(year, 12, 31)))


def _days(first: date, last: date) -> Iterator[date]:
    for shift in range((last - first).days + 1):
        yield first + timedelta(days=shift)

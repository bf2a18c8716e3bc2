"""Burning hours of a regime by local date, from the Sun of the place: never a convention.

The usual 4,100 h a year is sunset plus 15 minutes to sunrise minus 15; computing it covers leap
years, missing days and clock changes alike.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from lighting.contracts.baseline import HoursOf
from lighting.contracts.model import Regime
from schedules.compute import burning_time, planned_nights
from schedules.model import (
    ActivePeriod,
    Calendar,
    CalendarSet,
    ClockMoment,
    ControlProgram,
    Place,
    SolarEvent,
    SolarMoment,
)
from schedules.night import ONE_DAY, day_bounds

SECONDS_PER_HOUR = Decimal(3600)
_ID = UUID(int=0)


def burning_seconds(regime: Regime, place: Place, first: date, last: date) -> dict[date, int]:
    """Whole seconds lit on each local date from `first` to `last`, both included."""
    dates = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    nights = planned_nights(_calendar(regime), place, [first - ONE_DAY, *dates])
    found = {}
    for before, after, on in zip(nights, nights[1:], dates, strict=False):
        start, end = day_bounds(on, place.timezone)
        steps = [*before.steps, *after.steps]
        found[on] = round(burning_time(steps, start, end).total_seconds())
    return found


def burning_spans(
    regime: Regime, place: Place, first: date, last: date
) -> list[tuple[datetime, datetime]]:
    """The spans lit in the nights that begin from the eve of `first` to `last`, in order."""
    evenings = [first + timedelta(days=day) for day in range(-1, (last - first).days + 1)]
    spans: list[tuple[datetime, datetime]] = []
    for planned in planned_nights(_calendar(regime), place, evenings):
        ends = [step.starts_at for step in planned.steps[1:]] + [planned.night.ends_at]
        for step, end in zip(planned.steps, ends, strict=True):
            if step.level_percent and spans and spans[-1][1] == step.starts_at:
                spans[-1] = (spans[-1][0], end)
            elif step.level_percent:
                spans.append((step.starts_at, end))
    return spans


def by_hours(table: Mapping[Regime, Mapping[date, int]]) -> HoursOf:
    """Look hours up in burning seconds computed beforehand for each regime."""

    def hours_of(regime: Regime, first: date, last: date) -> Decimal:
        lit_s = sum(lit for on, lit in table[regime].items() if first <= on <= last)
        return Decimal(lit_s) / SECONDS_PER_HOUR

    return hours_of


class Located(Protocol):
    """What has a position and a clock."""

    @property
    def lat_deg(self) -> float: ...
    @property
    def lon_deg(self) -> float: ...
    @property
    def timezone(self) -> str: ...


def place_of(located: Located) -> Place:
    """Where the Sun is taken for a baseline."""
    return Place(located.lat_deg, located.lon_deg, located.timezone)


def _calendar(regime: Regime) -> CalendarSet:
    program = ControlProgram(_ID, "reference", _periods(regime))
    return CalendarSet(Calendar(_ID, "reference", _ID), {_ID: program})


def _periods(regime: Regime) -> tuple[ActivePeriod, ...]:
    dusk = SolarMoment(SolarEvent.SUNSET, timedelta(minutes=regime.switch_on_offset_min))
    dawn = SolarMoment(SolarEvent.SUNRISE, timedelta(minutes=regime.switch_off_offset_min))
    if regime.cut_from is None or regime.cut_to is None:
        return (ActivePeriod(dusk, dawn),)
    cut_from, cut_to = _clock(regime.cut_from), _clock(regime.cut_to)
    return (ActivePeriod(dusk, cut_from), ActivePeriod(cut_to, dawn))


def _clock(at: time) -> ClockMoment:
    return ClockMoment(at)

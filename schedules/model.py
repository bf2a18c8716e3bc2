"""Calendars, control programs and the steps they make of a night: values without behaviour.

The words are TALQ's: a calendar's ordered rules choose the control program of a night, a program
lights during its active periods, and its steps set the level while it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from schedules.night import NOON, Occurrence

LEVEL_PERCENT_MAX = 100
OFFSET_MAX = timedelta(minutes=120)
FADE_MAX = timedelta(hours=1)
CCT_K_MIN, CCT_K_MAX = 1000, 20_000
PERIODS_MAX = 8
STEPS_MAX = 48
RULES_MAX = 100
SPECIAL_DAYS_MAX = 400
LAST_OCCURRENCE = -1


@dataclass(frozen=True, slots=True)
class Place:
    """Where the Sun is taken from, and the clock people there live by (an IANA name)."""

    lat_deg: float
    lon_deg: float
    timezone: str


class SolarEvent(StrEnum):
    """The events of the Sun a moment can hang on."""

    SUNSET = "sunset"
    CIVIL_DUSK = "civil_dusk"
    CIVIL_DAWN = "civil_dawn"
    SUNRISE = "sunrise"


EVENING_EVENTS = frozenset({SolarEvent.SUNSET, SolarEvent.CIVIL_DUSK})


@dataclass(frozen=True, slots=True)
class ClockMoment:
    """A wall time: of the evening's date from noon on, of the next date before noon."""

    at: time

    def __post_init__(self) -> None:
        if self.at.tzinfo is not None:
            raise ValueError("a wall time has no offset: give the local time only, such as 22:00")

    @property
    def is_evening(self) -> bool:
        return self.at >= NOON


@dataclass(frozen=True, slots=True)
class SolarMoment:
    """An event of the Sun, sooner (negative) or later by an offset."""

    event: SolarEvent
    offset: timedelta = timedelta()

    def __post_init__(self) -> None:
        if abs(self.offset) > OFFSET_MAX:
            raise ValueError("an offset lies between -120 and +120 minutes; choose one in between")

    @property
    def is_evening(self) -> bool:
        return self.event in EVENING_EVENTS


Moment = ClockMoment | SolarMoment


@dataclass(frozen=True, slots=True)
class ActivePeriod:
    """Time during which a program lights, from one moment to the other.

    An evening moment followed by a morning one lies in one night; a morning moment followed by an
    evening one spans the day between two nights. Where the end does not come after the start in
    some night (relight at 05:00, sunrise at 04:43), there is nothing to light that night.
    """

    start: Moment
    end: Moment


@dataclass(frozen=True, slots=True)
class ProgramStep:
    """From a moment on, a level in percent of light, and if given a colour temperature."""

    at: Moment
    level_percent: int
    fade: timedelta = timedelta()
    cct_k: int | None = None

    def __post_init__(self) -> None:
        _check_light(self.level_percent, self.cct_k)
        if not timedelta() <= self.fade <= FADE_MAX:
            raise ValueError("a fade lasts from 0 to 3600 s; shorten it")


@dataclass(frozen=True, slots=True)
class ControlProgram:
    """How a night is lit: where it lights, at what level it begins, and the steps from there.

    A program begins afresh at each noon. The last step begun sets the level, even one that came
    before the active period; steps at the same instant count in the order written.
    """

    id: UUID
    name: str
    active_periods: tuple[ActivePeriod, ...]
    level_percent: int = LEVEL_PERCENT_MAX
    steps: tuple[ProgramStep, ...] = ()
    cct_k: int | None = None

    def __post_init__(self) -> None:
        _check_light(self.level_percent, self.cct_k)
        if len(self.active_periods) > PERIODS_MAX:
            raise ValueError(f"a program has at most {PERIODS_MAX} active periods; join some")
        if len(self.steps) > STEPS_MAX:
            raise ValueError(f"a program has at most {STEPS_MAX} steps; remove some")
        times = [night_order(step.at.at) for step in self.steps if isinstance(step.at, ClockMoment)]
        if any(later <= sooner for sooner, later in pairwise(times)):
            raise ValueError(
                "steps at wall times come in the order of the night, from noon to noon, "
                "each time once; sort them"
            )


class AmbiguousTime(StrEnum):
    """Which occurrence a wall time means when clocks go back and it occurs twice."""

    OFF_FIRST_ON_SECOND = "off_first_on_second"
    OFF_SECOND_ON_FIRST = "off_second_on_first"

    def occurrence(self, *, is_lowering: bool) -> Occurrence:
        """For a moment that lowers the light (or puts it out), or raises it."""
        lowers_first = self is AmbiguousTime.OFF_FIRST_ON_SECOND
        return Occurrence.FIRST if is_lowering == lowers_first else Occurrence.SECOND


@dataclass(frozen=True, slots=True)
class WeekDays:
    """Nights beginning on days of the week (1 is Monday), every week or on some of a month.

    `occurrences` counts within the month, 1 to 5, `LAST_OCCURRENCE` for the last; empty is all.
    """

    days: frozenset[int]
    occurrences: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not self.days or not self.days <= set(range(1, 8)):
            raise ValueError("days of the week go from 1 (Monday) to 7 (Sunday); give at least one")
        if not self.occurrences <= {1, 2, 3, 4, 5, LAST_OCCURRENCE}:
            raise ValueError("occurrences in a month go from 1 to 5, or -1 for the last")


@dataclass(frozen=True, slots=True)
class YearDays:
    """Every year from one (month, day) to another, both included, across New Year if it is so."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            date(2024, month, day)  # a leap year: 29 February is a day one may name


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Every month from one day of the month to another, both included."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last <= 31:
            raise ValueError("days of the month go from 1 to 31, the first before the last")


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Nights beginning on dates given one by one."""

    dates: frozenset[date]

    def __post_init__(self) -> None:
        if not 1 <= len(self.dates) <= SPECIAL_DAYS_MAX:
            raise ValueError(f"give between 1 and {SPECIAL_DAYS_MAX} special days")


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """Nights beginning on a public holiday of the calendar's region, or on the eve of one."""

    on_eves: bool = False


Condition = WeekDays | YearDays | MonthDays | SpecialDays | PublicHolidays


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """A program, and the nights it is for; without a condition, every night of its range."""

    name: str
    program_id: UUID
    condition: Condition | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("a rule ends on or after the day it starts; swap its dates")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Rules in order of priority, the first that matches wins, and a program for other nights.

    `holiday_region` is an ISO 3166 code with a subdivision or without: "FR", "FR-57" (Moselle),
    "FR-6AE" (Alsace), "FR-974" (La Réunion).
    """

    id: UUID
    name: str
    default_program_id: UUID
    rules: tuple[CalendarRule, ...] = ()
    holiday_region: str | None = None
    ambiguous_time: AmbiguousTime = AmbiguousTime.OFF_FIRST_ON_SECOND

    def __post_init__(self) -> None:
        if len(self.rules) > RULES_MAX:
            raise ValueError(f"a calendar has at most {RULES_MAX} rules; join some")
        asks_holidays = any(isinstance(rule.condition, PublicHolidays) for rule in self.rules)
        if asks_holidays and self.holiday_region is None:
            raise ValueError("a rule on public holidays needs a holiday_region, such as 'FR'")


@dataclass(frozen=True, slots=True)
class CalendarSet:
    """A calendar with every program its rules name."""

    calendar: Calendar
    programs: Mapping[UUID, ControlProgram]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level holds: the rule that chose the program, and what of the program is in force.

    No rule: the calendar's default program. No period: the program does not light now. No step:
    the level the program begins with.
    """

    calendar: Calendar
    rule: CalendarRule | None
    program: ControlProgram
    period: ActivePeriod | None
    step: ProgramStep | None


@dataclass(frozen=True, slots=True)
class DimmingStep:
    """From an instant (UTC) on, a level; until the next step, or the noon that ends the night."""

    starts_at: datetime
    level_percent: int
    reason: Reason | None = field(default=None, compare=False)
    fade: timedelta = timedelta()
    cct_k: int | None = None


def _check_light(level_percent: int, cct_k: int | None) -> None:
    if not 0 <= level_percent <= LEVEL_PERCENT_MAX:
        raise ValueError("a level lies between 0 (off) and 100 percent of light")
    if cct_k is not None and not CCT_K_MIN <= cct_k <= CCT_K_MAX:
        raise ValueError(f"a colour temperature lies between {CCT_K_MIN} and {CCT_K_MAX} K")


def night_order(wall_time: time) -> tuple[bool, time]:
    """Sorts wall times as a night goes through them, from noon to noon."""
    return wall_time < NOON, wall_time

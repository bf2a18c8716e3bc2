"""Calendars, budgets and terms: what a deadline is computed from."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

# An end that is not known yet: the end of a pause still open.
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The time from `start` (included) to `end` (excluded), given aware and kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs aware instants")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    @property
    def length(self) -> timedelta:
        """Real time between the two ends, whatever the clocks on the wall did."""
        return self.end - self.start


class Weekday(IntEnum):
    """Days as `date.weekday()` numbers them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """Local opening hours that come back on some days of the week.

    A window that closes at or before its opening ends on the next day: 23:00–05:00 is a night,
    00:00–00:00 a whole day.
    """

    weekdays: frozenset[Weekday]
    opens: time
    closes: time


class HolidayRegion(StrEnum):
    """Where public holidays are taken from; the values are the codes of the `holidays` package."""

    FRANCE = "FR"
    ALSACE = "FR-6AE"
    MOSELLE = "FR-57"
    GUADELOUPE = "FR-971"
    MARTINIQUE = "FR-972"
    GUYANE = "FR-973"
    REUNION = "FR-974"
    MAYOTTE = "FR-976"


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When people work: a zone, weekly windows, public holidays, and days closed by exception."""

    code: str
    timezone: str
    windows: tuple[WeeklyWindow, ...]
    holiday_region: HolidayRegion | None = None
    closed_on: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        ZoneInfo(self.timezone)
        if not any(window.weekdays for window in self.windows):
            raise ValueError(f"calendar {self.code} never opens: give it at least one window")

    @property
    def zone(self) -> ZoneInfo:
        """The zone its hours are read in."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A budget of time that runs day and night ("jours calendaires" are 24 h of it)."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class Working:
    """A budget of time that runs only while the calendar is open."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class BusinessDayEnd:
    """J+n ouvrés: the close of the nth business day after the day of the start.

    A pause moves it by the working time it takes, no more.
    """

    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("a promise in business days is for the next one at least")


Budget: TypeAlias = Elapsed | Working | BusinessDayEnd


class ClockKind(StrEnum):
    """What a deadline is for, and so what stops it."""

    RESPONSE = "response"
    MAKE_SAFE = "make_safe"
    RESTORE = "restore"


class SuspensionReason(StrEnum):
    """Why work waits; whether the clock waits too is for the terms to say."""

    WAIT_DSO = "wait_dso"
    WAIT_PERMIT = "wait_permit"
    WAIT_PART = "wait_part"
    WAIT_CUSTOMER = "wait_customer"
    ACCESS = "access"
    WEATHER = "weather"


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """One promise of a contract: a budget on a calendar, and the waits that stop the count."""

    kind: ClockKind
    budget: Budget
    calendar: WorkingCalendar
    pausable_reasons: frozenset[SuspensionReason]

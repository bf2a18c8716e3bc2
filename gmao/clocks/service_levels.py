"""The urgency classes U0–U4 and what each promises by default.

The delays come from no public text: they are starting values that a contract replaces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from gmao.clocks.model import (
    MIDNIGHT,
    Budget,
    BusinessDayEnd,
    ClockKind,
    ClockTerms,
    Elapsed,
    HolidayRegion,
    SuspensionReason,
    Weekday,
    WeeklyWindow,
    Working,
    WorkingCalendar,
)
from lighting.faults.model import Urgency


class Hours(StrEnum):
    """The hours on which a promise is counted."""

    ALWAYS = "24/7"
    DAYTIME = "7/7"
    OFFICE = "HO"


class PenaltyUnit(StrEnum):
    """What a penalty is multiplied by once the deadline has passed."""

    STARTED_HOUR = "started_hour"
    STARTED_DAY = "started_day"
    STARTED_DAY_AND_POINT = "started_day_and_point"


@dataclass(frozen=True, slots=True)
class Penalty:
    """Price of lateness in euros per unit."""

    amount_eur: Decimal
    per: PenaltyUnit


@dataclass(frozen=True, slots=True)
class Promise:
    """A budget on some hours, before the place says where they are.

    Without `pausable_reasons`, those that are usual for the kind.
    """

    kind: ClockKind
    budget: Budget
    hours: Hours
    pausable_reasons: frozenset[SuspensionReason] | None = None

    @property
    def effective_pausable_reasons(self) -> frozenset[SuspensionReason]:
        """The waits that hold this clock."""
        given = self.pausable_reasons
        return PAUSABLE_BY_DEFAULT[self.kind] if given is None else given


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What one urgency class promises."""

    urgency: Urgency
    label_fr: str
    label_en: str
    promises: tuple[Promise, ...]
    penalty: Penalty | None


RESPONSE, MAKE_SAFE, RESTORE = ClockKind.RESPONSE, ClockKind.MAKE_SAFE, ClockKind.RESTORE

DEFAULT_SERVICE_LEVELS = (
    ServiceLevel(
        Urgency.U0,
        "mise en sécurité",
        "make safe",
        (
            Promise(RESPONSE, Elapsed(timedelta(hours=1)), Hours.ALWAYS),
            Promise(MAKE_SAFE, Elapsed(timedelta(hours=2)), Hours.ALWAYS),
            Promise(RESTORE, BusinessDayEnd(5), Hours.OFFICE),
        ),
        Penalty(Decimal(150), PenaltyUnit.STARTED_HOUR),
    ),
    ServiceLevel(
        Urgency.U1,
        "panne de secteur ou d'armoire",
        "area or cabinet outage",
        (
            Promise(RESPONSE, Elapsed(timedelta(hours=4)), Hours.ALWAYS),
            Promise(RESTORE, Elapsed(timedelta(hours=24)), Hours.ALWAYS),
        ),
        Penalty(Decimal(100), PenaltyUnit.STARTED_HOUR),
    ),
    ServiceLevel(
        Urgency.U2,
        "panne partielle (rue, tronçon)",
        "partial outage (street, section)",
        (
            Promise(RESPONSE, Working(timedelta(hours=24)), Hours.DAYTIME),
            Promise(RESTORE, Working(timedelta(hours=48)), Hours.DAYTIME),
        ),
        Penalty(Decimal(50), PenaltyUnit.STARTED_DAY),
    ),
    ServiceLevel(
        Urgency.U3,
        "panne isolée",
        "isolated outage",
        (
            Promise(RESPONSE, BusinessDayEnd(2), Hours.OFFICE),
            Promise(RESTORE, BusinessDayEnd(5), Hours.OFFICE),
        ),
        Penalty(Decimal(20), PenaltyUnit.STARTED_DAY_AND_POINT),
    ),
    ServiceLevel(
        Urgency.U4,
        "anomalie mineure",
        "minor anomaly",
        (
            Promise(RESPONSE, BusinessDayEnd(10), Hours.OFFICE),
            Promise(RESTORE, Elapsed(timedelta(days=30)), Hours.ALWAYS),
        ),
        None,
    ),
)

# Waiting for a part is the contractor's own affair, unless the contract says otherwise; and
# nothing is a reason to leave a danger as it is.
PAUSABLE_BY_DEFAULT: Mapping[ClockKind, frozenset[SuspensionReason]] = {
    RESPONSE: frozenset(SuspensionReason) - {SuspensionReason.WAIT_PART},
    MAKE_SAFE: frozenset(),
    RESTORE: frozenset(SuspensionReason) - {SuspensionReason.WAIT_PART},
}

EVERY_DAY = frozenset(Weekday)
MONDAY_TO_FRIDAY = EVERY_DAY - {Weekday.SATURDAY, Weekday.SUNDAY}

WINDOWS: Mapping[Hours, tuple[WeeklyWindow, ...]] = {
    Hours.ALWAYS: (WeeklyWindow(EVERY_DAY, MIDNIGHT, MIDNIGHT),),
    Hours.DAYTIME: (WeeklyWindow(EVERY_DAY, time(7), time(19)),),
    Hours.OFFICE: (
        WeeklyWindow(MONDAY_TO_FRIDAY, time(8), time(12)),
        WeeklyWindow(MONDAY_TO_FRIDAY, time(13, 30), time(17, 30)),
    ),
}


def calendar_of(hours: Hours, timezone: str, region: HolidayRegion) -> WorkingCalendar:
    """Some hours at a place; only office hours close on public holidays."""
    closes_on_holidays = hours is Hours.OFFICE
    return WorkingCalendar(
        hours.value, timezone, WINDOWS[hours], region if closes_on_holidays else None
    )


Promises: TypeAlias = Mapping[tuple[Urgency, ClockKind], Promise]

DEFAULT_PROMISES: Promises = {
    (level.urgency, promise.kind): promise
    for level in DEFAULT_SERVICE_LEVELS
    for promise in level.promises
}


def clock_terms(
    timezone: str, region: HolidayRegion, promises: Promises = DEFAULT_PROMISES
) -> Mapping[Urgency, tuple[ClockTerms, ...]]:
    """The clocks of every class on the hours and holidays of a place."""
    return {
        urgency: tuple(
            ClockTerms(
                promise.kind,
                promise.budget,
                calendar_of(promise.hours, timezone, region),
                promise.effective_pausable_reasons,
            )
            for (of_class, _), promise in promises.items()
            if of_class is urgency
        )
        for urgency in Urgency
    }


def presses_more(one: Urgency, other: Urgency) -> bool:
    """Whether one class comes before another: U0 before U1, and so on."""
    return one.value < other.value


# INSEE codes of municipalities begin with their department's number.
_REGION_BY_DEPARTMENT: Mapping[str, HolidayRegion] = {
    "57": HolidayRegion.MOSELLE,
    "67": HolidayRegion.ALSACE,
    "68": HolidayRegion.ALSACE,
    "971": HolidayRegion.GUADELOUPE,
    "972": HolidayRegion.MARTINIQUE,
    "973": HolidayRegion.GUYANE,
    "974": HolidayRegion.REUNION,
    "976": HolidayRegion.MAYOTTE,
}


def holiday_region(insee_code: str | None) -> HolidayRegion:
    """Whose public holidays a municipality keeps, by its INSEE code."""
    code = insee_code or ""
    return (
        _REGION_BY_DEPARTMENT.get(code[:2])
        or _REGION_BY_DEPARTMENT.get(code[:3])
        or HolidayRegion.FRANCE
    )

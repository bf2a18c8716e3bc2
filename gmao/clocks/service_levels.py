"""The urgency classes U0–U4 and what each promises by default.

The delays come from no public text: they are starting values that a contract replaces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum

from gmao.clocks.model import (
    MIDNIGHT,
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


class Urgency(StrEnum):
    """How much an order presses; U0 most."""

    U0 = "U0"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"

    def presses_more_than(self, other: "Urgency") -> bool:
        """U0 before U1, and so on."""
        return self.value < other.value


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
class ServiceLevel:
    """What one urgency class promises."""

    urgency: Urgency
    label_fr: str
    label_en: str
    clocks: tuple[ClockTerms, ...]
    penalty: Penalty | None


EVERY_DAY = frozenset(Weekday)
MONDAY_TO_FRIDAY = EVERY_DAY - {Weekday.SATURDAY, Weekday.SUNDAY}

# Waiting for a part is the contractor's own affair, unless the contract says otherwise.
PAUSABLE_BY_DEFAULT = frozenset(SuspensionReason) - {SuspensionReason.WAIT_PART}


def round_the_clock(timezone: str) -> WorkingCalendar:
    """Day and night, every day."""
    return WorkingCalendar("24/7", timezone, (WeeklyWindow(EVERY_DAY, MIDNIGHT, MIDNIGHT),))


def every_daytime(timezone: str) -> WorkingCalendar:
    """Seven days a week by day, holidays included."""
    return WorkingCalendar("7/7", timezone, (WeeklyWindow(EVERY_DAY, time(7), time(19)),))


def office_hours(timezone: str, region: HolidayRegion) -> WorkingCalendar:
    """Monday to Friday, 08:00–12:00 and 13:30–17:30, but on public holidays."""
    return WorkingCalendar(
        "HO",
        timezone,
        (
            WeeklyWindow(MONDAY_TO_FRIDAY, time(8), time(12)),
            WeeklyWindow(MONDAY_TO_FRIDAY, time(13, 30), time(17, 30)),
        ),
        region,
    )


def default_service_levels(
    timezone: str = "Europe/Paris", region: HolidayRegion = HolidayRegion.FRANCE
) -> Mapping[Urgency, ServiceLevel]:
    """The five classes on the hours and holidays of a place."""
    always = round_the_clock(timezone)
    daytime = every_daytime(timezone)
    office = office_hours(timezone, region)
    levels = (
        ServiceLevel(
            Urgency.U0,
            "mise en sécurité",
            "make safe",
            (
                _response(Elapsed(timedelta(hours=1)), always),
                _make_safe(Elapsed(timedelta(hours=2)), always),
                _restore(BusinessDayEnd(5), office),
            ),
            Penalty(Decimal(150), PenaltyUnit.STARTED_HOUR),
        ),
        ServiceLevel(
            Urgency.U1,
            "panne de secteur ou d'armoire",
            "area or cabinet outage",
            (
                _response(Elapsed(timedelta(hours=4)), always),
                _restore(Elapsed(timedelta(hours=24)), always),
            ),
            Penalty(Decimal(100), PenaltyUnit.STARTED_HOUR),
        ),
        ServiceLevel(
            Urgency.U2,
            "panne partielle (rue, tronçon)",
            "partial outage (street, section)",
            (
                _response(Working(timedelta(hours=24)), daytime),
                _restore(Working(timedelta(hours=48)), daytime),
            ),
            Penalty(Decimal(50), PenaltyUnit.STARTED_DAY),
        ),
        ServiceLevel(
            Urgency.U3,
            "panne isolée",
            "isolated outage",
            (_response(BusinessDayEnd(2), office), _restore(BusinessDayEnd(5), office)),
            Penalty(Decimal(20), PenaltyUnit.STARTED_DAY_AND_POINT),
        ),
        ServiceLevel(
            Urgency.U4,
            "anomalie mineure",
            "minor anomaly",
            (
                _response(BusinessDayEnd(10), office),
                _restore(Elapsed(timedelta(days=30)), office),
            ),
            None,
        ),
    )
    return {level.urgency: level for level in levels}


def _response(budget: Elapsed | Working | BusinessDayEnd, calendar: WorkingCalendar) -> ClockTerms:
    return ClockTerms(ClockKind.RESPONSE, budget, calendar, PAUSABLE_BY_DEFAULT)


def _make_safe(budget: Elapsed | Working | BusinessDayEnd, calendar: WorkingCalendar) -> ClockTerms:
    return ClockTerms(ClockKind.MAKE_SAFE, budget, calendar, frozenset())


def _restore(budget: Elapsed | Working | BusinessDayEnd, calendar: WorkingCalendar) -> ClockTerms:
    return ClockTerms(ClockKind.RESTORE, budget, calendar, PAUSABLE_BY_DEFAULT)

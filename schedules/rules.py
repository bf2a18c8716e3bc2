"""Which rule of a calendar, and so which program, is for a night."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

import holidays

from schedules.model import (
    LAST_OCCURRENCE,
    Calendar,
    CalendarRule,
    CalendarSet,
    Condition,
    MonthDays,
    PublicHolidays,
    SpecialDays,
    WeekDays,
    YearDays,
)

WEEK_DAYS = 7
HOLIDAY_YEARS_KEPT = 256


def rule_of_night(calendar: Calendar, evening: date) -> CalendarRule | None:
    """The first rule that matches the date of the evening; None means the default program."""
    return next((rule for rule in calendar.rules if _applies(rule, calendar, evening)), None)


def program_id_of(calendar: Calendar, rule: CalendarRule | None) -> UUID:
    return calendar.default_program_id if rule is None else rule.program_id


def missing_programs(calendar_set: CalendarSet) -> set[UUID]:
    """Programs the calendar names and the set does not hold."""
    calendar = calendar_set.calendar
    named = {calendar.default_program_id, *(rule.program_id for rule in calendar.rules)}
    return named - set(calendar_set.programs)


def is_known_region(region: str) -> bool:
    """Whether public holidays of this ISO 3166 region ("FR", "FR-57") are known."""
    try:
        public_holidays(region, 2026)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=HOLIDAY_YEARS_KEPT)
def public_holidays(region: str, year: int) -> frozenset[date]:
    """The public holidays of a region in a year; NotImplementedError for an unknown region."""
    country, _, subdivision = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def _applies(rule: CalendarRule, calendar: Calendar, evening: date) -> bool:
    if rule.starts_on is not None and evening < rule.starts_on:
        return False
    if rule.ends_on is not None and evening > rule.ends_on:
        return False
    return rule.condition is None or _matches(rule.condition, calendar.holiday_region, evening)


def _matches(condition: Condition, region: str | None, evening: date) -> bool:
    match condition:
        case WeekDays():
            return _is_week_day(condition, evening)
        case YearDays(first, last):
            today = (evening.month, evening.day)
            return first <= today <= last if first <= last else today >= first or today <= last
        case MonthDays(first, last):
            return first <= evening.day <= last
        case SpecialDays(dates):
            return evening in dates
        case PublicHolidays(on_eves):
            assert region is not None, "Calendar refuses holiday rules without a region"
            day = evening + timedelta(days=1) if on_eves else evening
            return day in public_holidays(region, day.year)


def _is_week_day(condition: WeekDays, evening: date) -> bool:
    if evening.isoweekday() not in condition.days:
        return False
    if not condition.occurrences:
        return True
    days_in_month = monthrange(evening.year, evening.month)[1]
    is_last = evening.day + WEEK_DAYS > days_in_month
    nth = (evening.day - 1) // WEEK_DAYS + 1
    return nth in condition.occurrences or (is_last and LAST_OCCURRENCE in condition.occurrences)

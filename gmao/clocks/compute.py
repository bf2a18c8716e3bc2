"""Deadlines by walking intervals in UTC; local hours are never added to anything."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import holidays

from gmao.clocks.model import (
    FOREVER,
    MIDNIGHT,
    BusinessDayEnd,
    ClockTerms,
    Elapsed,
    HolidayRegion,
    Span,
    Working,
    WorkingCalendar,
)

# A promise longer than this is a mistake in the contract's data, not a promise.
WALK_DAYS_MAX = 3660


def instant_of(local: datetime, zone: ZoneInfo, *, later: bool = False) -> datetime:
    """The UTC instant of a wall-clock time.

    A time skipped in spring is moved on by the hour skipped (02:30 is read as 03:30); of a time
    that comes twice in autumn the first is taken, or the second when `later`.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if not later:
        return first
    return max(first, local.replace(tzinfo=zone, fold=1).astimezone(UTC))


def local_day(on: date, zone: ZoneInfo) -> Span:
    """The 23, 24 or 25 hours of a local date."""
    return slot(on, MIDNIGHT, MIDNIGHT, zone)


def slot(on: date, opens: time, closes: time, zone: ZoneInfo) -> Span:
    """From one wall-clock time to another, into the next day when the second is not after."""
    ends_on = on if closes > opens else on + timedelta(days=1)
    start = instant_of(datetime.combine(on, opens), zone)
    end = instant_of(datetime.combine(ends_on, closes), zone, later=True)
    return Span(start, max(start, end))


@lru_cache(maxsize=256)
def public_holidays(region: HolidayRegion, year: int) -> frozenset[date]:
    """The public holidays of a year: 11 in France, 13 in Alsace and Moselle."""
    country, _, subdivision = region.value.partition("-")
    return frozenset(
        holidays.country_holidays(country, subdiv=subdivision or None, years=year, observed=False)
    )


def is_business_day(calendar: WorkingCalendar, on: date) -> bool:
    """Whether the calendar opens at all on a date."""
    return bool(spans_of_day(calendar, on))


def spans_of_day(calendar: WorkingCalendar, on: date) -> list[Span]:
    """The windows that open on a local date, in order; none on holidays and closed days."""
    region = calendar.holiday_region
    if on in calendar.closed_on or (region and on in public_holidays(region, on.year)):
        return []
    slots = (
        slot(on, window.opens, window.closes, calendar.zone)
        for window in calendar.windows
        if on.weekday() in window.weekdays
    )
    return sorted(span for span in slots if span.length)


def working_spans(calendar: WorkingCalendar, start: datetime) -> Iterator[Span]:
    """The calendar's open time from `start` on, in order and without overlap."""
    eve = start.astimezone(calendar.zone).date() - timedelta(days=1)
    reached = start.astimezone(UTC)
    for days in range(WALK_DAYS_MAX):
        for span in spans_of_day(calendar, eve + timedelta(days=days)):
            if span.end > reached:
                yield Span(max(span.start, reached), span.end)
                reached = span.end


def without(spans: Iterable[Span], pauses: Sequence[Span]) -> Iterator[Span]:
    """What is left of `spans` outside the pauses; stops at a pause that has no end."""
    endless = min((pause.start for pause in pauses if pause.end == FOREVER), default=FOREVER)
    for span in takewhile(lambda span: span.start < endless, spans):
        left = [span]
        for pause in pauses:
            left = [
                part
                for one in left
                for part in (
                    Span(one.start, min(one.end, pause.start)),
                    Span(max(one.start, pause.end), one.end),
                )
                if part.start < part.end
            ]
        yield from left


def countable_spans(
    terms: ClockTerms, start: datetime, pauses: Sequence[Span] = ()
) -> Iterator[Span]:
    """The time from `start` on during which a clock of these terms runs."""
    if isinstance(terms.budget, Elapsed):
        return without([Span(start.astimezone(UTC), FOREVER)], pauses)
    return without(working_spans(terms.calendar, start), pauses)


def walk(spans: Iterable[Span], time: timedelta) -> datetime | None:
    """The instant at which `time` of the spans is used up; None when they end before."""
    for span in spans:
        if span.length >= time:
            return span.start + time
        time -= span.length
    return None


def due_at(terms: ClockTerms, start: datetime, pauses: Sequence[Span] = ()) -> datetime | None:
    """When the promise falls due, in UTC; None while a pause without end holds it back.

    `pauses` are those the terms accept. One opened after the deadline changes nothing.
    """
    due = walk(countable_spans(terms, start, pauses), _time_allowed(terms, start))
    if due is None and not any(pause.end == FOREVER for pause in pauses):
        raise ValueError(f"{terms.calendar.code} opens too rarely to ever reach {terms.budget}")
    return due


def _time_allowed(terms: ClockTerms, start: datetime) -> timedelta:
    match terms.budget:
        case Elapsed(time) | Working(time):
            return time
        case BusinessDayEnd(days):
            closes = close_of_business_day(terms.calendar, start, days)
            return working_time(terms.calendar, start, closes)


def close_of_business_day(calendar: WorkingCalendar, start: datetime, days: int) -> datetime:
    """Close of the nth business day after the local date of `start`."""
    today = start.astimezone(calendar.zone).date()
    following = (today + timedelta(days=offset) for offset in range(1, WALK_DAYS_MAX))
    business_days = (on for on in following if is_business_day(calendar, on))
    nth = next(islice(business_days, days - 1, None), None)
    if nth is None:
        raise ValueError(f"{calendar.code} opens too rarely to count {days} business days")
    return max(span.end for span in spans_of_day(calendar, nth))


def working_time(
    calendar: WorkingCalendar, start: datetime, end: datetime, pauses: Sequence[Span] = ()
) -> timedelta:
    """Open time between two instants, pauses left out."""
    return _time_until(without(working_spans(calendar, start), pauses), end)


def counted_time(
    terms: ClockTerms, start: datetime, end: datetime, pauses: Sequence[Span] = ()
) -> timedelta:
    """How long a clock of these terms has run between two instants."""
    return _time_until(countable_spans(terms, start, pauses), end)


def _time_until(spans: Iterable[Span], end: datetime) -> timedelta:
    before = takewhile(lambda span: span.start < end, spans)
    return sum((Span(span.start, min(span.end, end)).length for span in before), timedelta())


def share_reached_at(
    terms: ClockTerms, start: datetime, due: datetime, share: float, pauses: Sequence[Span] = ()
) -> datetime:
    """When that share (0.5, 0.8) of the counted time up to `due` has gone by: escalations."""
    whole = counted_time(terms, start, due, pauses)
    reached = walk(countable_spans(terms, start, pauses), whole * share)
    assert reached is not None, "a share of time that was counted is reached"
    return reached

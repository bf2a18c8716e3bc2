"""Deadlines to the second, on clock changes, holidays and pauses."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmao.clocks.compute import (
    counted_time,
    due_at,
    share_reached_at,
    working_spans,
    working_time,
)
from gmao.clocks.model import (
    FOREVER,
    MIDNIGHT,
    BusinessDayEnd,
    ClockKind,
    ClockTerms,
    Elapsed,
    HolidayRegion,
    Span,
    SuspensionReason,
    Weekday,
    WeeklyWindow,
    Working,
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


def terms(
    budget: Elapsed | Working | BusinessDayEnd, calendar: WorkingCalendar = OFFICE
) -> ClockTerms:
    return ClockTerms(ClockKind.RESTORE, budget, calendar, frozenset(SuspensionReason))


@pytest.mark.parametrize(
    ("budget", "start", "due"),
    [
        pytest.param(
            Elapsed(hours(4)), "2026-03-29 00:30", "2026-03-29T05:30:00+02:00", id="T-13 spring"
        ),
        pytest.param(
            Elapsed(hours(4)), "2026-10-25 00:30", "2026-10-25T03:30:00+01:00", id="autumn"
        ),
        pytest.param(
            Working(hours(16)), "2026-03-27 16:00", "2026-03-31T16:00:00+02:00", id="T-16"
        ),
        pytest.param(Working(hours(8)), "2026-03-28 10:00", "2026-03-30T17:30:00+02:00", id="T-17"),
        pytest.param(
            Working(hours(2)), "2026-04-03 16:30", "2026-04-07T09:00:00+02:00", id="Easter Monday"
        ),
        pytest.param(
            Working(hours(1)), "2026-03-30 12:15", "2026-03-30T14:30:00+02:00", id="lunch"
        ),
        pytest.param(
            BusinessDayEnd(1), "2026-03-27 18:00", "2026-03-30T17:30:00+02:00", id="J+1 from Friday"
        ),
        pytest.param(
            BusinessDayEnd(2), "2026-04-30 09:00", "2026-05-05T17:30:00+02:00", id="J+2 over 1 May"
        ),
        pytest.param(
            BusinessDayEnd(1), "2026-03-28 10:00", "2026-03-30T17:30:00+02:00", id="J+1, Saturday"
        ),
    ],
)
def test_a_promise_falls_due(
    budget: Elapsed | Working | BusinessDayEnd, start: str, due: str
) -> None:
    assert shown(due_at(terms(budget), paris(start))) == due


def test_t16_counts_three_hours_and_a_half_before_monday_ten() -> None:
    spent = working_time(OFFICE, paris("2026-03-27 16:00"), paris("2026-03-30 10:00"))
    assert spent == hours(3.5)


@pytest.mark.parametrize(
    ("budget", "start", "pause", "due"),
    [
        pytest.param(
            Working(hours(16)),
            "2026-03-27 16:00",
            ("2026-03-30 09:00", "2026-03-31 09:00"),
            "2026-04-01T16:00:00+02:00",
            id="T-19 working",
        ),
        pytest.param(
            Elapsed(hours(24)),
            "2026-03-28 20:00",
            ("2026-03-29 01:00", "2026-03-29 07:00"),
            "2026-03-30T02:00:00+02:00",
            id="T-19 elapsed, five real hours",
        ),
        pytest.param(
            BusinessDayEnd(2),
            "2026-03-27 10:00",
            ("2026-03-30 08:00", "2026-03-31 08:00"),
            "2026-04-01T17:30:00+02:00",
            id="one whole day out of two",
        ),
        pytest.param(
            Working(hours(8)),
            "2026-03-27 08:00",
            ("2026-03-28 00:00", "2026-03-29 23:00"),
            "2026-03-27T17:30:00+01:00",
            id="a pause after the deadline never mends a breach",
        ),
    ],
)
def test_a_pause_holds_the_clock(
    budget: Elapsed | Working | BusinessDayEnd, start: str, pause: tuple[str, str], due: str
) -> None:
    pauses = [Span(paris(pause[0]), paris(pause[1]))]
    assert shown(due_at(terms(budget), paris(start), pauses)) == due


def test_a_pause_still_open_leaves_the_deadline_unknown() -> None:
    waiting = [Span(paris("2026-03-30 09:00"), FOREVER)]
    assert due_at(terms(Working(hours(16))), paris("2026-03-27 16:00"), waiting) is None
    assert due_at(terms(BusinessDayEnd(5)), paris("2026-03-27 16:00"), waiting) is None


def test_a_pause_opened_after_the_breach_never_unbreaches() -> None:
    waiting = [Span(paris("2026-03-28 00:00"), FOREVER)]
    due = due_at(terms(Elapsed(hours(4))), paris("2026-03-27 16:00"), waiting)
    assert shown(due) == "2026-03-27T20:00:00+01:00"


def test_overlapping_pauses_count_once() -> None:
    pauses = [
        Span(paris("2026-03-30 09:00"), paris("2026-03-30 11:00")),
        Span(paris("2026-03-30 10:00"), paris("2026-03-30 12:00")),
    ]
    due = due_at(terms(Working(hours(2))), paris("2026-03-30 08:00"), pauses)
    assert shown(due) == "2026-03-30T14:30:00+02:00"


def test_good_friday_moves_a_deadline_in_moselle_only() -> None:
    start = paris("2026-04-02 16:30")
    assert shown(due_at(terms(Working(hours(2))), start)) == "2026-04-03T09:00:00+02:00"
    in_moselle = due_at(terms(Working(hours(2)), MOSELLE), start)
    assert shown(in_moselle) == "2026-04-07T09:00:00+02:00"


def test_a_day_closed_by_exception_does_not_count() -> None:
    closed = WorkingCalendar(
        "HO", "Europe/Paris", OFFICE.windows, OFFICE.holiday_region, frozenset({date(2026, 3, 30)})
    )
    due = due_at(terms(BusinessDayEnd(1), closed), paris("2026-03-27 09:00"))
    assert shown(due) == "2026-03-31T17:30:00+02:00"


def test_a_night_window_reaches_into_the_day_it_starts_from() -> None:
    nights = WorkingCalendar(
        "nights", "Europe/Paris", (WeeklyWindow(frozenset(Weekday), time(22), time(6)),)
    )
    due = due_at(terms(Working(hours(3)), nights), paris("2026-06-10 04:00"))
    assert shown(due) == "2026-06-10T23:00:00+02:00"


def test_windows_that_overlap_count_once() -> None:
    doubled = WorkingCalendar(
        "doubled",
        "Europe/Paris",
        (
            WeeklyWindow(frozenset(Weekday), time(8), time(12)),
            WeeklyWindow(frozenset(Weekday), time(10), time(14)),
        ),
    )
    start, end = paris("2026-06-10 00:00"), paris("2026-06-11 00:00")
    assert working_time(doubled, start, end) == hours(6)


def test_a_working_clock_open_day_and_night_is_an_elapsed_clock() -> None:
    always = calendar_of(Hours.ALWAYS, "Europe/Paris", HolidayRegion.FRANCE)
    start = paris("2026-10-24 21:17")
    assert due_at(terms(Working(hours(30)), always), start) == due_at(
        terms(Elapsed(hours(30))), start
    )


def test_escalations_fall_on_a_share_of_the_counted_time() -> None:
    promise = terms(Working(hours(16)))
    start = paris("2026-03-27 16:00")
    due = due_at(promise, start)
    assert due is not None
    assert shown(share_reached_at(promise, start, due, 0.5)) == "2026-03-30T16:00:00+02:00"
    assert share_reached_at(promise, start, due, 1) == due


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="never opens"):
        WorkingCalendar("none", "Europe/Paris", ())


def test_a_naive_span_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001  # what is being refused
    with pytest.raises(ValueError, match="aware"):
        Span(naive, naive)


def test_a_deadline_out_of_reach_is_an_error_not_a_guess() -> None:
    easter_only = WorkingCalendar(
        "rare",
        "Europe/Paris",
        (WeeklyWindow(frozenset({Weekday.MONDAY}), MIDNIGHT, time(0, 1)),),
    )
    with pytest.raises(ValueError, match="too rarely"):
        due_at(terms(Working(hours(1000)), easter_only), paris("2026-01-01 00:00"))


instants = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001  # Hypothesis adds the zone
    datetime(2027, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=20))


@given(instants, lengths)
def test_exactly_the_budget_is_counted_up_to_the_deadline(
    start: datetime, budget: timedelta
) -> None:
    due = due_at(terms(Working(budget)), start)
    assert due is not None
    assert counted_time(terms(Working(budget)), start, due) == budget


@given(instants, lengths, lengths, lengths)
def test_a_pause_never_brings_a_deadline_forward(
    start: datetime, budget: timedelta, after: timedelta, length: timedelta
) -> None:
    pause = Span(start + after, start + after + length)
    for promise in (terms(Working(budget)), terms(Elapsed(budget)), terms(BusinessDayEnd(3))):
        plain, paused = due_at(promise, start), due_at(promise, start, [pause])
        assert plain is not None
        assert paused is not None
        assert paused >= plain
        if pause.start >= plain:
            assert paused == plain


@given(instants)
def test_working_spans_are_in_order_and_never_overlap(start: datetime) -> None:
    spans = working_spans(OFFICE, start)
    first = [next(spans) for _ in range(20)]
    assert first[0].end > start
    assert all(one.end <= following.start for one, following in pairwise(first))

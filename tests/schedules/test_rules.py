"""Which program a calendar chooses for a night."""

from __future__ import annotations

from datetime import date

import pytest

from schedules.model import (
    LAST_OCCURRENCE,
    CalendarRule,
    CalendarSet,
    Condition,
    MonthDays,
    PublicHolidays,
    SpecialDays,
    WeekDays,
    YearDays,
)
from schedules.rules import (
    is_known_region,
    missing_programs,
    program_id_of,
    public_holidays,
    rule_of_night,
)
from tests.schedules.programs import ALL_NIGHT, calendar_of, identity, program

USUAL = program(*ALL_NIGHT, name="usual")
OTHER = program(*ALL_NIGHT, name="other")

FRIDAY, SATURDAY = 5, 6


def matches(condition: Condition, on: date, region: str = "FR") -> bool:
    rule = CalendarRule("rule", OTHER.id, condition)
    return rule_of_night(calendar_of(rule, default=USUAL, region=region), on) is rule


def test_the_first_rule_that_matches_wins() -> None:
    first = CalendarRule("first", OTHER.id, WeekDays(frozenset({FRIDAY})))
    second = CalendarRule("second", USUAL.id)
    calendar = calendar_of(first, second, default=USUAL)
    assert rule_of_night(calendar, date(2026, 11, 20)) is first
    assert rule_of_night(calendar, date(2026, 11, 21)) is second


def test_without_a_matching_rule_the_default_program_is_for_the_night() -> None:
    rule = CalendarRule("weekend", OTHER.id, WeekDays(frozenset({SATURDAY})))
    calendar = calendar_of(rule, default=USUAL)
    chosen = rule_of_night(calendar, date(2026, 11, 20))
    assert chosen is None
    assert program_id_of(calendar, chosen) == USUAL.id


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 6, 30), False, id="the day before it starts"),
        pytest.param(date(2026, 7, 1), True, id="the day it starts"),
        pytest.param(date(2026, 8, 31), True, id="the day it ends"),
        pytest.param(date(2026, 9, 1), False, id="the day after it ends"),
        pytest.param(date(2027, 7, 15), False, id="the next year"),
    ],
)
def test_a_rule_holds_from_its_first_to_its_last_date(on: date, expected: bool) -> None:
    rule = CalendarRule("summer works", OTHER.id, None, date(2026, 7, 1), date(2026, 8, 31))
    assert (rule_of_night(calendar_of(rule, default=USUAL), on) is rule) == expected


@pytest.mark.parametrize(
    ("condition", "on", "expected"),
    [
        pytest.param(WeekDays(frozenset({6})), date(2026, 11, 21), True, id="a Saturday"),
        pytest.param(WeekDays(frozenset({6})), date(2026, 11, 22), False, id="not a Sunday"),
        pytest.param(
            WeekDays(frozenset({6}), frozenset({1})), date(2026, 11, 7), True, id="first Saturday"
        ),
        pytest.param(
            WeekDays(frozenset({6}), frozenset({1})), date(2026, 11, 14), False, id="second one"
        ),
        pytest.param(
            WeekDays(frozenset({7}), frozenset({LAST_OCCURRENCE})),
            date(2026, 11, 29),
            True,
            id="last Sunday",
        ),
        pytest.param(
            WeekDays(frozenset({7}), frozenset({LAST_OCCURRENCE})),
            date(2026, 11, 22),
            False,
            id="last Sunday but one",
        ),
        pytest.param(YearDays((7, 14), (7, 14)), date(2030, 7, 14), True, id="14 July of any year"),
        pytest.param(YearDays((12, 15), (1, 5)), date(2026, 1, 5), True, id="across New Year"),
        pytest.param(YearDays((12, 15), (1, 5)), date(2026, 12, 14), False, id="just before"),
        pytest.param(YearDays((2, 29), (2, 29)), date(2028, 2, 29), True, id="29 February"),
        pytest.param(MonthDays(1, 3), date(2026, 5, 3), True, id="third of the month"),
        pytest.param(MonthDays(1, 3), date(2026, 5, 4), False, id="fourth of the month"),
        pytest.param(
            SpecialDays(frozenset({date(2026, 6, 21)})), date(2026, 6, 21), True, id="music day"
        ),
        pytest.param(
            SpecialDays(frozenset({date(2026, 6, 21)})), date(2027, 6, 21), False, id="year after"
        ),
        pytest.param(PublicHolidays(), date(2026, 5, 1), True, id="1 May"),
        pytest.param(PublicHolidays(on_eves=True), date(2026, 4, 30), True, id="eve of 1 May"),
        pytest.param(PublicHolidays(on_eves=True), date(2026, 5, 1), False, id="1 May is no eve"),
        pytest.param(PublicHolidays(on_eves=True), date(2026, 12, 31), True, id="eve of next year"),
    ],
)
def test_a_condition_chooses_its_nights(condition: Condition, on: date, expected: bool) -> None:
    assert matches(condition, on) == expected


def test_france_has_eleven_public_holidays_and_alsace_and_moselle_two_more() -> None:
    france, moselle, alsace = (public_holidays(code, 2026) for code in ("FR", "FR-57", "FR-6AE"))
    assert len(france) == 11
    assert moselle - france == alsace - france == {date(2026, 4, 3), date(2026, 12, 26)}


def test_saint_stephens_night_is_a_holiday_in_moselle_only() -> None:
    saint_stephen = date(2026, 12, 26)
    assert matches(PublicHolidays(), saint_stephen, region="FR-57")
    assert not matches(PublicHolidays(), saint_stephen, region="FR")


@pytest.mark.parametrize("region", ["FR", "FR-57", "FR-974", "NO"])
def test_regions_with_known_holidays(region: str) -> None:
    assert is_known_region(region)


@pytest.mark.parametrize("region", ["Alsace", "FR-99", "XX", ""])
def test_regions_without(region: str) -> None:
    assert not is_known_region(region)


def test_programs_a_calendar_names_but_the_set_lacks_are_listed() -> None:
    calendar = calendar_of(CalendarRule("rule", identity("lost")), default=USUAL)
    assert missing_programs(CalendarSet(calendar, {USUAL.id: USUAL})) == {identity("lost")}

"""The steps of a night: what is lit, since when, and what it amounts to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from schedules.compute import (
    burning_time,
    expected_level_percent,
    full_load_equivalent,
    led_power_ratio,
    night_steps,
)
from schedules.model import (
    ActivePeriod,
    CalendarRule,
    DimmingStep,
    Place,
    ProgramStep,
    SolarEvent,
    WeekDays,
)
from schedules.night import night_bounds
from tests.schedules.programs import (
    ALL_NIGHT,
    ALWAYS,
    CIVIL_DAWN,
    CIVIL_DUSK,
    DIJON,
    PARIS,
    SUNRISE,
    SUNSET,
    TROMSO,
    calendar_of,
    clock,
    program,
    solar,
    step,
    steps_of_night,
)

MIDSUMMER = date(2026, 6, 21)
MIDWINTER = date(2026, 12, 21)
AT = datetime(2026, 6, 21, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)

DIM_AT_22 = program(
    *ALL_NIGHT, steps=(step(clock("22:00"), 50), step(clock("06:00"), 100)), name="dim at 22"
)
HALF_NIGHT = program(
    ActivePeriod(SUNSET, clock("23:00")), ActivePeriod(clock("05:00"), SUNRISE), name="half night"
)


def outline(steps: list[DimmingStep], timezone: str = "UTC") -> list[tuple[str, int]]:
    """Steps as ("21 19:40", 100)."""
    return [(f"{one.starts_at:%d %H:%M}", one.level_percent) for one in steps]


def lit_hours(steps: list[DimmingStep], place: Place, evening: date) -> float:
    return burning_time(steps, *night_bounds(evening, place.timezone)) / HOUR


def test_a_night_is_lit_from_sunset_to_sunrise() -> None:
    steps = steps_of_night(program(*ALL_NIGHT), DIJON, MIDSUMMER)
    assert outline(steps) == [("21 10:00", 0), ("21 19:40", 100), ("22 03:43", 0)]


def test_a_step_dims_what_is_lit() -> None:
    assert outline(steps_of_night(DIM_AT_22, DIJON, MIDWINTER)) == [
        ("21 11:00", 0),
        ("21 15:51", 100),
        ("21 21:00", 50),
        ("22 05:00", 100),
        ("22 07:24", 0),
    ]


def test_a_step_after_sunrise_lights_nothing() -> None:
    steps = steps_of_night(DIM_AT_22, DIJON, MIDSUMMER)
    assert outline(steps)[-1] == ("22 03:43", 0)


def test_a_step_before_sunset_sets_the_level_the_night_begins_with() -> None:
    dim_early = program(*ALL_NIGHT, steps=(step(clock("20:00"), 40),))
    assert outline(steps_of_night(dim_early, DIJON, MIDSUMMER))[1] == ("21 19:40", 40)


def test_the_heart_of_the_night_is_dark() -> None:
    assert outline(steps_of_night(HALF_NIGHT, DIJON, MIDWINTER)) == [
        ("21 11:00", 0),
        ("21 15:51", 100),
        ("21 22:00", 0),
        ("22 04:00", 100),
        ("22 07:24", 0),
    ]


def test_nothing_is_lit_again_in_the_morning_when_the_sun_is_up() -> None:
    berlin = Place(52.52, 13.405, "Europe/Berlin")
    steps = steps_of_night(HALF_NIGHT, berlin, MIDSUMMER)
    assert [level for _, level in outline(steps)] == [0, 100, 0]


def test_offsets_and_civil_twilight_move_the_edges() -> None:
    shifted = program(
        ActivePeriod(solar(SolarEvent.SUNSET, 15), solar(SolarEvent.SUNRISE, -15)), name="shifted"
    )
    twilight = program(ActivePeriod(CIVIL_DUSK, CIVIL_DAWN), name="twilight")
    plain = lit_hours(steps_of_night(program(*ALL_NIGHT), PARIS, MIDWINTER), PARIS, MIDWINTER)
    later = lit_hours(steps_of_night(shifted, PARIS, MIDWINTER), PARIS, MIDWINTER)
    civil = lit_hours(steps_of_night(twilight, PARIS, MIDWINTER), PARIS, MIDWINTER)
    assert plain - later == pytest.approx(0.5, abs=0.001)
    assert plain - civil == pytest.approx(2 * 37 / 60, abs=0.05)


def test_a_morning_moment_followed_by_an_evening_one_spans_the_day() -> None:
    tunnel = program(ActivePeriod(SUNRISE, SUNSET), name="tunnel")
    assert outline(steps_of_night(tunnel, DIJON, MIDWINTER)) == [
        ("21 11:00", 100),
        ("21 15:51", 0),
        ("22 07:24", 100),
    ]


def test_a_wall_time_period_may_cross_noon() -> None:
    office_hours = program(ActivePeriod(clock("07:00"), clock("19:00")), name="office hours")
    assert outline(steps_of_night(office_hours, PARIS, MIDWINTER)) == [
        ("21 11:00", 100),
        ("21 18:00", 0),
        ("22 06:00", 100),
    ]


def test_from_noon_to_noon_is_all_day() -> None:
    assert outline(steps_of_night(program(*ALWAYS), PARIS, MIDWINTER)) == [("21 11:00", 100)]


def test_a_program_without_periods_lights_nothing() -> None:
    assert outline(steps_of_night(program(), PARIS, MIDWINTER)) == [("21 11:00", 0)]


def test_overlapping_periods_light_once() -> None:
    both = program(*ALL_NIGHT, ActivePeriod(clock("20:00"), clock("23:00")))
    assert outline(steps_of_night(both, DIJON, MIDWINTER)) == outline(
        steps_of_night(program(*ALL_NIGHT), DIJON, MIDWINTER)
    )


def test_of_steps_at_one_instant_the_one_written_last_counts() -> None:
    twice = program(*ALL_NIGHT, steps=(step(SUNSET, 30), step(SUNSET, 80)))
    assert outline(steps_of_night(twice, DIJON, MIDWINTER))[1] == ("21 15:51", 80)


class TestPolarPlaces:
    """The Sun that never sets or never rises is a result."""

    def test_in_summer_nothing_is_lit(self) -> None:
        assert outline(steps_of_night(program(*ALL_NIGHT), TROMSO, MIDSUMMER)) == [("21 10:00", 0)]

    def test_in_winter_it_is_lit_from_noon_to_noon(self) -> None:
        assert outline(steps_of_night(program(*ALL_NIGHT), TROMSO, MIDWINTER)) == [
            ("21 11:00", 100)
        ]

    def test_in_winter_the_heart_of_the_night_is_dark_all_the_same(self) -> None:
        assert outline(steps_of_night(HALF_NIGHT, TROMSO, MIDWINTER)) == [
            ("21 11:00", 100),
            ("21 22:00", 0),
            ("22 04:00", 100),
        ]

    def test_in_summer_wall_times_light_no_night_that_is_not(self) -> None:
        assert outline(steps_of_night(HALF_NIGHT, TROMSO, MIDSUMMER)) == [("21 10:00", 0)]

    def test_in_winter_twilight_is_told_from_night(self) -> None:
        twilight = program(ActivePeriod(CIVIL_DUSK, CIVIL_DAWN), name="twilight")
        levels = [level for _, level in outline(steps_of_night(twilight, TROMSO, MIDWINTER))]
        assert levels == [0, 100, 0]

    def test_a_step_on_an_event_long_past_is_in_force_from_the_beginning(self) -> None:
        after_sunset = program(*ALWAYS, steps=(step(solar(SolarEvent.SUNSET, 60), 50),))
        assert outline(steps_of_night(after_sunset, TROMSO, MIDWINTER)) == [("21 11:00", 50)]

    def test_a_step_on_an_event_that_does_not_come_never_begins(self) -> None:
        after_sunset = program(*ALWAYS, steps=(step(solar(SolarEvent.SUNSET, 60), 50),))
        assert outline(steps_of_night(after_sunset, TROMSO, MIDSUMMER)) == [("21 10:00", 100)]

    def test_a_sunrise_after_local_noon_still_ends_the_night_before(self) -> None:
        west_fjords = Place(66.07, -23.1, "Atlantic/Reykjavik")
        steps = steps_of_night(program(*ALL_NIGHT), west_fjords, MIDWINTER)
        levels = [level for _, level in outline(steps)]
        assert levels == [100, 0, 100]


class TestReasons:
    def test_a_step_names_the_rule_the_program_the_period_and_the_step(self) -> None:
        rule = CalendarRule("Mondays", DIM_AT_22.id, WeekDays(frozenset({1})))
        calendar = calendar_of(rule, default=HALF_NIGHT)
        programs = {DIM_AT_22.id: DIM_AT_22, HALF_NIGHT.id: HALF_NIGHT}
        dimmed = night_steps(calendar, programs, DIJON, MIDWINTER)[2]
        assert dimmed.reason is not None
        assert dimmed.reason.rule is rule
        assert dimmed.reason.program is DIM_AT_22
        assert dimmed.reason.period is DIM_AT_22.active_periods[0]
        assert dimmed.reason.step is DIM_AT_22.steps[0]

    def test_the_default_program_has_no_rule(self) -> None:
        reason = steps_of_night(DIM_AT_22, DIJON, MIDWINTER)[1].reason
        assert reason is not None
        assert (reason.rule, reason.step) == (None, None)

    def test_darkness_has_no_period(self) -> None:
        reason = steps_of_night(HALF_NIGHT, DIJON, MIDWINTER)[2].reason
        assert reason is not None
        assert (reason.program, reason.period, reason.step) == (HALF_NIGHT, None, None)


class TestColourAndFade:
    WARM = ProgramStep(clock("22:00"), 100, timedelta(seconds=90), 2200)

    def test_a_step_may_change_the_colour_alone(self) -> None:
        steps = steps_of_night(program(*ALL_NIGHT, steps=(self.WARM,)), DIJON, MIDWINTER)
        assert [(one.level_percent, one.cct_k) for one in steps] == [
            (0, None),
            (100, None),
            (100, 2200),
            (0, None),
        ]

    def test_a_step_fades_when_it_begins_while_lit(self) -> None:
        steps = steps_of_night(program(*ALL_NIGHT, steps=(self.WARM,)), DIJON, MIDWINTER)
        assert [one.fade.seconds for one in steps] == [0, 0, 90, 0]

    def test_a_step_that_began_in_daylight_fades_no_more_at_sunset(self) -> None:
        early = program(*ALL_NIGHT, steps=(ProgramStep(clock("13:00"), 40, timedelta(seconds=9)),))
        assert [one.fade.seconds for one in steps_of_night(early, DIJON, MIDWINTER)] == [0, 0, 0]


class TestAmounts:
    STEPS = (
        DimmingStep(AT, 100),
        DimmingStep(AT + 2 * HOUR, 50),
        DimmingStep(AT + 5 * HOUR, 0),
    )

    @pytest.mark.parametrize(
        ("after", "level"), [(-1, 0), (0, 100), (1, 100), (2, 50), (5, 0), (9, 0)]
    )
    def test_the_level_is_that_of_the_last_step_begun(self, after: int, level: int) -> None:
        assert expected_level_percent(self.STEPS, AT + after * HOUR) == level

    def test_burning_time_counts_any_level(self) -> None:
        assert burning_time(self.STEPS, AT - HOUR, AT + 12 * HOUR) == 5 * HOUR

    def test_burning_time_is_cut_at_both_ends(self) -> None:
        assert burning_time(self.STEPS, AT + HOUR, AT + 3 * HOUR) == 2 * HOUR

    def test_full_load_equivalent_weighs_levels_by_power(self) -> None:
        expected = 2 * HOUR + 3 * HOUR * 0.525
        assert full_load_equivalent(self.STEPS, AT, AT + 12 * HOUR) == expected

    def test_full_load_equivalent_takes_the_table_of_the_gear(self) -> None:
        linear = full_load_equivalent(self.STEPS, AT, AT + 12 * HOUR, lambda level: level / 100)
        assert linear == 3.5 * HOUR

    @pytest.mark.parametrize(
        ("level", "power_w"), [(100, 64.0), (50, 33.6), (30, 21.44), (10, 9.28), (5, 9.28), (0, 0)]
    )
    def test_power_of_a_dimmed_luminaire_of_64_w(self, level: int, power_w: float) -> None:
        assert 64 * led_power_ratio(level) == pytest.approx(power_w, abs=1e-9)

    def test_amounts_refuse_an_empty_stretch_of_time(self) -> None:
        with pytest.raises(ValueError, match="start < end"):
            burning_time(self.STEPS, AT, AT)

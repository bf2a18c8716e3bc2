"""Laws that hold for every program, place, zone and night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schedules.compute import burning_time, expected_level_percent, full_load_equivalent
from schedules.model import (
    ActivePeriod,
    AmbiguousTime,
    ClockMoment,
    ControlProgram,
    DimmingStep,
    Place,
    ProgramStep,
    SolarEvent,
    SolarMoment,
    night_order,
)
from schedules.night import night_bounds
from tests.schedules.programs import identity, steps_of_night

# Numpy works a whole night out in half a millisecond; a slow machine is no failure.
unhurried = settings(deadline=None)

minutes_of_day = st.integers(0, 24 * 60 - 1).map(lambda m: time(m // 60, m % 60))
offsets = st.integers(-120, 120).map(lambda minutes: timedelta(minutes=minutes))
clock_moments = minutes_of_day.map(ClockMoment)
solar_moments = st.builds(SolarMoment, st.sampled_from(SolarEvent), offsets)
periods = st.builds(ActivePeriod, clock_moments | solar_moments, clock_moments | solar_moments)
levels = st.integers(0, 100)


@st.composite
def programs(draw: st.DrawFn) -> ControlProgram:
    times = sorted(draw(st.sets(minutes_of_day, max_size=4)), key=night_order)
    by_clock = [ProgramStep(ClockMoment(at), draw(levels)) for at in times]
    by_sun = draw(st.lists(st.builds(ProgramStep, solar_moments, levels), max_size=2))
    return ControlProgram(
        identity("any"),
        "any",
        tuple(draw(st.lists(periods, max_size=3))),
        draw(levels),
        (*by_sun, *by_clock),
    )


zones = st.sampled_from(sorted(available_timezones()))
anywhere = st.builds(Place, st.floats(-85, 85), st.floats(-180, 180), zones)
evenings = st.dates(date(2012, 1, 1), date(2060, 12, 31))
policies = st.sampled_from(AmbiguousTime)


@unhurried
@given(programs(), anywhere, evenings, policies)
def test_steps_cover_the_night_from_noon_to_noon_in_order(
    program: ControlProgram, place: Place, evening: date, policy: AmbiguousTime
) -> None:
    start, end = night_bounds(evening, place.timezone)
    assume(start < end)
    steps = steps_of_night(program, place, evening, policy)
    assert steps[0].starts_at == start
    assert all(one.starts_at < following.starts_at for one, following in pairwise(steps))
    assert steps[-1].starts_at < end


@unhurried
@given(programs(), anywhere, evenings, policies)
def test_every_step_changes_the_light(
    program: ControlProgram, place: Place, evening: date, policy: AmbiguousTime
) -> None:
    steps = steps_of_night(program, place, evening, policy)
    for one, following in pairwise(steps):
        assert one.level_percent != following.level_percent


@unhurried
@given(programs(), anywhere, evenings, policies)
def test_every_level_is_one_of_the_program_and_has_a_reason(
    program: ControlProgram, place: Place, evening: date, policy: AmbiguousTime
) -> None:
    for step in steps_of_night(program, place, evening, policy):
        assert step.reason is not None
        in_force = step.reason.step
        if step.reason.period is None:
            assert step.level_percent == 0
        else:
            level = program.level_percent if in_force is None else in_force.level_percent
            assert step.level_percent == level


@unhurried
@given(programs(), anywhere, evenings, st.floats(0.001, 0.999))
def test_splitting_a_night_never_changes_what_it_amounts_to(
    program: ControlProgram, place: Place, evening: date, share: float
) -> None:
    start, end = night_bounds(evening, place.timezone)
    assume(start < end)
    steps = steps_of_night(program, place, evening)
    cut = start + (end - start) * share
    for amount in (burning_time, full_load_equivalent):
        whole = amount(steps, start, end)
        assert abs(whole - amount(steps, start, cut) - amount(steps, cut, end)) < timedelta(
            milliseconds=1
        )
    assert burning_time(steps, start, end) == burning_time(steps, start, cut) + burning_time(
        steps, cut, end
    )


@unhurried
@given(programs(), anywhere, evenings, policies)
def test_a_night_burns_no_longer_than_it_lasts(
    program: ControlProgram, place: Place, evening: date, policy: AmbiguousTime
) -> None:
    start, end = night_bounds(evening, place.timezone)
    assume(start < end)
    steps = steps_of_night(program, place, evening, policy)
    assert timedelta() <= burning_time(steps, start, end) <= end - start
    assert full_load_equivalent(steps, start, end) <= burning_time(steps, start, end)


@unhurried
@given(anywhere, evenings)
def test_night_and_day_programs_are_each_others_complement(place: Place, evening: date) -> None:
    sunset, sunrise = (SolarMoment(event) for event in (SolarEvent.SUNSET, SolarEvent.SUNRISE))
    by_night = ControlProgram(identity("night"), "night", (ActivePeriod(sunset, sunrise),))
    by_day = ControlProgram(identity("day"), "day", (ActivePeriod(sunrise, sunset),))
    start, end = night_bounds(evening, place.timezone)
    assume(start < end)
    night, day = (steps_of_night(one, place, evening) for one in (by_night, by_day))
    assert burning_time(night, start, end) + burning_time(day, start, end) == end - start


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 2), timezones=st.just(UTC))  # noqa: DTZ001
loose_steps = st.lists(st.builds(DimmingStep, instants, levels), max_size=8).map(
    lambda steps: sorted(steps, key=lambda step: step.starts_at)
)


@given(loose_steps, instants)
def test_the_level_at_an_instant_is_that_of_a_step_not_after_it(
    steps: list[DimmingStep], at: datetime
) -> None:
    begun = [step for step in steps if step.starts_at <= at]
    assert expected_level_percent(steps, at) == (begun[-1].level_percent if begun else 0)

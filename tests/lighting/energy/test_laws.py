"""Laws of the ledger that hold for any story of a counter and any order of arrival."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lighting.energy.counters import REACH
from lighting.energy.days import dates_between, half_days, to_ms
from tests.lighting.energy.examples import (
    PARIS,
    Sample,
    at_night,
    energy_days,
    every_quarter,
    fitting,
    lamp,
    utc,
)

FIRST, LAST = date(2026, 10, 23), date(2026, 10, 31)  # the night of the clock change within
START = utc(22, 22, month=10)

unhurried = settings(deadline=None)
steps = st.tuples(
    st.sampled_from([15, 15, 15, 15, 60, 7 * 60, 26 * 60]),  # minutes since the one before
    st.floats(0, 1),  # how much of its power the lamp drew
    st.sampled_from(["plain"] * 8 + ["reset", "spike", "dip", "rollover"]),
)


@st.composite
def stories(draw: st.DrawFn) -> list[Sample]:
    """What one controller reported: ordinary counting with accidents between."""
    at, counter, samples = START, draw(st.integers(0, 2**32 - 1)), []
    for minutes, share, accident in draw(st.lists(steps, min_size=1, max_size=120)):
        at += timedelta(minutes=minutes)
        counter = (counter + int(60 * share * minutes / 60)) % 2**32
        counter = {"reset": 0, "rollover": 2**32 - 5}.get(accident, counter)
        shown = {"spike": counter + 10**7, "dip": counter // 2}.get(accident, counter)
        samples.append((0, at, shown))
    return samples


@unhurried
@given(stories(), st.randoms())
def test_order_and_repetition_of_arrival_never_change_a_day(story: list[Sample], luck) -> None:  # type: ignore[no-untyped-def]
    arrived = story + luck.sample(story, k=len(story) // 2)
    luck.shuffle(arrived)
    expected = energy_days(story, FIRST, LAST, levels=at_night)
    assert energy_days(arrived, FIRST, LAST, levels=at_night) == expected


@unhurried
@given(stories())
def test_a_day_with_its_near_surroundings_is_the_day_within_the_whole_story(
    story: list[Sample],
) -> None:
    whole = {day.on: day for day in energy_days(story, FIRST, LAST, levels=at_night)}
    for on in dates_between(FIRST, LAST):
        (alone,) = energy_days(surroundings(story, on), on, on, levels=at_night)
        assert alone == whole[on]


def surroundings(story: Sequence[Sample], on: date) -> list[Sample]:
    day = half_days(on, PARIS)
    before = [one for one in story if to_ms(one[1]) < day.start_ms]
    within = [one for one in story if day.start_ms <= to_ms(one[1]) < day.end_ms]
    after = [one for one in story if to_ms(one[1]) >= day.end_ms]
    return before[-REACH:] + within + after[:REACH]


@unhurried
@given(st.lists(st.tuples(st.integers(1, 3000), st.floats(0, 1)), min_size=1, max_size=60))
def test_days_add_up_to_what_the_counter_gained(gains: list[tuple[int, float]]) -> None:
    at, counter = utc(1, 0, month=10), 5000
    story: list[Sample] = [(0, at, counter)]
    for minutes, share in gains:
        at += timedelta(minutes=minutes)
        counter += int(60 * share * minutes / 60)
        story.append((0, at, counter))
    days = energy_days(story, date(2026, 9, 29), at.date() + timedelta(2), levels=at_night)
    assert sum(day.measured_wh for day in days) == counter - 5000


@unhurried
@given(stories())
def test_parts_of_a_day_add_up(story: list[Sample]) -> None:
    for day in energy_days(story, FIRST, LAST, levels=at_night):
        assert day.measured_s + day.estimated_s + day.missing_s == day.expected_s
        assert min(day.measured_s, day.estimated_s, day.missing_s) >= 0
        assert 0 <= day.bridged_wh <= day.measured_wh
        assert 0 <= day.morning_wh <= day.energy_wh


@unhurried
@given(stories(), st.integers(0, 8 * 24 * 4), st.integers(0, 600))
def test_moving_a_controller_keeps_what_it_counted(
    story: list[Sample], quarter: int, minutes_in_stock: int
) -> None:
    moved_at = START + timedelta(minutes=15 * quarter)
    back_at = moved_at + timedelta(minutes=minutes_in_stock)
    fittings = (fitting(0, 0, until=moved_at), fitting(0, 1, since=back_at))
    plain = [one for one in story if not moved_at < one[1] < back_at]
    stayed = energy_days(plain, date(2026, 10, 20), date(2027, 2, 1))
    parted = energy_days(
        plain, date(2026, 10, 20), date(2027, 2, 1), lamps=(lamp(1), lamp(2)), fittings=fittings
    )
    assert sum(day.measured_wh for day in parted) == sum(day.measured_wh for day in stayed)


def test_a_night_is_an_afternoon_and_the_next_morning() -> None:
    lit = every_quarter(utc(9), [1000 + 10 * step for step in range(4 * 72)])
    evening, morning = energy_days(lit, date(2026, 11, 10), date(2026, 11, 11))
    assert (evening.energy_wh - evening.morning_wh) + morning.morning_wh == 24 * 4 * 10

"""Energy days from counters: worked examples."""

from datetime import date, timedelta

import pytest

from lighting.energy.model import NoteKind, Quality
from tests.lighting.energy.examples import (
    at_night,
    energy_days,
    every_quarter,
    fitting,
    lamp,
    utc,
)

ON = date(2026, 11, 10)
DAY_S = 86_400
# Local midnight of 10 November in Paris is 23:00 UTC of the 9th.
WHOLE_DAY = every_quarter(utc(9, 22), [1000 + 10 * step for step in range(26 * 4 + 1)])


def test_a_day_within_its_readings_is_measured() -> None:
    (day,) = energy_days(WHOLE_DAY, ON, ON)
    assert (day.energy_wh, day.morning_wh) == (960, 480)
    assert (day.expected_s, day.measured_s, day.missing_s) == (DAY_S, DAY_S, 0)
    assert (day.counter_from_wh, day.counter_to_wh) == (1040, 1990)
    assert day.quality is Quality.MEASURED


@pytest.mark.parametrize(
    ("on", "month", "hours"),
    [
        pytest.param(date(2026, 3, 29), 3, 23, id="spring"),
        pytest.param(date(2026, 10, 25), 10, 25, id="autumn"),
    ],
)
def test_a_day_of_clock_change_has_its_own_length(on: date, month: int, hours: int) -> None:
    start = utc(on.day - 1, 12, month=month)
    steady = every_quarter(start, [100 + 5 * step for step in range(72 * 4)])
    (day,) = energy_days(steady, on, on)
    assert day.expected_s == hours * 3600
    assert day.energy_wh == hours * 4 * 5
    assert day.morning_wh == (hours - 12) * 4 * 5


def test_an_interval_across_midnight_is_cut_by_time() -> None:
    across = [(0, utc(10, 22, 30), 500), (0, utc(10, 23, 30), 531)]
    first, second = energy_days(across, ON, ON + timedelta(1))
    assert (first.measured_wh, second.measured_wh) == (15, 16)
    assert first.bridged_wh == 0


def test_a_long_silence_is_bridged_and_its_total_kept() -> None:
    silent = [(0, utc(9, 12), 1000), (0, utc(12, 12), 3101)]
    days = energy_days(silent, date(2026, 11, 9), date(2026, 11, 12), levels=at_night)
    assert sum(day.measured_wh for day in days) == 2101
    assert all(day.bridged_wh == day.measured_wh for day in days)
    assert {day.quality for day in days[1:-1]} == {Quality.ESTIMATED}
    # The lamp burns 18:00 to 06:00 UTC: a whole day holds as many burning hours as the next.
    assert abs(days[1].measured_wh - days[2].measured_wh) <= 1


def test_a_bridge_without_a_known_calendar_is_split_by_time() -> None:
    silent = [(0, utc(9, 23), 1000), (0, utc(11, 23), 1200)]
    days = energy_days(silent, ON, ON + timedelta(1))
    assert [day.measured_wh for day in days] == [100, 100]


def test_a_long_silence_in_the_dark_needs_no_split() -> None:
    dark = [(0, utc(9, 12), 1000), (0, utc(12, 12), 1000)]
    (day,) = energy_days(dark, ON, ON)
    assert (day.energy_wh, day.quality) == (0, Quality.MEASURED)


def test_silence_to_the_end_is_estimated_once_the_day_is_settled() -> None:
    silent = every_quarter(utc(9, 22), [1000, 1010, 1020, 1030, 1040, 1050])
    later = energy_days(silent, ON, ON, levels=at_night)[0]
    sooner = energy_days(silent, ON, ON, levels=at_night, now=utc(11, 12))[0]
    assert later.quality is Quality.ESTIMATED
    assert later.measured_wh == 10
    # 23:15 to 06:00 and 18:00 to 23:00 UTC at 60 W, and standby of 0.5 W for 23 h 45.
    assert later.estimated_wh == pytest.approx(60 * 11.75 + 0.5 * 23.75, abs=1)
    assert sooner.estimated_wh == 0
    assert sooner.quality is Quality.PARTIAL
    assert sooner.missing_s == DAY_S - 15 * 60


def test_silence_without_a_known_calendar_stays_missing() -> None:
    (day,) = energy_days([], ON, ON)
    assert (day.quality, day.missing_s, day.energy_wh) == (Quality.MISSING, DAY_S, 0)


def test_a_light_point_without_controller_is_estimated() -> None:
    (day,) = energy_days([], ON, ON, fittings=(), levels=at_night)
    assert day.quality is Quality.ESTIMATED
    assert day.energy_wh == 60 * 12 + 12


def test_the_day_in_progress_expects_nothing_of_the_future() -> None:
    (day,) = energy_days(WHOLE_DAY[:20], ON, ON, now=utc(10, 2, 45))
    assert day.expected_s == 3 * 3600 + 45 * 60
    assert day.quality is Quality.MEASURED


def test_a_reset_counts_what_the_register_shows_and_estimates_the_rest() -> None:
    values = [1000 + 15 * step for step in range(5)] + [4 + 15 * step for step in range(100)]
    (day,) = energy_days(every_quarter(utc(9, 22), values), ON, ON, levels=at_night)
    assert [note.kind for note in day.notes] == [NoteKind.RESET]
    # The quarter-hour of the reset: 15.125 Wh by the model, of which 4 Wh were seen.
    assert day.estimated_wh == 11
    assert day.quality is Quality.ESTIMATED


def test_an_impossible_jump_is_refused_with_its_trace() -> None:
    values = [1000 + 10 * step for step in range(20)] + [900_000 + 10 * step for step in range(85)]
    (day,) = energy_days(every_quarter(utc(9, 22), values), ON, ON)
    (note,) = day.notes
    assert (note.kind, note.from_wh, note.to_wh, note.allowed_wh) == (
        NoteKind.JUMP,
        1190,
        900_000,
        29,
    )
    assert day.energy_wh == 950
    assert day.missing_s == 15 * 60
    assert day.quality is Quality.PARTIAL


def test_a_controller_swapped_at_noon_leaves_no_energy_out() -> None:
    noon = utc(10, 11)
    fittings = (fitting(0, 0, until=noon), fitting(1, 0, since=noon))
    old = every_quarter(utc(9, 22), [70_000 + 10 * step for step in range(13 * 4 + 1)])
    new = every_quarter(utc(10, 11), [5 + 10 * step for step in range(13 * 4 + 1)], device=1)
    (day,) = energy_days(old + new, ON, ON, fittings=fittings)
    assert (day.energy_wh, day.morning_wh, day.missing_s) == (960, 480, 0)
    assert (day.counter_from_wh, day.counter_to_wh) == (70_040, 475)


def test_a_controller_moved_during_silence_shares_by_time_on_the_poles() -> None:
    lamps = (lamp(1), lamp(2))
    fittings = (fitting(0, 0, until=utc(10, 10)), fitting(0, 1, since=utc(10, 14)))
    moved = [(0, utc(10, 8), 1000), (0, utc(10, 16), 1200)]
    first, second = energy_days(moved, ON, ON, lamps=lamps, fittings=fittings)
    assert (first.bridged_wh, second.bridged_wh) == (100, 100)


def test_a_new_light_point_is_expected_from_its_first_controller_on() -> None:
    since = utc(10, 17)
    values = [20 + 10 * step for step in range(40)]
    (day,) = energy_days(every_quarter(since, values), ON, ON, fittings=(fitting(0, 0, since),))
    assert day.expected_s == 6 * 3600
    assert day.quality is Quality.MEASURED


def test_burning_time_is_counted_by_the_controller() -> None:
    burning = every_quarter(utc(9, 22), [900 * step for step in range(26 * 4 + 1)])
    (day,) = energy_days(WHOLE_DAY, ON, ON, burning=burning)
    assert day.burning_time_s == DAY_S
    assert energy_days(WHOLE_DAY, ON, ON)[0].burning_time_s is None

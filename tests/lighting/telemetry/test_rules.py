"""Local days, gaps, limits and the newest value of each quantity."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lighting.telemetry.model import STAGED_COLUMNS, EnergyDay, Gap, Reading, Sighting
from lighting.telemetry.rules import (
    NEVER,
    energy_days,
    gaps,
    is_kept,
    local_date,
    merge,
    staged,
)

AT = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("at", "timezone", "on"),
    [
        pytest.param("2026-06-30T21:59:59Z", "Europe/Paris", date(2026, 6, 30), id="summer eve"),
        pytest.param("2026-06-30T22:00:00Z", "Europe/Paris", date(2026, 7, 1), id="summer"),
        pytest.param("2026-12-31T22:30:00Z", "Europe/Paris", date(2026, 12, 31), id="winter eve"),
        pytest.param("2026-12-31T23:00:00Z", "Europe/Paris", date(2027, 1, 1), id="winter"),
        pytest.param("2026-12-31T18:15:00Z", "Asia/Kathmandu", date(2027, 1, 1), id="quarter zone"),
        pytest.param(
            "2026-12-31T18:14:59Z", "Asia/Kathmandu", date(2026, 12, 31), id="just before"
        ),
    ],
)
def test_the_local_date_turns_at_local_midnight(at: str, timezone: str, on: date) -> None:
    assert local_date(datetime.fromisoformat(at), timezone) == on


def test_only_counters_mark_a_day_and_only_once() -> None:
    readings = [
        Reading(1, AT, active_energy_wh=5),
        Reading(1, AT + QUARTER, active_energy_wh=6),
        Reading(2, AT, active_power_w=40.0),
        Reading(3, AT, active_energy_wh=5),
    ]
    marks = energy_days(readings, {1: "Europe/Paris", 2: "Europe/Paris"})
    assert marks == {EnergyDay(1, date(2026, 11, 20))}


@pytest.mark.parametrize(
    ("age", "kept"),
    [
        pytest.param(timedelta(0), True, id="now"),
        pytest.param(timedelta(days=400), True, id="thirteen months old"),
        pytest.param(timedelta(days=401), False, id="older than the store keeps"),
        pytest.param(timedelta(days=-1), True, id="a day ahead"),
        pytest.param(timedelta(days=-2), False, id="from the future"),
    ],
)
def test_readings_are_kept_within_limits(age: timedelta, kept: bool) -> None:
    assert is_kept(AT - age, AT) is kept


def test_one_lost_report_is_no_gap_three_are() -> None:
    instants = [AT, AT + 2 * QUARTER, AT + 6 * QUARTER]
    assert gaps(instants, QUARTER, AT, AT + 7 * QUARTER) == [
        Gap(AT + 2 * QUARTER, AT + 6 * QUARTER)
    ]


def test_silence_is_one_gap() -> None:
    assert gaps([], QUARTER, AT, AT + timedelta(days=1)) == [Gap(AT, AT + timedelta(days=1))]


def test_a_controllers_readings_take_turns_beside_its_newest_sighting() -> None:
    rows = staged(
        [Reading(7, AT, level_percent=100), Reading(7, AT + QUARTER, level_percent=50)],
        [
            Sighting(7, AT + QUARTER, -80, 7.5, "gw-2"),
            Sighting(7, AT, -90, 1.0, "gw-1"),
            Sighting(9, AT),
        ],
    )
    named = [dict(zip(STAGED_COLUMNS, row, strict=True)) for row in rows]
    assert [(row["controller_key"], row["at"], row["turn"]) for row in named] == [
        (7, AT, 0),
        (7, AT + QUARTER, 1),
        (9, None, 0),
    ]
    seen = [(row["seen_at"], row["gateway_address"]) for row in named]
    assert seen == [(AT + QUARTER, "gw-2"), (NEVER, None), (AT, None)]


def test_frames_of_one_instant_are_one_reading() -> None:
    merged = merge([Reading(1, AT, level_percent=80), Reading(1, AT, active_power_w=31.5)])
    assert list(merged.values()) == [Reading(1, AT, level_percent=80, active_power_w=31.5)]


readings = st.builds(
    Reading,
    controller_key=st.integers(1, 3),
    at=st.integers(0, 4).map(lambda steps: AT + steps * QUARTER),
    level_percent=st.none() | st.integers(0, 100),
    active_power_w=st.none() | st.floats(0, 100),
)


@given(st.lists(readings))
def test_merging_again_changes_nothing(batch: list[Reading]) -> None:
    once = merge(batch)
    assert merge([*once.values(), *batch]) == once

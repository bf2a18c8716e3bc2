"""Commands lie over the programme, and only while they hold."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kit.ids import new_id
from lighting.control.curve import HeldCommand, LevelFrom, expected_curve
from lighting.control.rules import ActiveCommand

DUSK = datetime(2026, 11, 21, 17, tzinfo=UTC)
DAWN = DUSK + timedelta(hours=14)
NIGHT = [LevelFrom(DUSK - timedelta(hours=5), 0), LevelFrom(DUSK, 100), LevelFrom(DAWN, 0)]


def held(level_percent: int, from_h: float, to_h: float) -> HeldCommand:
    start = DUSK + timedelta(hours=from_h)
    command = ActiveCommand(new_id(), level_percent, 40, start)
    return HeldCommand(command, start, DUSK + timedelta(hours=to_h))


def hours(curve: list[LevelFrom]) -> list[tuple[float, int]]:
    return [((one.starts_at - DUSK) / timedelta(hours=1), one.level_percent) for one in curve]


def test_a_command_interrupts_the_programme_and_gives_it_back() -> None:
    curve = expected_curve(NIGHT, [held(30, 2, 4)], DUSK - timedelta(hours=1), DAWN)
    assert hours(curve) == [(-1, 0), (0, 100), (2, 30), (4, 100)]


def test_the_newer_of_two_commands_holds_while_both_do() -> None:
    curve = expected_curve(NIGHT, [held(30, 2, 6), held(70, 3, 4)], DUSK, DAWN)
    assert hours(curve) == [(0, 100), (2, 30), (3, 70), (4, 30), (6, 100)]


def test_before_anything_is_known_there_is_no_curve() -> None:
    assert expected_curve([], [], DUSK, DAWN) == []
    assert hours(expected_curve([], [held(30, 2, 4)], DUSK, DAWN)) == [(2, 30)]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 12), st.integers(1, 5)), max_size=6))
def test_a_curve_only_changes_where_something_begins_or_ends(
    given_: list[tuple[int, int, int]],
) -> None:
    commands = [held(level, start, start + length) for level, start, length in given_]
    curve = expected_curve(NIGHT, commands, DUSK, DAWN)
    edges = {DUSK} | {one.starts_at for one in commands} | {one.ends_at for one in commands}
    assert {one.starts_at for one in curve} <= edges
    assert all(a.level_percent != b.level_percent for a, b in itertools.pairwise(curve))

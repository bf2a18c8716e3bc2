"""The scheduled light of the demo's lamps: what the calendars want, looked up at once."""

from datetime import timedelta

import numpy as np

from tests.app.demo.street import LATER, NOON, programme


def test_lamps_follow_their_calendar_from_dusk_to_dawn() -> None:
    wanted = programme()
    for hour, level in ((12, 0), (18, 100), (23, 50), (30, 100), (34, 0)):
        at = NOON.replace(hour=0) + timedelta(hours=hour - 1)
        assert wanted.levels_at(at).tolist() == [level] * 8, hour


def test_changes_are_told_once_each() -> None:
    instants = programme().changes_between(NOON, LATER)
    assert len(instants) == 4  # on, dimmed, full, off
    assert [int(programme().levels_at(at)[0]) for at in instants] == [100, 50, 100, 0]


def test_what_lamps_hold_at_first_holds_until_they_are_told() -> None:
    wanted = programme()
    wanted.hold(np.full(8, 70, dtype=np.int16))
    assert wanted.levels_at(NOON + timedelta(hours=1)).tolist() == [70] * 8
    assert wanted.levels_at(NOON + timedelta(hours=8)).tolist() == [100] * 8
    assert wanted.steps_before(NOON + timedelta(hours=1)) == [None] * 8

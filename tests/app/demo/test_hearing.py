"""What is heard of a simulated stretch of time: everything but what the air lost."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from app.demo.hearing import live, report_times
from app.demo.past import shifts
from simulator.model import SeededFault, TruthKind
from tests.app.demo.street import LATER, NOON, PARIS, PLACE, city, ears, programme


def test_each_lamp_reports_hourly_by_night_and_less_by_day() -> None:
    phases = [phase for _, phase in report_times(NOON, LATER, PLACE)]
    assert {phases.count(phase) for phase in range(4)} == {19}


def test_a_stretch_tells_counters_and_states_of_every_lamp() -> None:
    one = city()
    heard = live(one, programme(), ears(), LATER, np.random.default_rng(1))
    assert one.at == LATER
    assert len(heard.readings) == pytest.approx(8 * 19, abs=12)  # some are lost on the air
    for lamp in range(8):
        mine = heard.readings.chosen(heard.lamps == lamp)
        assert (np.diff(mine.active_energy_wh) >= 0).all()
    assert [one.controller_key for one in heard.newest().readings.rows()] == list(range(1, 9))
    assert len(heard.sightings) == 8


def test_the_same_seed_hears_the_same() -> None:
    first, again = (
        list(live(city(), programme(), ears(), LATER, np.random.default_rng(3)).readings.rows())
        for _ in range(2)
    )
    assert first == again


def test_a_silent_lamp_is_not_heard_until_it_speaks_again() -> None:
    mended_at = NOON + timedelta(hours=20)
    silence = SeededFault(2, TruthKind.COMMUNICATION_LOSS, NOON, mended_at)
    heard = live(city(silence), programme(), ears(), LATER, np.random.default_rng(1))
    mine = [one for one in heard.sightings if one.controller_key == 3]
    assert len(mine) > 1  # every time, so that two uplinks prove the link
    assert min(one.at for one in mine) > mended_at


def test_shifts_meet_without_gap_or_overlap() -> None:
    since, until = NOON + timedelta(minutes=5), NOON + timedelta(days=2, hours=3)
    stretches = list(shifts(since, until, PARIS))
    assert stretches[0][0] == since
    assert stretches[-1][1] == until
    assert all(before[1] == after[0] for before, after in pairwise(stretches))
    assert len(stretches) == 5

"""The model of a lamp, and splitting a whole number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lighting.energy.estimate import lamp_power_w, split_exactly

unhurried = settings(deadline=None)


@pytest.mark.parametrize(
    ("level_percent", "power_w"),
    [
        pytest.param(50, 33.6, id="T-12 half"),
        pytest.param(30, 21.44, id="T-12 thirty"),
        pytest.param(10, 9.28, id="T-12 lowest"),
        pytest.param(100, 64.0, id="full"),
        pytest.param(3, 9.28, id="below the lowest level the gear holds"),
    ],
)
def test_power_of_a_64_w_luminaire(level_percent: int, power_w: float) -> None:
    power = lamp_power_w(
        np.array([level_percent], np.int16), np.array([64.0]), np.zeros(1), np.array([10])
    )
    assert power[0] == pytest.approx(power_w)


def test_a_dark_lamp_draws_its_standby() -> None:
    off = lamp_power_w(np.array([0], np.int16), np.array([64.0]), np.array([1.2]), np.array([10]))
    assert off[0] == 1.2


def test_the_largest_remainder_gets_the_last_unit() -> None:
    assert split_exactly(10, [1, 1, 1]) == [4, 3, 3]
    assert split_exactly(10, [0.2, 0.5, 0.3]) == [2, 5, 3]
    assert split_exactly(7, [0, 0]) == [4, 3]
    assert split_exactly(0, [3, 1]) == [0, 0]
    assert split_exactly(5, []) == []


@unhurried
@given(st.integers(0, 10**12), st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_parts_always_add_up_and_are_never_negative(total: int, weights: list[float]) -> None:
    parts = split_exactly(total, weights)
    assert sum(parts) == total
    assert min(parts) >= 0

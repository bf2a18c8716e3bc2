"""Generated cabinets and circuits feed each lamp once, and stay compact."""

import numpy as np
import pytest

from app.demo.district import (
    LAMPS_PER_CABINET_MAX,
    LAMPS_PER_CIRCUIT_MAX,
    lay_out,
    nearest,
)


def scattered(count: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    return 3.87 + random.random(count) * 0.02, 43.61 + random.random(count) * 0.015


@pytest.mark.parametrize("count", [1, LAMPS_PER_CABINET_MAX, LAMPS_PER_CABINET_MAX + 1, 2000])
def test_every_lamp_hangs_on_one_circuit(count: int) -> None:
    cabinets = lay_out(*scattered(count))
    fed = [lamp for cabinet in cabinets for circuit in cabinet.circuits for lamp in circuit.lamps]
    assert sorted(fed) == list(range(count))
    for cabinet in cabinets:
        assert sum(len(circuit.lamps) for circuit in cabinet.circuits) <= LAMPS_PER_CABINET_MAX
        assert all(len(circuit.lamps) <= LAMPS_PER_CIRCUIT_MAX for circuit in cabinet.circuits)


def test_neighbours_on_a_circuit_are_near_each_other() -> None:
    lon, lat = scattered(2000)
    steps = [
        np.hypot((lon[a] - lon[b]) * 80_600, (lat[a] - lat[b]) * 111_320)
        for cabinet in lay_out(lon, lat)
        for circuit in cabinet.circuits
        for a, b in zip(circuit.lamps, circuit.lamps[1:], strict=False)
    ]
    assert np.median(steps) < 60


def test_the_nearest_lamps_come_first() -> None:
    lon, lat = np.array([3.90, 3.87, 3.88]), np.array([43.61, 43.61, 43.61])
    assert nearest(lon, lat, (3.87, 43.61), 2) == [1, 2]

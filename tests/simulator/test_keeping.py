"""A city taken up again shows what it showed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from simulator.city import City
from simulator.keeping import NoCityError, keep, take_up
from simulator.model import Lamp, SeededFault, TruthKind

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)


def test_counters_levels_and_truth_survive(tmp_path: Path) -> None:
    lamps = [Lamp(f"{n:016x}", "chirpstack:app", "gw", 64.0, 1.0, 43.6, 3.88) for n in range(5)]
    fault = SeededFault(2, TruthKind.LAMP_FAILURE, AT + timedelta(hours=1))
    city = City(lamps, AT, [fault], seed=9)
    city.order_all(np.array([100, 50, 100, 0, 30], dtype=np.int16))
    city.advance(AT + timedelta(hours=4))
    keep(city, 9, tmp_path / "city.json")
    again, seed = take_up(tmp_path / "city.json")
    before, after = city.snapshot(), again.snapshot()
    assert seed == 9
    assert after.at == before.at
    for name in ("level_percent", "active_power_w", "active_energy_wh", "supply_voltage_v"):
        assert np.array_equal(getattr(before, name), getattr(after, name))
    assert again.faults == [fault]


def test_a_missing_or_torn_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoCityError, match="reverbere demo"):
        take_up(tmp_path / "city.json")
    (tmp_path / "city.json").write_text("{")
    with pytest.raises(NoCityError, match="reverbere demo"):
        take_up(tmp_path / "city.json")

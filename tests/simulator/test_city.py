"""Physics and truth of the simulated city."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from simulator.city import City
from simulator.faults import draw_faults
from simulator.model import Lamp, SeededFault, TruthKind
from simulator.radio import PERFECT_AIR, Air, AirQuality

DUSK = datetime(2026, 11, 21, 17, tzinfo=UTC)


def lamps(count: int, rated_power_w: float = 64.0) -> list[Lamp]:
    return [
        Lamp(f"{n:016x}", "chirpstack:app", "gw", rated_power_w, 1.0, 43.6, 3.88)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("level_percent", "power_w"), [(100, 65.0), (50, 34.6), (30, 22.44), (10, 10.28), (0, 1.0)]
)
def test_a_dimmed_lamp_draws_the_power_of_its_curve(level_percent: int, power_w: float) -> None:
    city = City(lamps(1), DUSK)
    city.order(0, level_percent)
    assert city.power_w()[0] == pytest.approx(power_w)


def test_counters_turn_with_time_whatever_the_steps() -> None:
    whole, in_parts = City(lamps(3), DUSK), City(lamps(3), DUSK)
    for city in (whole, in_parts):
        city.order_all(np.array([100, 50, 0], dtype=np.int16))
    whole.advance(DUSK + timedelta(hours=10))
    for minutes in range(7, 601, 7):
        in_parts.advance(DUSK + timedelta(minutes=min(minutes, 600)))
    in_parts.advance(DUSK + timedelta(hours=10))
    assert whole.energy_wh == pytest.approx(in_parts.energy_wh)
    assert whole.energy_wh == pytest.approx([650, 346, 10])
    assert whole.snapshot().burning_time_s.tolist() == [36000, 36000, 0]


def test_a_fault_acts_from_its_instant_to_its_repair() -> None:
    dies_at = DUSK + timedelta(hours=2)
    city = City(lamps(1), DUSK, [SeededFault(0, TruthKind.LAMP_FAILURE, dies_at)])
    city.order(0, 100)
    city.advance(DUSK + timedelta(hours=5))
    assert city.energy_wh[0] == pytest.approx(2 * 65 + 3 * 1)
    city.repair(0, city.at)
    assert not city.is_faulty(TruthKind.LAMP_FAILURE).any()
    city.advance(DUSK + timedelta(hours=6))
    assert city.energy_wh[0] == pytest.approx(2 * 65 + 3 * 1 + 65)


def test_a_day_burner_dims_but_never_goes_out_and_says_it_does() -> None:
    city = City(lamps(1), DUSK, [SeededFault(0, TruthKind.DAY_BURNER, DUSK)])
    city.order(0, 0)
    shown = city.snapshot()
    assert shown.level_percent[0] == 0
    assert shown.active_power_w[0] == pytest.approx(65)
    city.order(0, 50)
    assert city.power_w()[0] == pytest.approx(34.6)


def test_a_silent_lamp_burns_but_is_not_heard() -> None:
    city = City(lamps(1), DUSK, [SeededFault(0, TruthKind.COMMUNICATION_LOSS, DUSK)])
    city.order(0, 100)
    shown = city.snapshot()
    assert shown.active_power_w[0] == pytest.approx(65)
    assert not shown.is_heard[0]


def test_time_does_not_run_backwards() -> None:
    city = City(lamps(1), DUSK)
    with pytest.raises(ValueError, match="cannot go back"):
        city.advance(DUSK - timedelta(seconds=1))


def test_the_same_seed_breaks_the_same_lamps() -> None:
    end = DUSK + timedelta(days=40)
    first, again = (draw_faults(2000, DUSK, end, seed=7) for _ in range(2))
    assert first == again
    assert first != draw_faults(2000, DUSK, end, seed=8)
    assert len({fault.lamp for fault in first}) == len(first)
    assert {fault.kind for fault in first} == set(TruthKind)


def test_perfect_air_delivers_everything_in_order() -> None:
    air: Air[int] = Air(PERFECT_AIR, seed=1)
    air.send(range(100), DUSK)
    assert [message for _, message in air.arrived(DUSK)] == list(range(100))


def test_bad_air_loses_repeats_and_reorders_by_its_seed() -> None:
    def journey(seed: int) -> list[int]:
        air: Air[int] = Air(AirQuality(0.2, 0.2, timedelta(seconds=10)), seed)
        air.send(range(1000), DUSK)
        return [message for _, message in air.arrived(DUSK + timedelta(seconds=10))]

    arrived = journey(3)
    assert arrived == journey(3) != journey(4)
    assert arrived != sorted(arrived)
    assert 700 < len(set(arrived)) < 900
    assert len(arrived) > len(set(arrived))


def test_a_swapped_controller_speaks_for_the_lamp_and_its_meter_goes_on() -> None:
    city = City(lamps(2), DUSK)
    city.order_all(np.array([100, 100], dtype=np.int16))
    city.advance(DUSK + timedelta(hours=1))
    city.swap_controller(1, "02de30ffffffffff")
    city.advance(DUSK + timedelta(hours=2))
    assert city.index == {f"{0:016x}": 0, "02de30ffffffffff": 1}
    assert city.energy_wh == pytest.approx([130, 130])


def test_a_luminaire_is_warmer_when_it_burns_and_in_summer() -> None:
    winter, summer = DUSK, DUSK.replace(month=7)
    for at in (winter, summer):
        city = City(lamps(2), at)
        city.order(0, 100)
        shown = city.snapshot()
        assert shown.temperature_c[0] > shown.temperature_c[1] + 5
    cold = City(lamps(1), winter).snapshot().temperature_c[0]
    assert City(lamps(1), summer).snapshot().temperature_c[0] > cold + 10

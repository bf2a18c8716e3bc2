"""Consumption out of counters, readings out of measurements."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Measurement, Quantity
from kit.ids import new_id
from lighting.cabinets.compute import consumption, power_step, readings_of
from lighting.cabinets.model import PLACES, MeterValues

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at_hours(*values: int) -> list[tuple[datetime, int]]:
    return [(AT + HOUR * number, value) for number, value in enumerate(values)]


@given(st.lists(st.integers(0, 10_000), max_size=20), st.integers(0, 2**40))
def test_a_counter_that_only_grows_gives_what_it_grew(steps: list[int], start: int) -> None:
    values = [start]
    for step in steps:
        values.append(values[-1] + step)
    assert consumption(at_hours(*values)) == (values[-1] - start, 0)


@given(st.lists(st.integers(0, 2**62), max_size=20))
def test_consumption_is_never_negative_nor_more_than_the_supply_carries(values: list[int]) -> None:
    energy_wh, reset_count = consumption(at_hours(*values))
    spans = max(len(values) - 1, 0)
    assert 0 <= energy_wh <= spans * 301_000
    assert reset_count <= spans


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=20), st.data())
def test_a_span_cut_in_two_consumes_the_same(values: list[int], data: st.DataObject) -> None:
    counters = at_hours(*values)
    cut = data.draw(st.integers(0, len(values) - 1))
    parts = consumption(counters[: cut + 1]), consumption(counters[cut:])
    whole = consumption(counters)
    assert whole.energy_wh == parts[0].energy_wh + parts[1].energy_wh
    assert whole.reset_count == parts[0].reset_count + parts[1].reset_count


def test_a_leap_to_another_counter_is_no_consumption() -> None:
    assert consumption(at_hours(500, 1_000, 90_000_000, 90_000_400)) == (900, 1)


def test_readings_are_by_minute_and_the_first_value_of_a_minute_stands() -> None:
    device_id = new_id()
    measured = [
        Measurement(Quantity.ACTIVE_POWER_W, 2.0, AT + timedelta(seconds=40)),
        Measurement(Quantity.ACTIVE_POWER_W, 1.0, AT + timedelta(seconds=3)),
        Measurement(Quantity.ACTIVE_POWER_W, 3.0, AT + timedelta(seconds=60)),
        Measurement(Quantity.CURRENT_A, 4.5, AT + timedelta(seconds=50), "L2"),
        Measurement(Quantity.INPUT_ON, 1, AT, "DI1"),
    ]
    assert readings_of(device_id, measured) == [
        (device_id, AT, MeterValues(active_power_w=1.0, current_l2_a=4.5)),
        (device_id, AT + timedelta(minutes=1), MeterValues(active_power_w=3.0)),
    ]


def test_every_value_of_a_meter_has_a_quantity_that_fills_it() -> None:
    assert sorted(PLACES.values()) == list(range(len(MeterValues._fields)))


def test_a_step_needs_both_sides() -> None:
    assert power_step([], [1.0]) is None
    assert power_step([1.0], []) is None
    step = power_step([1000.0, 1020.0], [700.0])
    assert step is not None
    assert step.step_w == -310.0

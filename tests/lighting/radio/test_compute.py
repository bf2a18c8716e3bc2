"""Plans keep every channel within its duty cycle, use groups only where all members are meant, and
say when they end."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.lorawan.airtime import Modulation
from lighting.radio.compute import (
    cost,
    data_rate_for,
    make_plan,
    single_emission,
    usable_groups,
)
from lighting.radio.model import (
    DUTY_SHARE,
    GROUP_COPIES,
    Channel,
    Plan,
    RadioGroup,
    RadioLight,
    RadioSettings,
    UnreachedLight,
    Window,
)

NOW = datetime(2026, 11, 20, 21, tzinfo=UTC)
SF9 = RadioSettings(869_525_000, 3)
SF12 = RadioSettings(869_525_000, 0)
DIM_BYTES = 3
HOUR = timedelta(hours=1)


def light(
    key: int, gateway: str = "north", window: Window = Window.CLASS_C, snr_db: float | None = 5.0
) -> RadioLight:
    return RadioLight(
        light_point_id=UUID(int=key),
        controller_key=key,
        network="chirpstack:a",
        gateway=gateway,
        window=window,
        emission=single_emission(window, SF9, snr_db, DIM_BYTES),
        period=HOUR,
    )


def group(*members: int, name: str = "street", gateways: tuple[str, ...] = ()) -> RadioGroup:
    return RadioGroup(
        id=UUID(int=1000 + min(members)),
        name=name,
        network="chirpstack:a",
        profile="nas/ul20xx",
        gateways=gateways,
        payload_bytes=DIM_BYTES,
        modulation=Modulation(9),
        frequency_hz=869_525_000,
        members=frozenset(members),
    )


def plan_of(lights: list[RadioLight], *groups: RadioGroup) -> Plan:
    return make_plan(lights, groups, (), {}, NOW)


def test_a_frame_in_the_second_window_costs_its_airtime_at_ten_percent() -> None:
    of = single_emission(Window.CLASS_C, SF12, None, DIM_BYTES)
    assert of.airtime == timedelta(microseconds=1_155_072)
    assert of.band.duty_cycle == 0.10
    assert cost(of) == of.airtime / (0.10 * DUTY_SHARE)


def test_a_frame_in_the_first_window_mirrors_the_uplink_at_one_percent() -> None:
    of = single_emission(Window.CLASS_A, SF12, 8.0, DIM_BYTES)
    assert of.band.name == "M"
    assert of.band.duty_cycle == 0.01
    assert of.airtime == timedelta(microseconds=46_336)


@pytest.mark.parametrize(
    ("snr_db", "data_rate"),
    [(12.0, 5), (2.5, 5), (2.4, 4), (-2.5, 3), (-9.0, 0), (None, 0)],
)
def test_the_data_rate_follows_how_well_a_device_is_heard(
    snr_db: float | None, data_rate: int
) -> None:
    assert data_rate_for(snr_db) == data_rate


def test_single_frames_follow_each_other_on_each_gateway() -> None:
    lights = [light(key, "north") for key in range(1, 101)]
    lights += [light(key, "south") for key in range(101, 121)]
    plan = plan_of(lights)
    price = cost(lights[0].emission)
    north, south = plan.loads
    assert (north.channel, north.frames) == (Channel("north", "P"), 100)
    assert (south.channel, south.frames) == (Channel("south", "P"), 20)
    assert north.finishes_at == NOW + 100 * price
    assert plan.finishes_at == NOW + 99 * price + lights[0].emission.airtime
    assert plan.frame_count == 120


def test_a_busy_channel_is_waited_for() -> None:
    busy_until = NOW + timedelta(minutes=3)
    plan = make_plan([light(1)], (), (), {Channel("north", "P"): busy_until}, NOW)
    assert plan.loads[0].starts_at == busy_until


def test_a_group_saves_the_frames_of_its_members() -> None:
    lights = [light(key, "north" if key % 2 else "south") for key in range(1, 41)]
    plan = plan_of([*lights, light(50)], group(*range(1, 41)))
    (use,) = plan.groups
    assert use.gateways == ("north", "south")
    assert len(use.light_point_ids) == 40
    assert [one.controller_key for one in plan.single] == [50]
    assert plan.frame_count == 1 + GROUP_COPIES
    assert plan.light_count == 41


def test_a_group_with_a_member_that_is_not_meant_is_not_used() -> None:
    plan = plan_of([light(key) for key in range(1, 10)], group(*range(1, 11)))
    assert plan.groups == []
    assert len(plan.single) == 9


def test_no_light_is_carried_twice_and_the_largest_group_goes_first() -> None:
    large, overlapping = group(1, 2, 3, 4, 5, name="a"), group(5, 6, 7, name="b")
    other = group(6, 7, 8, name="c")
    chosen = usable_groups([other, overlapping, large], frozenset(range(1, 20)))
    assert [one.name for one in chosen] == ["a", "c"]


def test_a_group_too_small_to_save_anything_is_not_used() -> None:
    assert usable_groups([group(1, 2)], frozenset({1, 2})) == []


def test_class_a_lights_are_waited_for() -> None:
    plan = plan_of([light(1), light(2, window=Window.CLASS_A)])
    assert plan.waits_for_uplink_count == 1
    assert plan.finishes_at == NOW + HOUR
    assert plan.proven_by > plan.finishes_at + HOUR


def test_lights_nobody_reaches_are_listed() -> None:
    lost = UnreachedLight(UUID(int=9), 9, "never heard")
    plan = make_plan([], (), [lost], {}, NOW)
    assert plan.unreached == [lost]
    assert plan.finishes_at == NOW
    assert plan.light_count == 1


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(list(Window)), st.floats(-20, 12)),
        max_size=200,
    ),
    st.sets(st.integers(1, 60), min_size=3),
)
def test_no_plan_asks_more_of_a_channel_than_its_share(
    drawn: list[tuple[str, Window, float]], members: set[int]
) -> None:
    keys = count(1)
    lights = [light(next(keys), gateway, window, snr) for gateway, window, snr in drawn]
    plan = plan_of(lights, group(*members))
    assert plan.light_count == len(lights)
    for load in plan.loads:
        span = load.finishes_at - load.starts_at
        assert load.airtime <= span * load.duty_cycle
        assert load.starts_at >= NOW

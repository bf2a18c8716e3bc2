"""Who leaves now, what counts as proof, and what is said of lights without."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lighting.radio.compute import cost, single_emission
from lighting.radio.model import HOLD_MAX, Channel, GroupHearing, RadioSettings, Window
from lighting.radio.rules import (
    Wish,
    give_slots,
    is_sample_enough,
    is_step_seen,
    why_not_proven,
)

NOW = datetime(2026, 11, 20, 21, tzinfo=UTC)
SF9 = single_emission(Window.CLASS_C, RadioSettings(869_525_000, 3), None, 3)
SECOND = timedelta(seconds=1)
NORTH = Channel("north", "P")


def wish(number: int, gateway: str = "north", repeats: int = 0) -> Wish:
    return Wish(UUID(int=number), gateway, SF9, repeats)


def test_one_frame_leaves_each_free_channel_and_the_others_learn_their_turn() -> None:
    slots = give_slots([wish(1), wish(2), wish(3), wish(4, "south")], {}, NOW)
    assert [one.id.int for one in slots.leaving] == [1, 4]
    assert slots.held == {UUID(int=2): NOW + cost(SF9), UUID(int=3): NOW + 2 * cost(SF9)}
    assert slots.free_at[NORTH] == NOW + cost(SF9)


def test_a_busy_channel_lets_nothing_out() -> None:
    slots = give_slots([wish(1)], {NORTH: NOW + SECOND}, NOW)
    assert slots.leaving == []
    assert slots.held == {UUID(int=1): NOW + SECOND}
    assert slots.free_at == {}


def test_first_tries_go_before_repeats() -> None:
    slots = give_slots([wish(1, repeats=2), wish(2)], {}, NOW)
    assert [one.id.int for one in slots.leaving] == [2]


def test_nobody_waits_longer_than_a_minute_without_being_looked_at() -> None:
    slots = give_slots([wish(number) for number in range(100)], {}, NOW)
    assert max(slots.held.values()) == NOW + HOLD_MAX


def test_the_pace_does_not_depend_on_how_often_one_looks() -> None:
    """Looked at each 5 s, a channel sends as much as when looked at each 0.5 s."""
    sent = {}
    for every in (timedelta(seconds=0.5), timedelta(seconds=5)):
        free_at: dict[Channel, datetime] = {}
        queue = [wish(number) for number in range(1000)]
        now = NOW
        while now < NOW + timedelta(minutes=10):
            slots = give_slots(queue, free_at, now, every)
            free_at.update(slots.free_at)
            leaving = {one.id for one in slots.leaving}
            queue = [one for one in queue if one.id not in leaving]
            now += every
        sent[every] = 1000 - len(queue)
    fast, slow = sent.values()
    assert abs(fast - slow) <= 3
    assert fast == pytest.approx(timedelta(minutes=10) / cost(SF9), rel=0.02)


@settings(deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=60), st.integers(5, 40))
def test_no_hour_holds_more_than_the_legal_share(gaps_s: list[int], burst: int) -> None:
    """However looks and orders come, the airtime of any hour stays below ten percent."""
    free_at: dict[Channel, datetime] = {}
    sent: list[datetime] = []
    now = NOW
    for gap_s in gaps_s * 10:
        elapsed = timedelta(seconds=gap_s)
        now += elapsed
        slots = give_slots([wish(number) for number in range(burst)], free_at, now, elapsed)
        free_at.update(slots.free_at)
        sent += [now] * len(slots.leaving)
    for first, start in enumerate(sent):
        inside = bisect_left(sent, start + timedelta(hours=1)) - first
        assert inside * SF9.airtime <= timedelta(hours=1) * SF9.band.duty_cycle


@pytest.mark.parametrize(
    ("lights", "confirmed", "contradicted", "enough"),
    [
        pytest.param(200, 29, 0, True, id="29 of many"),
        pytest.param(200, 28, 0, False, id="too few of many"),
        pytest.param(200, 150, 1, False, id="one says otherwise"),
        pytest.param(10, 9, 0, True, id="almost all of a few"),
        pytest.param(10, 8, 0, False, id="too few of a few"),
        pytest.param(0, 0, 0, False, id="nobody"),
    ],
)
def test_a_sample_speaks_for_its_group(
    lights: int, confirmed: int, contradicted: int, enough: bool
) -> None:
    assert is_sample_enough(GroupHearing(lights, confirmed, contradicted)) is enough


@pytest.mark.parametrize(
    ("before_w", "after_w", "expected_step_w", "seen"),
    [
        pytest.param(6000, 3050, -3000, True, id="dimmed as expected"),
        pytest.param(6000, 5900, -3000, False, id="not dimmed"),
        pytest.param(3000, 6100, 3000, True, id="brightened"),
        pytest.param(3000, 1000, 3000, False, id="the wrong way"),
        pytest.param(6000, 5970, -30, False, id="too small to be told from noise"),
    ],
)
def test_the_step_of_a_cabinet_is_seen(
    before_w: float, after_w: float, expected_step_w: float, seen: bool
) -> None:
    assert is_step_seen(before_w, after_w, expected_step_w) is seen


def test_a_light_without_proof_is_listed_with_why() -> None:
    assert why_not_proven(None, None, None, None).startswith("no order")
    assert why_not_proven(3, "rejected", "unknown command", "n") == "refused: unknown command"
    assert why_not_proven(0, "queued", None, "0016c0") == (
        "never sent: the air of gateway 0016c0 had no room in time"
    )
    assert why_not_proven(1, "sent", None, "n") == "sent once, not confirmed"
    assert why_not_proven(4, "expired", None, "n") == "sent 4 times, not confirmed"

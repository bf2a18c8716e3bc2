"""Who goes when, what suffers, when a campaign stops."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kit.errors import InvalidInputError
from kit.ids import new_id
from lighting.firmware.model import CampaignPlan, DeviceFacts, UpdateState, WaveCount
from lighting.firmware.rules import (
    HAND_OUT_MAX,
    check_plan,
    hand_out_count,
    judge,
    must_stop,
    waves_of,
)

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def wave(suffering: int, size: int, baseline: int = 0) -> WaveCount:
    states = {UpdateState.SILENT: suffering, UpdateState.WATCHED: size - suffering}
    return WaveCount(0, states, baseline)


@pytest.mark.parametrize(
    ("counted", "stops"),
    [
        pytest.param(wave(0, 5), False, id="no canary suffers"),
        pytest.param(wave(1, 5), True, id="one of five canaries"),
        pytest.param(wave(1, 5, baseline=1), False, id="one suffered before"),
        pytest.param(wave(2, 5, baseline=1), True, id="one more than before"),
        pytest.param(wave(5, 100), False, id="just the share that is borne"),
        pytest.param(wave(6, 100), True, id="more than the share that is borne"),
    ],
)
def test_a_wave_stops_when_it_suffers_more_than_before_it(counted: WaveCount, stops: bool) -> None:
    assert must_stop(counted, 5) is stops


def test_waves_take_everyone_once_and_the_same_every_time() -> None:
    campaign, everyone = new_id(), [new_id() for _ in range(40)]
    waves = waves_of(campaign, everyone, [3, 10])
    assert sorted(waves) == sorted(everyone)
    assert [list(waves.values()).count(number) for number in range(3)] == [3, 10, 27]
    assert waves_of(campaign, everyone[::-1], [3, 10]) == waves


def test_canaries_are_not_the_first_of_the_list() -> None:
    everyone = sorted(new_id() for _ in range(400))
    canaries = [one for one, number in waves_of(UUID(int=7), everyone, [20]).items() if number == 0]
    assert max(everyone.index(one) for one in canaries) > 200


def test_the_budget_of_the_radio_is_kept() -> None:
    def count(hours: float) -> int:
        return hand_out_count(NOW + hours * HOUR, NOW, 500_000, 1_000_000)

    assert hand_out_count(NOW, None, 500_000, 1_000_000) == 1
    assert [count(0), count(0.49), count(0.5), count(1)] == [0, 0, 1, 2]
    assert count(1000) == HAND_OUT_MAX


@pytest.mark.parametrize(
    ("seen_after", "causes", "asked_after", "state"),
    [
        pytest.param(None, [], HOUR, UpdateState.WATCHED, id="still restarting"),
        pytest.param(None, [], 3 * HOUR, UpdateState.SILENT, id="not heard any more"),
        pytest.param(HOUR, [], 3 * HOUR, UpdateState.WATCHED, id="heard, still watched"),
        pytest.param(HOUR, [], DAY, UpdateState.UPDATED, id="heard, and watched long enough"),
        pytest.param(HOUR, ["lamp_failure"], DAY, UpdateState.FAULTY, id="alarm since"),
    ],
)
def test_a_device_is_judged_by_what_it_does_with_its_new_firmware(
    seen_after: timedelta | None, causes: list[str], asked_after: timedelta, state: UpdateState
) -> None:
    seen_at = NOW + seen_after if seen_after else NOW - HOUR
    facts = DeviceFacts(NOW, seen_at, HOUR, causes)
    assert judge(facts, DAY, NOW + asked_after)[0] is state


def test_a_plan_has_canaries() -> None:
    with pytest.raises(InvalidInputError):
        check_plan(CampaignPlan([], 5, DAY, 1000))
    with pytest.raises(InvalidInputError):
        check_plan(CampaignPlan([0], 5, DAY, 1000))

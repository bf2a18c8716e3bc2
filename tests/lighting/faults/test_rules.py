"""What one sample says, and when samples become an alarm."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lighting.faults.compute import power_ratio
from lighting.faults.lights import thresholds_from
from lighting.faults.model import Cause, Thresholds, Urgency, Verdict, Watch
from lighting.faults.rules import (
    JUDGES,
    is_first_night,
    is_over,
    is_proven,
    judge_lamp_failure,
    judge_lamp_unexpected_on,
    judge_power_too_high,
    judge_power_too_low,
    silence_limit,
    urgency,
    weigh,
)
from tests.lighting.faults.samples import DAY, LIGHT, NIGHT, QUARTER, seen

FAULTY, HEALTHY, UNDECIDED = Verdict.FAULTY, Verdict.HEALTHY, Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("observation", "verdict"),
    [
        pytest.param(seen(0.8), FAULTY, id="dark at full level"),
        pytest.param(seen(0.8, level=30), FAULTY, id="dark while dimmed"),
        pytest.param(seen(64.0), HEALTHY, id="burning"),
        pytest.param(seen(9.3, level=10), HEALTHY, id="burning at its lowest level"),
        pytest.param(seen(30.0), UNDECIDED, id="between dark and alight"),
        pytest.param(seen(0.8, level=0), UNDECIDED, id="told to be off"),
        pytest.param(seen(0.8, level=None), UNDECIDED, id="level not known, or just changed"),
        pytest.param(seen(0.0, voltage_v=20.0), UNDECIDED, id="no mains: the feeder's fault"),
        pytest.param(seen(64.0, failure=True), FAULTY, id="gear reports a lamp failure"),
        pytest.param(seen(None, failure=True), FAULTY, id="gear's word without a meter"),
        pytest.param(seen(None, on=True), HEALTHY, id="gear says the lamp is on"),
        pytest.param(seen(None), UNDECIDED, id="nothing said"),
        pytest.param(
            seen(1.5, level=10, of=replace(LIGHT, rated_power_w=20.0)),
            UNDECIDED,
            id="a small lamp dimmed deep cannot be told from its controller",
        ),
        pytest.param(
            seen(0.0, of=replace(LIGHT, rated_power_w=None)), UNDECIDED, id="rated power unknown"
        ),
    ],
)
def test_lamp_failure(observation, verdict) -> None:
    assert judge_lamp_failure(observation) is verdict


@pytest.mark.parametrize(
    ("observation", "verdict"),
    [
        pytest.param(seen(64.0, level=0, sun_deg=12.0), FAULTY, id="burning at noon"),
        pytest.param(seen(64.0, level=0, sun_deg=2.9), UNDECIDED, id="sun under three degrees"),
        pytest.param(seen(64.0, level=100, sun_deg=12.0), UNDECIDED, id="told to burn: a tunnel"),
        pytest.param(seen(64.0, level=None, sun_deg=12.0), UNDECIDED, id="level not known"),
        pytest.param(seen(20.0, level=0, sun_deg=12.0), UNDECIDED, id="between off and burning"),
        pytest.param(seen(1.2, level=0, sun_deg=12.0), HEALTHY, id="off by day"),
        pytest.param(seen(1.2, level=0, sun_deg=-40.0), HEALTHY, id="off at night"),
    ],
)
def test_lamp_unexpected_on(observation, verdict) -> None:
    assert judge_lamp_unexpected_on(observation) is verdict


# For a 64 W lamp at 10 % a commercial controller takes 4.48 to 12.6 W as right, at 100 % 48 to 83.
@pytest.mark.parametrize(
    ("power_w", "level", "low", "high"),
    [
        pytest.param(40.0, 100, FAULTY, HEALTHY, id="half the modules gone"),
        pytest.param(52.0, 100, UNDECIDED, HEALTHY, id="between low and right"),
        pytest.param(64.0, 100, HEALTHY, HEALTHY, id="right"),
        pytest.param(80.0, 100, HEALTHY, UNDECIDED, id="between right and high"),
        pytest.param(90.0, 100, HEALTHY, FAULTY, id="too much"),
        pytest.param(33.6, 50, HEALTHY, HEALTHY, id="right while dimmed"),
        pytest.param(64.0, 50, HEALTHY, FAULTY, id="does not dim"),
        pytest.param(1.0, 100, UNDECIDED, HEALTHY, id="a dark lamp is another fault"),
        pytest.param(20.0, 10, UNDECIDED, UNDECIDED, id="too little power to tell"),
    ],
)
def test_power_window(power_w: float, level: int, low: Verdict, high: Verdict) -> None:
    observation = seen(power_w, level=level)
    assert (judge_power_too_low(observation), judge_power_too_high(observation)) == (low, high)


@given(
    st.floats(0, 300),
    st.none() | st.integers(0, 100),
    st.floats(-60, 60),
    st.sampled_from([10.0, 20.0, 64.0, 250.0]),
)
def test_no_sample_is_dark_and_alight_at_once(
    power_w: float, level: int | None, sun_deg: float, rated_w: float
) -> None:
    observation = seen(
        power_w, level=level, sun_deg=sun_deg, of=replace(LIGHT, rated_power_w=rated_w)
    )
    faulty = {cause for cause, judge in JUDGES.items() if judge(observation) is FAULTY}
    assert len(faulty) <= 1


@given(st.integers(0, 100), st.sampled_from([6.0, 20.0, 64.0, 250.0]))
def test_a_lamp_that_draws_what_it_should_is_never_faulty(level: int, rated_w: float) -> None:
    of = replace(LIGHT, rated_power_w=rated_w)
    power_w = rated_w * power_ratio(level, of.level_min_percent) + 1.0  # its controller
    observation = seen(power_w, level=level, sun_deg=20.0, of=of)
    assert FAULTY not in {judge(observation) for judge in JUDGES.values()}


def test_power_follows_the_curve() -> None:
    assert power_ratio(0, 10) == 0
    assert power_ratio(5, 10) == power_ratio(10, 10) == pytest.approx(0.145)
    assert power_ratio(50, 10) == pytest.approx(0.525)
    assert power_ratio(100, 10) == pytest.approx(1.0)
    assert power_ratio(30, 10, ((10, 0.2), (50, 0.6), (100, 1.0))) == pytest.approx(0.4)


def test_thresholds_of_a_type_replace_only_what_they_name() -> None:
    stored = {"power_low_ratio_max": 0.6, "power_curve": [[10, 0.2], [100, 1]]}
    assert thresholds_from(stored) == Thresholds(
        power_low_ratio_max=0.6, power_curve=((10.0, 0.2), (100.0, 1.0))
    )


def watched(
    verdicts: str, cause: Cause = Cause.LAMP_FAILURE, step: timedelta = QUARTER, at=NIGHT
) -> Watch | None:
    """The watch after samples, one each `step`: f(aulty), h(ealthy), ? (undecided), A(larm)."""
    watch = None
    words = {"f": FAULTY, "h": HEALTHY, "?": UNDECIDED}
    turn = 0
    for letter in verdicts:
        if letter == "A":
            assert watch is not None
            watch = replace(watch, alarm_id=LIGHT.controller_id)
            continue
        watch = weigh(watch, LIGHT, LIGHT.light_point_id, cause, words[letter], at + turn * step)
        turn += 1
    return watch


@pytest.mark.parametrize(
    ("verdicts", "minutes", "proven"),
    [
        pytest.param("ff", 15, False, id="two samples are not enough"),
        pytest.param("fff", 15, True, id="three are"),
        pytest.param("fff", 4, False, id="three within eight minutes are not"),
        pytest.param("ffff", 4, True, id="four over twelve minutes are"),
        pytest.param("f?f?f", 15, True, id="what cannot be judged is left out"),
        pytest.param("ffhff", 15, False, id="one healthy sample ends the suspicion"),
    ],
)
def test_a_dark_lamp_is_proven_by_three_samples_over_ten_minutes(
    verdicts: str, minutes: int, proven: bool
) -> None:
    watch = watched(verdicts, step=timedelta(minutes=minutes))
    assert watch is not None
    assert is_proven(watch) is proven


def test_a_day_burner_is_proven_by_half_an_hour_of_daylight() -> None:
    quarter_hours = [watched("f" * count, Cause.LAMP_UNEXPECTED_ON) for count in (1, 2, 3)]
    assert [is_proven(watch) for watch in quarter_hours if watch] == [False, False, True]


def test_unknown_time_is_not_evidence() -> None:
    """Two samples six hours apart prove half an hour, not six."""
    watch = watched("ff", Cause.LAMP_UNEXPECTED_ON, step=timedelta(hours=6))
    assert watch is not None
    assert watch.faulty_time == timedelta(minutes=30)


def test_a_healthy_sample_leaves_nothing_to_watch() -> None:
    assert watched("ffh") is None
    assert watched("h") is None
    assert watched("?") is None


@pytest.mark.parametrize(
    ("verdicts", "over"),
    [
        pytest.param("fffAh", False, id="one good sample may be chance"),
        pytest.param("fffAhh", True, id="ten good minutes"),
        pytest.param("fffAhfh", False, id="a relapse starts again"),
        pytest.param("fffAh?h", True, id="undecided samples do not matter"),
    ],
)
def test_an_alarm_ends_after_ten_good_minutes(verdicts: str, over: bool) -> None:
    watch = watched(verdicts)
    assert watch is not None
    assert is_over(watch) is over


def test_a_late_sample_changes_nothing() -> None:
    watch = watched("fff")
    late = weigh(
        watch, LIGHT, LIGHT.light_point_id, Cause.LAMP_FAILURE, HEALTHY, NIGHT - timedelta(hours=1)
    )
    assert late is watch


def test_a_dark_lamp_becomes_urgent_on_the_second_night() -> None:
    first = watched("ffff")
    second = watched("ffff", step=timedelta(hours=8))
    assert first is not None
    assert second is not None
    assert (urgency(first), urgency(second)) == (Urgency.U4, Urgency.U3)


def test_a_day_burner_becomes_urgent_after_three_days() -> None:
    days = [
        watched("f" * count, Cause.LAMP_UNEXPECTED_ON, timedelta(days=1), DAY) for count in (3, 4)
    ]
    assert [urgency(watch) for watch in days if watch] == [Urgency.U4, Urgency.U3]


def test_the_first_night_ends_at_noon() -> None:
    new = replace(LIGHT, installed_at=NIGHT - timedelta(hours=1))
    noon = NIGHT.replace(day=21, hour=11)  # 12 h in Dijon
    assert is_first_night(new, noon - timedelta(minutes=1))
    assert not is_first_night(new, noon)


@pytest.mark.parametrize(
    ("period", "limit"),
    [
        pytest.param(QUARTER, timedelta(minutes=45), id="three periods"),
        pytest.param(timedelta(days=1), timedelta(hours=26), id="daily"),
        pytest.param(timedelta(hours=8), timedelta(hours=24), id="three times a day"),
    ],
)
def test_silence_limit(period: timedelta, limit: timedelta) -> None:
    assert silence_limit(replace(LIGHT, expected_period=period)) == limit

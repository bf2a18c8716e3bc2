"""When a step of a self-test is proven, and what may follow what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from drivers.contract import Ability
from lighting.commissioning.model import (
    CommissioningState,
    RunningStep,
    Seen,
    StepKind,
    StepState,
)
from lighting.commissioning.rules import (
    MOVES,
    CommissioningMoveError,
    check_move,
    judge,
    outcome,
    plan_of,
)

STARTED = datetime(2026, 11, 20, 20, tzinfo=UTC)
DEADLINE = STARTED + timedelta(minutes=5)
IN_TIME = STARTED + timedelta(minutes=1)
ON = RunningStep(StepKind.ON, 100, STARTED, DEADLINE, STARTED)
READING = RunningStep(StepKind.READING, None, STARTED, DEADLINE, STARTED)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(Seen(order_state="acknowledged", order_attempts=1), id="echo of the order"),
        pytest.param(
            Seen(confirmed_level_percent=100, confirmed_at=IN_TIME), id="level reported since"
        ),
    ],
)
def test_a_level_is_proven_by_what_the_light_answers(seen: Seen) -> None:
    assert judge(ON, seen, IN_TIME).state is StepState.PASSED


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(Seen(), id="nothing known"),
        pytest.param(Seen(order_state="sent", order_attempts=1), id="only sent"),
        pytest.param(
            Seen(confirmed_level_percent=100, confirmed_at=STARTED - timedelta(hours=1)),
            id="confirmed before the test",
        ),
        pytest.param(Seen(confirmed_level_percent=50, confirmed_at=IN_TIME), id="another level"),
    ],
)
def test_a_level_without_answer_is_waited_for_and_then_fails(seen: Seen) -> None:
    assert judge(ON, seen, IN_TIME).state is StepState.RUNNING
    late = judge(ON, seen, DEADLINE)
    assert late.state is StepState.FAILED
    assert late.reason


def test_a_refused_order_fails_at_once_with_its_reason() -> None:
    verdict = judge(ON, Seen(order_state="rejected", order_detail="no gear"), IN_TIME)
    assert verdict.state is StepState.FAILED
    assert (verdict.reason, verdict.proof["order_detail"]) == ("refused", "no gear")


def test_an_order_held_back_by_another_says_which() -> None:
    verdict = judge(ON, Seen(is_ours=False, held_by="command:7"), DEADLINE)
    assert (verdict.reason, verdict.proof["held_by"]) == ("held", "command:7")


def test_a_reading_of_before_proves_nothing() -> None:
    old = Seen(reading={}, reading_at=STARTED - timedelta(minutes=1))
    assert judge(READING, old, IN_TIME).state is StepState.RUNNING
    assert judge(READING, old, DEADLINE).state is StepState.FAILED
    assert judge(READING, replace(old, reading_at=IN_TIME), IN_TIME).state is StepState.PASSED


def test_what_a_model_cannot_do_is_not_asked_of_it() -> None:
    period = timedelta(hours=1)
    assert [step.kind for step in plan_of({Ability.LISTENS}, period)] == [StepKind.READING]
    assert [step.kind for step in plan_of({Ability.DIMS}, period)] == list(StepKind)


def test_one_failed_step_fails_the_test() -> None:
    passed, failed = StepState.PASSED, StepState.FAILED
    assert outcome([passed, passed]) is CommissioningState.TESTED
    assert outcome([passed, failed]) is CommissioningState.FAILED


def test_only_a_tested_light_is_accepted_and_nothing_follows() -> None:
    from_where = {state for state, after in MOVES.items() if CommissioningState.ACCEPTED in after}
    assert from_where == {CommissioningState.TESTED, CommissioningState.FAILED}
    with pytest.raises(CommissioningMoveError, match="final"):
        check_move(CommissioningState.ACCEPTED, CommissioningState.REFUSED)

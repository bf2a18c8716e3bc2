"""Decisions of commissioning, pure: legal moves, the plan of a self-test, what proves a step."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from drivers.contract import Ability
from kit.errors import ConflictError
from lighting.commissioning.model import (
    CommissioningState,
    DeviceState,
    FailedBecause,
    PlannedStep,
    RunningStep,
    Seen,
    StepKind,
    StepState,
    Verdict,
)

_C = CommissioningState
MOVES: Mapping[CommissioningState, frozenset[CommissioningState]] = {
    _C.INSTALLED: frozenset({_C.TESTING, _C.REFUSED, _C.WITHDRAWN}),
    _C.TESTING: frozenset({_C.TESTED, _C.FAILED, _C.WITHDRAWN}),
    _C.TESTED: frozenset({_C.TESTING, _C.ACCEPTED, _C.REFUSED, _C.WITHDRAWN}),
    _C.FAILED: frozenset({_C.TESTING, _C.ACCEPTED, _C.REFUSED, _C.WITHDRAWN}),
    _C.REFUSED: frozenset({_C.TESTING, _C.WITHDRAWN}),
    _C.ACCEPTED: frozenset(),
    _C.WITHDRAWN: frozenset(),
}
"""What may follow what. A failed test may be accepted with reservations: with a remark."""

OPEN_STATES = frozenset(state for state, following in MOVES.items() if following)

_D = DeviceState
DEVICE_MOVES: Mapping[DeviceState, frozenset[DeviceState]] = {
    _D.NEW: frozenset({_D.IGNORED, _D.COMMISSIONED}),
    _D.IGNORED: frozenset({_D.NEW, _D.COMMISSIONED}),
    _D.COMMISSIONED: frozenset({_D.NEW}),
}

# A class C controller echoes in seconds and an order is tried again after 30 s and after 60 s:
# five minutes see four tries, through a gateway that is busy.
LEVEL_TIME_MAX = timedelta(minutes=5)
# A reading comes when the controller reports next; who reports once a day is not waited for.
READING_TIME_MAX = timedelta(hours=2)
READING_GRACE = timedelta(minutes=2)
DIM_LEVEL_PERCENT = 50
FULL_LEVEL_PERCENT = 100

_CONFIRMED_ORDERS = frozenset({"acknowledged", "applied"})
_REFUSED_ORDER = "rejected"


class CommissioningMoveError(ConflictError):
    """The commissioning's state does not allow this."""

    code = "commissioning_illegal_move"
    title = "This cannot be done to this commissioning now"


class DeviceMoveError(ConflictError):
    """The device's state does not allow this."""

    code = "discovered_device_illegal_move"
    title = "This cannot be done to this device now"


def check_move(present: CommissioningState, wanted: CommissioningState) -> None:
    """Refuse a state that may not follow the present one."""
    if wanted not in MOVES[present]:
        allowed = ", ".join(sorted(MOVES[present])) or "nothing: it is final"
        raise CommissioningMoveError(f"after '{present.value}' may come {allowed}")


def check_device_move(present: DeviceState, wanted: DeviceState) -> None:
    """Refuse a state of a device that may not follow the present one."""
    if wanted not in DEVICE_MOVES[present]:
        allowed = ", ".join(sorted(DEVICE_MOVES[present]))
        raise DeviceMoveError(f"it is '{present.value}'; after that may come {allowed}")


def plan_of(abilities: Collection[Ability], expected_period: timedelta) -> Sequence[PlannedStep]:
    """The self-test of a device model: what it cannot do is not asked of it."""
    reading = PlannedStep(
        StepKind.READING, None, min(expected_period + READING_GRACE, READING_TIME_MAX)
    )
    if Ability.DIMS not in abilities:
        return (reading,)
    return (
        PlannedStep(StepKind.ON, FULL_LEVEL_PERCENT, LEVEL_TIME_MAX),
        PlannedStep(StepKind.DIM, DIM_LEVEL_PERCENT, LEVEL_TIME_MAX),
        PlannedStep(StepKind.OFF, 0, LEVEL_TIME_MAX),
        reading,
    )


def judge(step: RunningStep, seen: Seen, now: datetime) -> Verdict:
    """Whether a step is proven, has failed, or goes on waiting."""
    if step.level_percent is None:
        return _judge_reading(step, seen, now)
    return _judge_level(step, seen, now)


def _judge_level(step: RunningStep, seen: Seen, now: datetime) -> Verdict:
    proof = {
        "confirmed_level_percent": seen.confirmed_level_percent,
        "confirmed_at": _told(seen.confirmed_at),
        "order_state": seen.order_state,
        "order_detail": seen.order_detail,
        "order_attempts": seen.order_attempts,
    }
    is_confirmed = (
        seen.confirmed_level_percent == step.level_percent
        and seen.confirmed_at is not None
        and seen.confirmed_at >= step.started_at
    )
    if is_confirmed or seen.order_state in _CONFIRMED_ORDERS:
        return Verdict(StepState.PASSED, proof)
    if seen.order_state == _REFUSED_ORDER:
        return Verdict(StepState.FAILED, proof, FailedBecause.REFUSED)
    if now < step.deadline_at:
        return Verdict(StepState.RUNNING, proof)
    return Verdict(StepState.FAILED, {**proof, "held_by": seen.held_by}, _why_no_echo(seen))


def _why_no_echo(seen: Seen) -> FailedBecause:
    if not seen.is_ours:
        return FailedBecause.HELD
    return FailedBecause.NO_ANSWER if seen.order_attempts else FailedBecause.NOT_LEFT


def _judge_reading(step: RunningStep, seen: Seen, now: datetime) -> Verdict:
    proof = {**(seen.reading or {}), "reading_at": _told(seen.reading_at)}
    if seen.reading_at is not None and seen.reading_at >= step.readings_since:
        return Verdict(StepState.PASSED, proof)
    if now < step.deadline_at:
        return Verdict(StepState.RUNNING, {})
    return Verdict(StepState.FAILED, proof, FailedBecause.NO_READING)


def outcome(states: Sequence[StepState]) -> CommissioningState:
    """What a self-test whose steps all ended amounts to."""
    passed = all(state is StepState.PASSED for state in states)
    return CommissioningState.TESTED if passed else CommissioningState.FAILED


def canonical(record: Mapping[str, Any]) -> bytes:
    """The bytes of an acceptance record that its fingerprint is made of."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _told(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()

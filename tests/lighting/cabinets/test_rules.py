"""What is wrong in a cabinet, by what is seen of it, and when it becomes an alarm."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kit.ids import new_id
from lighting.cabinets.model import (
    CabinetSeen,
    CabinetWatch,
    ChannelRef,
    ContactRole,
    ContactState,
    Direction,
    Judgement,
    MeterState,
    MeterValues,
)
from lighting.cabinets.rules import JUDGES, PERSISTENCE, is_proven, silence_limit, weigh
from lighting.faults.model import Cause

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
RELAY_ID = UUID(int=1)


def contact(
    role: ContactRole,
    is_active: bool,
    since: datetime = AT - timedelta(hours=1),
    direction: Direction = Direction.INPUT,
    follows_id: UUID | None = None,
) -> ContactState:
    identifier = RELAY_ID if direction is Direction.OUTPUT else new_id()
    channel = ChannelRef(identifier, direction, "DI1", role, "", False, follows_id)
    return ContactState(channel, is_active, since, AT)


def volts(*phases: float | None, phase_count: int = 3) -> MeterState:
    named = dict(zip(("l1", "l2", "l3"), phases, strict=False))
    values = {f"supply_voltage_{phase}_v": voltage_v for phase, voltage_v in named.items()}
    return MeterState(phase_count, AT, MeterValues(**values))  # type: ignore[arg-type]


def said(cause: Cause, *seen: ContactState | MeterState) -> bool | None:
    contacts = tuple(one for one in seen if isinstance(one, ContactState))
    meters = tuple(one for one in seen if isinstance(one, MeterState))
    judgement = JUDGES[cause](CabinetSeen(AT, contacts, meters))
    return None if judgement is None else judgement.is_faulty


@pytest.mark.parametrize(
    ("cause", "role"),
    [
        (Cause.DOOR_OPEN, ContactRole.DOOR_OPEN),
        (Cause.BREAKER_TRIPPED, ContactRole.BREAKER_TRIPPED),
        (Cause.RESIDUAL_CURRENT, ContactRole.RESIDUAL_CURRENT),
        (Cause.SUPPLY_LOSS, ContactRole.SUPPLY_LOST),
    ],
)
def test_a_contact_says_what_its_role_is(cause: Cause, role: ContactRole) -> None:
    assert said(cause, contact(role, True)) is True
    assert said(cause, contact(role, False)) is False
    assert said(cause, contact(role, False), contact(role, True)) is True
    assert said(cause, contact(ContactRole.DARK, True)) is None
    assert said(cause) is None


@pytest.mark.parametrize(
    ("meter", "supply_loss", "phase_loss"),
    [
        pytest.param(volts(230, 231, 229), False, False, id="three phases"),
        pytest.param(volts(230, 0, 229), False, True, id="one phase gone"),
        pytest.param(volts(230, 60, 12), False, True, id="two gone, one fed back through loads"),
        pytest.param(volts(0, 3, 60), True, None, id="all gone"),
        pytest.param(volts(230, 150, 229), False, None, id="a sagging phase is undecided"),
        pytest.param(volts(150, 150, 150), None, None, id="a sagging grid is undecided"),
        pytest.param(volts(230, 0, 0, phase_count=1), False, None, id="a cabinet of one phase"),
        pytest.param(volts(230, None, None), False, None, id="a meter of one phase"),
        pytest.param(volts(None, None, None), None, None, id="a meter without volts"),
    ],
)
def test_phases_are_judged_by_their_voltage(
    meter: MeterState, supply_loss: bool | None, phase_loss: bool | None
) -> None:
    assert said(Cause.SUPPLY_LOSS, meter) is supply_loss
    assert said(Cause.PHASE_LOSS, meter) is phase_loss


@pytest.mark.parametrize(
    ("relay", "proof", "seconds_ago", "expected"),
    [
        pytest.param(True, True, 3600, False, id="both closed"),
        pytest.param(False, False, 3600, False, id="both open"),
        pytest.param(False, True, 3600, True, id="welded"),
        pytest.param(True, False, 3600, True, id="coil dead"),
        pytest.param(True, False, 10, None, id="still closing"),
    ],
)
def test_a_contactor_is_stuck_when_its_own_contact_contradicts_its_relay(
    relay: bool, proof: bool, seconds_ago: int, expected: bool | None
) -> None:
    output = contact(
        ContactRole.CONTACTOR_CLOSED, relay, AT - timedelta(seconds=seconds_ago), Direction.OUTPUT
    )
    auxiliary = contact(ContactRole.CONTACTOR_CLOSED, proof, follows_id=RELAY_ID)
    assert said(Cause.CONTACTOR_STUCK, output, auxiliary) is expected
    assert said(Cause.CONTACTOR_STUCK, output) is None


def run(cause: Cause, *told: tuple[float, bool]) -> list[str]:
    """How a watch goes: `suspected`, `alarm` or `-` after each (minutes, is faulty)."""
    watch: CabinetWatch | None = None
    states = []
    for minutes, is_faulty in told:
        watch = weigh(watch, cause, Judgement(is_faulty), AT + timedelta(minutes=minutes))
        if watch is not None and watch.alarm_id is None and is_proven(watch, cause):
            watch = CabinetWatch(watch.faulty_since, watch.judged_at, None, new_id())
        states.append("-" if watch is None else "alarm" if watch.alarm_id else "suspected")
    return states


def test_a_phase_must_be_gone_two_minutes_and_back_for_five() -> None:
    told = [(0, True), (1, True), (2, True), (3, False), (7, False), (8, False)]
    assert run(Cause.PHASE_LOSS, *told) == ["suspected", "suspected", *["alarm"] * 3, "-"]


def test_a_suspicion_ends_with_the_first_healthy_sample() -> None:
    assert run(Cause.PHASE_LOSS, (0, True), (1, False), (2, True), (3, True)) == [
        *("suspected", "-"),
        *("suspected", "suspected"),
    ]


def test_a_fault_that_comes_back_begins_its_recovery_anew() -> None:
    told = [(0, True), (1, False), (1.5, True), (2, False), (2.9, False), (3, False)]
    assert run(Cause.BREAKER_TRIPPED, *told) == [*["alarm"] * 5, "-"]


def test_a_late_judgement_turns_nothing_back() -> None:
    watch = CabinetWatch(AT, AT + timedelta(minutes=5))
    assert weigh(watch, Cause.DOOR_OPEN, Judgement(is_faulty=False), AT) is watch


def test_every_cause_of_a_cabinet_has_its_persistence_and_urgency() -> None:
    assert set(PERSISTENCE) == {*JUDGES, Cause.COMMUNICATION_LOSS}


def test_a_device_is_lost_after_three_periods_and_five_minutes() -> None:
    assert silence_limit(timedelta(seconds=60)) == timedelta(minutes=5)
    assert silence_limit(timedelta(minutes=20)) == timedelta(hours=1)

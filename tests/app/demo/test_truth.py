"""Alarms beside the truth: what is true, false, found and missed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.demo.truth import RaisedAlarm, TrueFault, compare
from lighting.faults.model import Cause
from simulator.model import TruthKind

AT = datetime(2026, 11, 18, 20, tzinfo=UTC)
HERE, THERE = UUID(int=1), UUID(int=2)
UNTIL = AT + timedelta(days=3)
DEAD = TrueFault(HERE, TruthKind.LAMP_FAILURE, AT, None)


def alarm(place: UUID = HERE, cause: Cause = Cause.LAMP_FAILURE, hours: float = 2) -> RaisedAlarm:
    return RaisedAlarm(place, cause, AT + timedelta(hours=hours))


def test_an_alarm_that_names_the_fault_is_true() -> None:
    found = compare([DEAD], [alarm()], UNTIL)
    assert (found.precision, found.recall) == (1.0, 1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(alarm(THERE), id="another lamp"),
        pytest.param(alarm(cause=Cause.LAMP_UNEXPECTED_ON), id="another cause"),
        pytest.param(alarm(hours=-1), id="before the fault"),
    ],
)
def test_an_alarm_beside_the_truth_is_false_and_finds_nothing(wrong: RaisedAlarm) -> None:
    found = compare([DEAD], [wrong], UNTIL)
    assert (found.precision, found.recall) == (0.0, 0.0)


def test_an_alarm_after_the_repair_is_false() -> None:
    repaired = TrueFault(HERE, TruthKind.LAMP_FAILURE, AT, AT + timedelta(hours=1))
    assert compare([repaired], [alarm()], UNTIL).precision == 0.0


def test_a_fault_that_had_no_time_to_be_seen_is_not_missed() -> None:
    assert compare([DEAD], [], AT + timedelta(hours=5)).recall == 1.0


def test_no_alarm_at_all_is_no_lie() -> None:
    assert compare([], [], UNTIL).precision == 1.0

"""The state is a fold of the log."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmao.clocks.model import SuspensionReason
from gmao.workorders.history import COUNTED_FROM, apply, fold
from gmao.workorders.model import (
    ClassPeriod,
    EventKind,
    LogEntry,
    Milestone,
    Status,
    Target,
    Wait,
    WorkOrderState,
)
from gmao.workorders.moves import Party
from gmao.workorders.rules import legal_moves
from lighting.faults.model import Urgency

T0 = datetime(2026, 11, 21, 18, tzinfo=UTC)
OPENED = LogEntry(EventKind.OPENED, T0, T0, urgency=Urgency.U3)


def later(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def moved(to: Target, hours: float, reason: str | None = None) -> LogEntry:
    return LogEntry(EventKind.MOVED, later(hours), later(hours), to=to, reason=reason)


REPAIR = [
    moved(Status.QUALIFIED, 1),
    moved(Status.PLANNED, 2),
    moved(Status.DISPATCHED, 3),
    moved(Status.EN_ROUTE, 4),
    moved(Status.ON_SITE, 5),
    moved(Status.IN_PROGRESS, 6),
    moved(Status.DONE, 8),
]


def test_an_order_is_new_when_opened() -> None:
    state = fold([OPENED])
    assert (state.status, state.opened_at, state.urgency) == (Status.NEW, T0, Urgency.U3)
    assert state.version == 1


def test_a_repair_leaves_its_instants() -> None:
    state = fold([OPENED, *REPAIR])
    assert state.status is Status.DONE
    assert state.arrived_at == later(5)
    assert state.done_at == later(8)
    assert state.version == 8


def test_making_safe_leaves_the_status_as_it_is() -> None:
    state = fold([OPENED, *REPAIR[:-1], moved(Milestone.MADE_SAFE, 7)])
    assert state.status is Status.IN_PROGRESS
    assert state.made_safe_at == later(7)


def test_a_suspension_lasts_until_the_next_move() -> None:
    state = fold([OPENED, *REPAIR[:-1], moved(Status.SUSPENDED, 7, "wait_dso")])
    assert state.waits == (Wait(SuspensionReason.WAIT_DSO, later(7)),)
    state = apply(state, moved(Status.PLANNED, 31))
    assert state.waits == (Wait(SuspensionReason.WAIT_DSO, later(7), later(31)),)


def test_a_note_during_a_suspension_does_not_end_it() -> None:
    suspended = fold([OPENED, *REPAIR[:-1], moved(Status.SUSPENDED, 7, "access")])
    noted = apply(suspended, LogEntry(EventKind.NOTED, later(8), later(8), reason="called again"))
    assert noted.waits[-1].end is None
    assert noted.version == suspended.version + 1


def test_reopening_runs_the_repair_clock_again_and_keeps_the_first_arrival() -> None:
    state = fold([OPENED, *REPAIR, moved(Status.REOPENED, 200, "dark again")])
    assert state.done_at is None
    assert state.arrived_at == later(5)
    assert state.opened_at == T0


@pytest.mark.parametrize("to", [Status.REJECTED, Status.DUPLICATE, Status.CANCELLED])
def test_an_order_that_is_not_to_be_worked_ends(to: Status) -> None:
    assert fold([OPENED, moved(to, 2, "why")]).ended_at == later(2)


def test_a_change_of_class_is_counted_from_the_start_and_keeps_the_former_class() -> None:
    state = fold([OPENED, LogEntry(EventKind.CLASSED, later(9), later(9), urgency=Urgency.U1)])
    assert state.classes == (ClassPeriod(Urgency.U3, T0), ClassPeriod(Urgency.U1, T0))
    assert state.urgency is Urgency.U1


def test_a_class_brought_by_a_later_fault_is_counted_from_that_fault() -> None:
    brought = LogEntry(
        EventKind.CLASSED,
        later(9),
        later(9),
        urgency=Urgency.U1,
        detail={COUNTED_FROM: later(8).isoformat()},
    )
    assert fold([OPENED, brought]).classes[-1] == ClassPeriod(Urgency.U1, later(8))


def test_a_log_that_does_not_start_by_opening_is_refused() -> None:
    with pytest.raises(ValueError, match="opening"):
        fold(REPAIR)


@given(st.data())
def test_any_walk_along_legal_moves_can_be_folded(data: st.DataObject) -> None:
    state: WorkOrderState = fold([OPENED])
    for step in range(data.draw(st.integers(0, 25))):
        legal = legal_moves(state, frozenset(Party))
        if not legal:
            break
        move = data.draw(st.sampled_from(legal))
        reason = "weather" if move.to is Status.SUSPENDED else "because"
        before = state
        state = apply(state, moved(move.to, step + 1, reason))
        assert before.status in move.sources
        assert state.version == before.version + 1
        assert all(wait.end is not None for wait in state.waits[:-1])
        assert (state.status is Status.SUSPENDED) == bool(
            state.waits and state.waits[-1].end is None
        )
        assert (state.done_at is not None) == (
            state.status in (Status.DONE, Status.VERIFIED, Status.CLOSED)
        )

"""What stops each clock, what pauses it, and what a change of class leaves."""

from datetime import UTC, datetime, timedelta

from gmao.clocks.model import ClockKind, HolidayRegion
from gmao.clocks.service_levels import clock_terms
from gmao.workorders.compute import ClockReading, escalations, read_clocks
from gmao.workorders.history import fold
from gmao.workorders.model import EventKind, LogEntry, Milestone, Status, Target, WorkOrderState
from lighting.faults.model import Urgency

TERMS = clock_terms("Europe/Paris", HolidayRegion.FRANCE)
T0 = datetime(2026, 11, 20, 17, tzinfo=UTC)  # a Friday, 18:00 in Paris


def later(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def order(urgency: Urgency, *steps: tuple[Target, float, str | None]) -> WorkOrderState:
    moves = [
        LogEntry(EventKind.MOVED, later(hours), later(hours), to=to, reason=reason)
        for to, hours, reason in steps
    ]
    return fold([LogEntry(EventKind.OPENED, T0, T0, urgency=urgency), *moves])


def clock(state: WorkOrderState, kind: ClockKind) -> ClockReading:
    return next(one for one in read_clocks(state, TERMS) if one.kind is kind and one.is_current)


def test_arriving_stops_the_response_and_nothing_else() -> None:
    state = order(Urgency.U1, (Status.ON_SITE, 3, None))
    assert clock(state, ClockKind.RESPONSE).stopped_at == later(3)
    assert not clock(state, ClockKind.RESPONSE).is_late(later(100))
    assert clock(state, ClockKind.RESTORE).stopped_at is None


def test_a_clock_nobody_stopped_is_late_after_its_deadline() -> None:
    response = clock(order(Urgency.U1), ClockKind.RESPONSE)
    assert response.due_at == later(4)
    assert not response.is_late(later(4))
    assert response.is_late(later(4.01))


def test_making_safe_stops_its_own_clock() -> None:
    state = order(Urgency.U0, (Status.ON_SITE, 0.5, None), (Milestone.MADE_SAFE, 1.5, None))
    assert clock(state, ClockKind.MAKE_SAFE).stopped_at == later(1.5)
    assert clock(state, ClockKind.RESTORE).stopped_at is None


def test_a_repair_also_makes_safe() -> None:
    state = order(Urgency.U0, (Status.ON_SITE, 0.5, None), (Status.DONE, 1, None))
    assert clock(state, ClockKind.MAKE_SAFE).stopped_at == later(1)


def test_done_stops_the_repair_until_the_order_is_reopened() -> None:
    done = order(Urgency.U1, (Status.DONE, 20, None))
    assert clock(done, ClockKind.RESTORE).stopped_at == later(20)
    again = order(Urgency.U1, (Status.DONE, 20, None), (Status.REOPENED, 60, "dark again"))
    restore = clock(again, ClockKind.RESTORE)
    assert (restore.due_at, restore.stopped_at) == (later(24), None)
    assert restore.is_late(later(60))


def test_waiting_for_the_distributor_moves_the_deadline_and_waiting_for_a_part_does_not() -> None:
    for reason, due in (("wait_dso", 34), ("wait_part", 24)):
        state = order(Urgency.U1, (Status.SUSPENDED, 5, reason), (Status.IN_PROGRESS, 15, None))
        assert clock(state, ClockKind.RESTORE).due_at == later(due)


def test_while_a_pause_lasts_there_is_no_deadline() -> None:
    state = order(Urgency.U1, (Status.SUSPENDED, 2, "access"))
    assert clock(state, ClockKind.RESTORE).due_at is None
    assert not clock(state, ClockKind.RESTORE).is_late(later(1000))


def test_nothing_pauses_a_danger() -> None:
    state = order(Urgency.U0, (Status.SUSPENDED, 0.5, "weather"))
    assert clock(state, ClockKind.MAKE_SAFE).due_at == later(2)


def test_a_change_of_class_keeps_both_results() -> None:
    classed = LogEntry(EventKind.CLASSED, later(3), later(3), urgency=Urgency.U1)
    state = fold([LogEntry(EventKind.OPENED, T0, T0, urgency=Urgency.U3), classed])
    restores = [one for one in read_clocks(state, TERMS) if one.kind is ClockKind.RESTORE]
    assert [(one.urgency, one.is_current) for one in restores] == [
        (Urgency.U3, False),
        (Urgency.U1, True),
    ]
    assert restores[1].due_at == later(24)


def test_a_cancelled_order_has_no_running_clock() -> None:
    state = order(Urgency.U1, (Status.CANCELLED, 1, "mistake"))
    assert all(one.stopped_at == later(1) for one in read_clocks(state, TERMS))


def test_a_clock_warns_at_half_at_four_fifths_and_at_its_deadline() -> None:
    state = order(Urgency.U1)
    response = next(one for one in TERMS[Urgency.U1] if one.kind is ClockKind.RESPONSE)
    warned = escalations(state, state.classes[-1], response)
    assert [(one.percent, one.at) for one in warned] == [
        (50, later(2)),
        (80, later(3.2)),
        (100, later(4)),
    ]


def test_a_stopped_clock_warns_no_more() -> None:
    state = order(Urgency.U1, (Status.ON_SITE, 3, None))
    response = next(one for one in TERMS[Urgency.U1] if one.kind is ClockKind.RESPONSE)
    assert escalations(state, state.classes[-1], response) == []

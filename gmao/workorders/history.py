"""The state of a work order is a fold of its log; nothing else makes a state."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce

from gmao.clocks.model import SuspensionReason
from gmao.workorders.model import (
    NEVER_WORKED,
    ClassPeriod,
    EventKind,
    LogEntry,
    Milestone,
    Status,
    Wait,
    WorkOrderState,
)

# Under this key, a change of class names the instant its clocks are counted from.
COUNTED_FROM = "counted_from"


def fold(entries: Iterable[LogEntry]) -> WorkOrderState:
    """What a log comes to. Its first entry opens the order."""
    first, *rest = entries
    return reduce(apply, rest, opened(first))


def opened(entry: LogEntry) -> WorkOrderState:
    """The state an order starts in. T0 is never changed afterwards."""
    if entry.kind is not EventKind.OPENED or entry.urgency is None:
        raise ValueError("a log starts by opening the order with its urgency")
    return WorkOrderState(
        status=Status.NEW,
        opened_at=entry.occurred_at,
        moved_at=entry.occurred_at,
        classes=(ClassPeriod(entry.urgency, entry.occurred_at),),
    )


def apply(state: WorkOrderState, entry: LogEntry) -> WorkOrderState:
    """The state after one more entry."""
    state = replace(state, version=state.version + 1)
    if entry.kind is EventKind.CLASSED and entry.urgency is not None:
        return _classed(state, entry)
    if entry.kind is EventKind.MOVED:
        return _moved(state, entry)
    return state


def _classed(state: WorkOrderState, entry: LogEntry) -> WorkOrderState:
    """A class counts from T0, unless a fault that came later brought it."""
    assert entry.urgency is not None
    since = entry.detail.get(COUNTED_FROM)
    counted_from = datetime.fromisoformat(since) if since else state.opened_at
    return replace(state, classes=(*state.classes, ClassPeriod(entry.urgency, counted_from)))


def _moved(state: WorkOrderState, entry: LogEntry) -> WorkOrderState:
    at, to = entry.occurred_at, entry.to
    state = replace(_resumed(state, at), moved_at=at)
    match to:
        case Milestone.MADE_SAFE:
            return replace(state, made_safe_at=state.made_safe_at or at)
        case Status.SUSPENDED:
            wait = Wait(SuspensionReason(entry.reason or ""), at)
            return replace(state, status=to, waits=(*state.waits, wait))
        case Status.ON_SITE:
            return replace(state, status=to, arrived_at=state.arrived_at or at)
        case Status.DONE:
            return replace(state, status=to, done_at=at)
        case Status.REOPENED:
            return replace(state, status=to, done_at=None)
        case Status() if to in NEVER_WORKED:
            return replace(state, status=to, ended_at=at)
        case Status():
            return replace(state, status=to)
        case None:
            raise ValueError("a move says where to")


def _resumed(state: WorkOrderState, at: datetime) -> WorkOrderState:
    """Whatever move leaves a suspension ends its wait."""
    if state.status is not Status.SUSPENDED:
        return state
    *before, last = state.waits
    return replace(state, waits=(*before, replace(last, end=at)))

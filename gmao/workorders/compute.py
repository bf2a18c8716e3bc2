"""The clocks of a work order: what they were promised, when they stopped, when they warn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gmao.clocks.compute import due_at, share_reached_at
from gmao.clocks.model import FOREVER, ClockKind, ClockTerms, Span
from gmao.workorders.model import ClassPeriod, Wait, WorkOrderState
from lighting.faults.model import Urgency

# Shares of the time allowed at which somebody is told, in percent; 100 is the deadline.
ESCALATIONS_PERCENT = (50, 80, 100)

Terms = Mapping[Urgency, Sequence[ClockTerms]]


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One clock: of the class in force, or of a former one, whose result is kept.

    Without `due_at`, a pause that the terms accept is holding it.
    """

    kind: ClockKind
    urgency: Urgency
    is_current: bool
    counted_from: datetime
    due_at: datetime | None
    stopped_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Whether the deadline has passed, or had when the clock stopped."""
        return self.due_at is not None and (self.stopped_at or now) > self.due_at


def read_clocks(state: WorkOrderState, terms: Terms) -> list[ClockReading]:
    """Every clock of an order, former classes first. A class taken twice counts once, last."""
    last_of_each = {period.urgency: period for period in state.classes}
    periods = sorted(last_of_each.values(), key=state.classes.index)
    return [
        ClockReading(
            clock.kind,
            period.urgency,
            period.urgency is state.urgency,
            period.counted_from,
            due_at(clock, period.counted_from, pauses(state.waits, clock)),
            stopped_at(state, clock.kind),
        )
        for period in periods
        for clock in terms[period.urgency]
    ]


def pauses(waits: Sequence[Wait], terms: ClockTerms) -> list[Span]:
    """The waits that stop the count under some terms."""
    return [
        Span(wait.start, wait.end or FOREVER)
        for wait in waits
        if wait.reason in terms.pausable_reasons
    ]


def stopped_at(state: WorkOrderState, kind: ClockKind) -> datetime | None:
    """What stops each clock: arrival, danger removed, work done; or the end of the order."""
    stops = {
        ClockKind.RESPONSE: state.arrived_at,
        ClockKind.MAKE_SAFE: state.made_safe_at or state.done_at,
        ClockKind.RESTORE: state.done_at,
    }
    return stops[kind] or state.ended_at


@dataclass(frozen=True, slots=True)
class Escalation:
    """At `at`, a clock has used `percent` of its time."""

    percent: int
    at: datetime


def escalations(state: WorkOrderState, period: ClassPeriod, clock: ClockTerms) -> list[Escalation]:
    """When a running clock warns; never, while a pause leaves its deadline unknown."""
    held = pauses(state.waits, clock)
    due = due_at(clock, period.counted_from, held)
    if due is None or stopped_at(state, clock.kind) is not None:
        return []
    return [
        Escalation(percent, share_reached_at(clock, period.counted_from, due, percent / 100, held))
        for percent in ESCALATIONS_PERCENT
    ]

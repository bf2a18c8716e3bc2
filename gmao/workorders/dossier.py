"""One work order in hand: its row, its state and its clocks, always moved together by its log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks.service import terms_of
from gmao.workorders import repository
from gmao.workorders.compute import ClockReading, Terms, escalations, read_clocks
from gmao.workorders.history import apply, fold
from gmao.workorders.model import (
    EventKind,
    LogEntry,
    Milestone,
    Position,
    Status,
    Target,
    WorkOrderState,
)
from gmao.workorders.tables import WorkOrder, WorkOrderClock, WorkOrderEvent
from kit.access.model import Caller
from kit.errors import NotFoundError
from lighting.faults.model import Urgency


@dataclass(slots=True)
class Dossier:
    """An order held by this transaction."""

    order: WorkOrder
    state: WorkOrderState
    terms: Terms

    @property
    def position(self) -> Position | None:
        """Where the work is."""
        if self.order.lon_deg is None or self.order.lat_deg is None:
            return None
        return Position(self.order.lon_deg, self.order.lat_deg)


async def take_in_hand(session: AsyncSession, caller: Caller, work_order_id: UUID) -> Dossier:
    """Hold an order until the transaction ends; unknown to those who may not see it."""
    order = await repository.order(session, caller, work_order_id, lock=True)
    if order is None:
        raise NotFoundError("no such work order; see GET /api/v1/work-orders")
    state = fold(map(entry_of, await repository.log(session, work_order_id)))
    return Dossier(order, state, await terms_of(session, order.organisation_id, state.opened_at))


async def start(
    session: AsyncSession, caller: Caller, order: WorkOrder, state: WorkOrderState, entry: LogEntry
) -> Dossier:
    """Put a new order and the first entry of its log into the database."""
    terms = await terms_of(session, order.organisation_id, state.opened_at)
    dossier = Dossier(order, state, terms)
    session.add(order)
    await session.flush()
    await _record(session, caller, dossier, entry)
    return dossier


async def write(session: AsyncSession, caller: Caller, dossier: Dossier, entry: LogEntry) -> None:
    """Add an entry to the log and bring row and clocks to what the log now comes to."""
    dossier.state = apply(dossier.state, entry)
    project(dossier.order, dossier.state, entry.received_at)
    await _record(session, caller, dossier, entry)


def project(order: WorkOrder, state: WorkOrderState, received_at: datetime) -> None:
    """Copy onto the row what lists and constraints need of the state."""
    order.status = state.status.value
    order.urgency = state.urgency.value
    order.version = state.version
    order.opened_at = state.opened_at
    order.arrived_at = state.arrived_at
    order.made_safe_at = state.made_safe_at
    order.done_at = state.done_at
    order.ended_at = state.ended_at
    order.updated_at = received_at


async def _record(session: AsyncSession, caller: Caller, dossier: Dossier, entry: LogEntry) -> None:
    session.add(
        WorkOrderEvent(
            work_order_id=dossier.order.id,
            sequence=dossier.state.version,
            kind=entry.kind.value,
            to=entry.to.value if entry.to else None,
            urgency=entry.urgency.value if entry.urgency else None,
            reason=entry.reason,
            actor_id=caller.user_id,
            actor=caller.display_name,
            occurred_at=entry.occurred_at,
            received_at=entry.received_at,
            detail=dict(entry.detail),
        )
    )
    if entry.kind in (EventKind.OPENED, EventKind.MOVED, EventKind.CLASSED):
        await set_clocks(session, dossier)
    await session.flush()


async def set_clocks(session: AsyncSession, dossier: Dossier) -> None:
    """Bring the clock rows to what state and terms come to; warnings already given stay given."""
    present = {
        (row.kind, row.urgency): row for row in await repository.clocks(session, [dossier.order.id])
    }
    for reading in read_clocks(dossier.state, dossier.terms):
        row = present.get((reading.kind.value, reading.urgency.value))
        if row is None:
            row = WorkOrderClock(
                work_order_id=dossier.order.id,
                kind=reading.kind.value,
                urgency=reading.urgency.value,
                is_current=True,
                counted_from=reading.counted_from,
            )
            session.add(row)
        row.is_current = reading.is_current
        row.counted_from = reading.counted_from
        row.due_at = reading.due_at
        row.stopped_at = reading.stopped_at
        row.next_escalation_at = _next_warning(dossier, reading, row.escalated_percent)


def _next_warning(
    dossier: Dossier, reading: ClockReading, escalated_percent: int
) -> datetime | None:
    if not reading.is_current or reading.stopped_at or reading.due_at is None:
        return None
    period = dossier.state.classes[-1]
    clock = next(one for one in dossier.terms[period.urgency] if one.kind is reading.kind)
    later = (
        one.at
        for one in escalations(dossier.state, period, clock)
        if one.percent > escalated_percent
    )
    return next(later, None)


def entry_of(row: WorkOrderEvent) -> LogEntry:
    """A row of the log as the rules read it."""
    return LogEntry(
        kind=EventKind(row.kind),
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        to=target_of(row.to) if row.to else None,
        urgency=Urgency(row.urgency) if row.urgency else None,
        reason=row.reason,
        detail=row.detail,
    )


def target_of(name: str) -> Target:
    """The status or milestone of that name."""
    if name in set(Milestone):
        return Milestone(name)
    return Status(name)

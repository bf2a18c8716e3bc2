"""Making a move that was found legal: log, row, clocks, events and audit, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders.dossier import Dossier, write
from gmao.workorders.history import COUNTED_FROM
from gmao.workorders.model import (
    EventKind,
    LogEntry,
    Status,
    Target,
    WorkOrderChanged,
    WorkOrderDone,
    WorkOrderVerified,
)
from gmao.workorders.moves import Party
from gmao.workorders.rules import MoveRequest, OrderFacts, check_move
from kit import outbox
from kit.access import audit
from kit.access.model import Caller
from kit.log import get_logger
from kit.outbox import Event
from lighting.faults.model import Urgency

log = get_logger()


async def move(
    session: AsyncSession,
    caller: Caller,
    dossier: Dossier,
    to: Target,
    *,
    occurred_at: datetime,
    received_at: datetime,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write the move into the log and tell those concerned."""
    before = dossier.state.status
    entry = LogEntry(
        EventKind.MOVED,
        occurred_at,
        received_at,
        to=to,
        reason=reason,
        detail={**(detail or {}), "from": before.value},
    )
    await write(session, caller, dossier, entry)
    await _tell(session, dossier, to, received_at)
    await note_audit(session, caller, dossier, f"work_order.{to.value}", received_at, reason)
    log.info(
        "work order moved",
        work_order_id=str(dossier.order.id),
        status_before=before.value,
        to=to.value,
    )


async def move_by_itself(
    session: AsyncSession,
    system: Caller,
    dossier: Dossier,
    to: Status,
    *,
    at: datetime,
    received_at: datetime,
    reason: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """A move that evidence makes, under the same rules as people's."""
    facts = OrderFacts(has_subject=True)
    check_move(dossier.state, facts, MoveRequest(to, reason=reason), frozenset({Party.SYSTEM}))
    await move(
        session,
        system,
        dossier,
        to,
        occurred_at=max(at, dossier.state.moved_at),
        received_at=received_at,
        reason=reason,
        detail=detail,
    )


async def classify(
    session: AsyncSession,
    caller: Caller,
    dossier: Dossier,
    urgency: Urgency,
    *,
    at: datetime,
    reason: str | None,
    counted_from: datetime | None = None,
) -> None:
    """Put the order into another class. Its clocks count from T0, or from what brought it."""
    detail = {} if counted_from is None else {COUNTED_FROM: counted_from.isoformat()}
    entry = LogEntry(EventKind.CLASSED, at, at, urgency=urgency, reason=reason, detail=detail)
    await write(session, caller, dossier, entry)
    await tell_changed(session, dossier, at)
    await note_audit(session, caller, dossier, "work_order.classify", at, reason)


async def tell_changed(session: AsyncSession, dossier: Dossier, at: datetime) -> None:
    """Let open screens know that the order is not what it was."""
    await outbox.emit(session, _changed(dossier), at=at)


async def _tell(session: AsyncSession, dossier: Dossier, to: Target, at: datetime) -> None:
    order = dossier.order
    events: list[Event] = [_changed(dossier)]
    kinds = {Status.DONE: WorkOrderDone, Status.VERIFIED: WorkOrderVerified}
    if isinstance(to, Status) and to in kinds:
        events.append(
            kinds[to](
                work_order_id=order.id,
                organisation_id=order.organisation_id,
                light_point_id=order.light_point_id,
            )
        )
    await outbox.emit(session, *events, at=at)


def _changed(dossier: Dossier) -> WorkOrderChanged:
    return WorkOrderChanged(
        work_order_id=dossier.order.id,
        organisation_id=dossier.order.organisation_id,
        status=dossier.state.status.value,
    )


async def note_audit(
    session: AsyncSession,
    caller: Caller,
    dossier: Dossier,
    action: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    """One line of the audit trail about the order."""
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type="work_order",
        subject_id=dossier.order.id,
        organisation_id=dossier.order.organisation_id,
        detail={"number": dossier.order.number, "reason": reason},
    )

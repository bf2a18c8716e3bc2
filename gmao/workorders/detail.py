"""One order with everything a dispatcher or a crew needs to decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks.model import ClockKind
from gmao.failures.model import ReplacementReason
from gmao.stock import catalogue
from gmao.stock.model import PartView
from gmao.workorders import repository
from gmao.workorders.dossier import entry_of, target_of
from gmao.workorders.history import fold
from gmao.workorders.model import EventKind, Status
from gmao.workorders.moves import Move
from gmao.workorders.reading import is_late, summary, surroundings
from gmao.workorders.rules import legal_moves
from gmao.workorders.schemas import (
    AlarmReference,
    ClockAnswer,
    CompletionAnswer,
    EventAnswer,
    Named,
    OrderReference,
    PartReference,
    PartUsedAnswer,
    WorkOrderDetailAnswer,
)
from gmao.workorders.standing import parties_of
from gmao.workorders.tables import (
    WorkOrder,
    WorkOrderAlarm,
    WorkOrderClock,
    WorkOrderEvent,
    WorkOrderPart,
)
from gmao.workorders.texts import wording
from kit.access.model import Caller
from kit.errors import NotFoundError
from lighting.faults.model import Urgency


async def work_order(
    session: AsyncSession, caller: Caller, work_order_id: UUID, *, now: datetime
) -> WorkOrderDetailAnswer:
    """One order, unknown to those who may not see it."""
    order = await repository.order(session, caller, work_order_id)
    if order is None:
        raise NotFoundError("no such work order; see GET /api/v1/work-orders")
    rows = await repository.log(session, order.id)
    state = fold(map(entry_of, rows))
    moves = legal_moves(state, await parties_of(session, caller, order))
    used = await repository.parts_used(session, order.id)
    usual = await repository.usual_part(session, order.organisation_id, order.cause)
    parts = await catalogue.parts_by_id(
        session, {one.part_id for one in used} | ({usual} if usual else set())
    )
    base = summary(order, await surroundings(session, caller, [order]), caller.language, now)
    return WorkOrderDetailAnswer(
        **dict(base),
        description=order.description,
        hazards=order.hazards,
        lon_deg=order.lon_deg,
        lat_deg=order.lat_deg,
        probable_cause=wording(order.cause, caller.language).hint,
        suggested_part=_part(parts[usual]) if usual else None,
        repeat_of=await _reference(session, caller, order.repeat_of_id),
        master=await _reference(session, caller, order.master_id),
        clocks=_clocks(await repository.clocks(session, [order.id]), now),
        events=[_event(row) for row in rows],
        alarms=[_alarm(one) for one in await repository.alarms(session, order.id)],
        allowed=[move.to for move in moves],
        needs=_needs(moves),
        parts=[_used(one, parts) for one in used],
        completion=_completion(order),
    )


def _needs(moves: Sequence[Move]) -> dict[str, list[str]]:
    return {move.to.value: [need.value for need in move.needs] for move in moves if move.needs}


async def _reference(
    session: AsyncSession, caller: Caller, work_order_id: UUID | None
) -> OrderReference | None:
    if work_order_id is None:
        return None
    found = await repository.order(session, caller, work_order_id)
    return OrderReference.model_validate(found) if found else None


def _clocks(rows: Sequence[WorkOrderClock], now: datetime) -> list[ClockAnswer]:
    in_order = sorted(rows, key=lambda row: (row.is_current, row.counted_from, row.kind))
    return [
        ClockAnswer(
            kind=ClockKind(row.kind),
            urgency=Urgency(row.urgency),
            is_current=row.is_current,
            counted_from=row.counted_from,
            due_at=row.due_at,
            stopped_at=row.stopped_at,
            is_late=is_late(row, now),
        )
        for row in in_order
    ]


def _event(row: WorkOrderEvent) -> EventAnswer:
    before = row.detail.get("from")
    is_remark = row.kind == EventKind.NOTED
    return EventAnswer(
        id=row.sequence,
        at=row.occurred_at,
        received_at=row.received_at,
        kind=EventKind(row.kind),
        from_status=Status(before) if before else None,
        to=target_of(row.to) if row.to else None,
        urgency=Urgency(row.urgency) if row.urgency else None,
        author=Named(id=row.actor_id, name=row.actor) if row.actor_id else None,
        reason=None if is_remark else row.reason,
        note=row.reason if is_remark else row.detail.get("note"),
        detail=row.detail,
    )


def _alarm(row: WorkOrderAlarm) -> AlarmReference:
    return AlarmReference(
        id=row.alarm_id,
        cause=row.cause,
        urgency=Urgency(row.urgency),
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
    )


def _part(part: PartView) -> PartReference:
    return PartReference(id=part.id, reference=part.reference, designation=part.designation)


def _used(row: WorkOrderPart, parts: Mapping[UUID, PartView]) -> PartUsedAnswer:
    return PartUsedAnswer(
        part=_part(parts[row.part_id]),
        quantity=row.quantity,
        shortfall_quantity=row.shortfall_quantity,
        unit_cost_eur=row.unit_cost_eur,
    )


def _completion(order: WorkOrder) -> CompletionAnswer | None:
    if order.failure_mode is None or order.failure_cause is None or order.remedy is None:
        return None
    reason = order.replacement_reason
    return CompletionAnswer(
        failure_mode=order.failure_mode,
        failure_mechanism=order.failure_mechanism,
        failure_cause=order.failure_cause,
        remedy=order.remedy,
        replacement_reason=ReplacementReason(reason) if reason else None,
        labour_minutes=order.labour_minutes,
        note=order.completion_note,
    )

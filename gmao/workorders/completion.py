"""The end of the work: what failed, what was done, what was used; then the light answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.stock import service as stock
from gmao.workorders.dossier import Dossier, take_in_hand
from gmao.workorders.model import Status
from gmao.workorders.moving import move
from gmao.workorders.requests import Completion, PartTaken, Told
from gmao.workorders.rules import MoveRequest
from gmao.workorders.service import check_may_move
from gmao.workorders.tables import WorkOrder, WorkOrderPart
from gmao.workorders.verification import verify_if_healthy
from kit.access.model import Caller


async def complete(
    session: AsyncSession, caller: Caller, work_order_id: UUID, done: Completion, told: Told
) -> None:
    """Declare the work done. The order waits for its light, unless that has answered already."""
    done.check()
    dossier = await take_in_hand(session, caller, work_order_id)
    timing = told.timing(dossier.state)
    await check_may_move(session, caller, dossier, MoveRequest(Status.DONE, has_completion=True))
    for part in sorted(done.parts, key=lambda one: (one.part_id, str(one.store_id))):
        await _use(session, caller, dossier, part, timing.occurred_at)
    _keep(dossier.order, done)
    detail = _summary(done)
    if timing.doubt and told.occurred_at:
        detail |= {"claimed_at": told.occurred_at.isoformat(), "doubt": timing.doubt}
    await move(
        session,
        caller,
        dossier,
        Status.DONE,
        occurred_at=timing.occurred_at,
        received_at=told.at,
        reason=done.note,
        detail=detail,
    )
    await verify_if_healthy(session, dossier, told.at)


async def _use(
    session: AsyncSession, caller: Caller, dossier: Dossier, part: PartTaken, at: datetime
) -> None:
    taken = await stock.consume(
        session,
        caller,
        part_id=part.part_id,
        quantity=part.quantity,
        store_id=part.store_id,
        crew_id=dossier.order.crew_id,
        work_order_id=dossier.order.id,
        at=at,
    )
    session.add(
        WorkOrderPart(
            work_order_id=dossier.order.id,
            part_id=taken.part_id,
            store_id=taken.store_id,
            quantity=taken.quantity,
            shortfall_quantity=taken.shortfall_quantity,
            unit_cost_eur=taken.unit_cost_eur,
            used_at=at,
        )
    )


def _keep(order: WorkOrder, done: Completion) -> None:
    order.failure_mode = done.failure_mode
    order.failure_mechanism = done.failure_mechanism
    order.failure_cause = done.failure_cause
    order.remedy = done.remedy
    order.replacement_reason = done.replacement_reason.value if done.replacement_reason else None
    order.completion_note = done.note
    order.labour_minutes = done.labour_minutes


def _summary(done: Completion) -> dict[str, Any]:
    """A reopened order keeps what its first repair said in its log."""
    return {
        "failure_mode": done.failure_mode,
        "failure_mechanism": done.failure_mechanism,
        "failure_cause": done.failure_cause,
        "remedy": done.remedy,
        "replacement_reason": done.replacement_reason,
        "labour_minutes": done.labour_minutes,
        "parts": [{"part_id": str(part.part_id), "quantity": part.quantity} for part in done.parts],
    }

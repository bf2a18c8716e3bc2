"""Clocks that run out are told of at half, at four fifths and at their deadline."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks.model import ClockKind
from gmao.workorders import repository
from gmao.workorders.compute import Escalation, escalations
from gmao.workorders.dossier import Dossier, set_clocks, take_in_hand
from gmao.workorders.model import WorkOrderEscalated
from gmao.workorders.tables import WorkOrderClock
from kit import outbox
from kit.access.model import Caller

ORDERS_MAX = 500
CLOCKS = Caller.system("clocks")


async def warn_of_deadlines(
    session: AsyncSession, now: datetime, *, limit: int = ORDERS_MAX
) -> int:
    """Emit what clocks have reached since the last time; returns how many warnings were given.

    Bears repetition, and several workers: a warning is given once, for the highest share reached.
    """
    given = 0
    for work_order_id in await repository.orders_to_warn_of(session, now, limit):
        dossier = await take_in_hand(session, CLOCKS, work_order_id)
        for clock in await repository.clocks(session, [work_order_id]):
            given += await _warn(session, dossier, clock, now)
        await set_clocks(session, dossier)
    return given


async def _warn(
    session: AsyncSession, dossier: Dossier, clock: WorkOrderClock, now: datetime
) -> int:
    reached = _highest_reached(dossier, clock, now)
    if reached is None or reached.percent <= clock.escalated_percent:
        return 0
    clock.escalated_percent = reached.percent
    event = WorkOrderEscalated(
        work_order_id=dossier.order.id,
        organisation_id=dossier.order.organisation_id,
        kind=clock.kind,
        percent=reached.percent,
    )
    await outbox.emit(session, event, at=now)
    return 1


def _highest_reached(dossier: Dossier, clock: WorkOrderClock, now: datetime) -> Escalation | None:
    if not clock.is_current:
        return None
    period = dossier.state.classes[-1]
    kind = ClockKind(clock.kind)
    terms = next(one for one in dossier.terms[period.urgency] if one.kind is kind)
    reached = [one for one in escalations(dossier.state, period, terms) if one.at <= now]
    return reached[-1] if reached else None

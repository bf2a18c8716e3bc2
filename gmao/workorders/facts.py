"""What reports and indicators rest on: plain facts about orders, read for whole organisations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from gmao.clocks.model import ClockKind
from gmao.workorders.model import (
    NEVER_WORKED,
    OPEN,
    EventKind,
    OrderFact,
    RestoreFact,
    Source,
    Status,
)
from gmao.workorders.tables import WorkOrder, WorkOrderClock, WorkOrderEvent, WorkOrderPart
from lighting.faults.model import Urgency


async def restore_facts(
    session: AsyncSession, organisation_ids: Collection[UUID], start: datetime, end: datetime
) -> Sequence[RestoreFact]:
    """Orders whose repair fell due, or was done, in [start, end); those never worked are apart."""
    query = (
        sa.select(
            col(WorkOrder.urgency),
            col(WorkOrder.opened_at),
            col(WorkOrderClock.due_at),
            col(WorkOrderClock.stopped_at),
        )
        .join(WorkOrderClock, col(WorkOrderClock.work_order_id) == col(WorkOrder.id))
        .where(
            col(WorkOrder.organisation_id).in_(organisation_ids),
            col(WorkOrder.status).not_in(sorted(NEVER_WORKED)),
            col(WorkOrderClock.is_current),
            col(WorkOrderClock.kind) == ClockKind.RESTORE.value,
            _within(col(WorkOrderClock.due_at), start, end)
            | _within(col(WorkOrderClock.stopped_at), start, end),
        )
        .order_by(col(WorkOrder.opened_at), col(WorkOrder.id))
    )
    return [
        RestoreFact(Urgency(urgency), opened_at, due_at, restored_at)
        for urgency, opened_at, due_at, restored_at in await session.execute(query)
    ]


async def order_facts(
    session: AsyncSession, organisation_ids: Collection[UUID], start: datetime, end: datetime
) -> Sequence[OrderFact]:
    """Orders opened or done in [start, end)."""
    reopened = sa.exists().where(
        col(WorkOrderEvent.work_order_id) == col(WorkOrder.id),
        col(WorkOrderEvent.kind) == EventKind.MOVED.value,
        col(WorkOrderEvent.to) == Status.REOPENED.value,
    )
    query = (
        sa.select(
            col(WorkOrder.source),
            col(WorkOrder.status),
            col(WorkOrder.opened_at),
            col(WorkOrder.done_at),
            reopened | col(WorkOrder.repeat_of_id).is_not(None),
            col(WorkOrder.labour_minutes),
        )
        .where(
            col(WorkOrder.organisation_id).in_(organisation_ids),
            col(WorkOrder.status).not_in(sorted(NEVER_WORKED)),
            _within(col(WorkOrder.opened_at), start, end)
            | _within(col(WorkOrder.done_at), start, end),
        )
        .order_by(col(WorkOrder.opened_at), col(WorkOrder.id))
    )
    return [
        OrderFact(Source(source), Status(status), opened_at, done_at, is_repeat, minutes)
        for source, status, opened_at, done_at, is_repeat, minutes in await session.execute(query)
    ]


async def open_count(session: AsyncSession, organisation_ids: Collection[UUID]) -> int:
    """Orders open now."""
    query = sa.select(sa.func.count()).where(
        col(WorkOrder.organisation_id).in_(organisation_ids),
        col(WorkOrder.status).in_(sorted(OPEN)),
    )
    return (await session.execute(query)).scalar_one()


async def parts_cost_eur(
    session: AsyncSession, organisation_ids: Collection[UUID], start: datetime, end: datetime
) -> Decimal:
    """Price of the parts used in [start, end)."""
    price = sa.func.sum(col(WorkOrderPart.unit_cost_eur) * col(WorkOrderPart.quantity))
    query = (
        sa.select(sa.func.coalesce(price, Decimal()))
        .join(WorkOrder, col(WorkOrder.id) == col(WorkOrderPart.work_order_id))
        .where(
            col(WorkOrder.organisation_id).in_(organisation_ids),
            _within(col(WorkOrderPart.used_at), start, end),
        )
    )
    return (await session.execute(query)).scalar_one()


def _within(column: Mapped[Any], start: datetime, end: datetime) -> sa.ColumnElement[bool]:
    return (column >= start) & (column < end)

"""Every query about work orders."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from math import cos, radians
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from gmao.workorders.matching import NEAR_M, NEAR_TIME, REOPEN_WITHIN, Sighting
from gmao.workorders.model import OPEN, REPAIRED, OrderFilter
from gmao.workorders.tables import (
    WorkOrder,
    WorkOrderAlarm,
    WorkOrderClock,
    WorkOrderCounter,
    WorkOrderEvent,
    WorkOrderPart,
)
from kit.access.model import Caller
from kit.access.scope import visible

CANDIDATES_MAX = 50
METRES_PER_DEGREE = 111_195


async def lock_openings(session: AsyncSession, organisation_id: UUID) -> None:
    """Let one transaction at a time decide what is opened or joined in an organisation."""
    key = sa.func.hashtextextended(f"work_order.open:{organisation_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def next_number(session: AsyncSession, organisation_id: UUID, year: int) -> int:
    """The next number of an organisation and year; without holes, as the row is held."""
    statement = insert(WorkOrderCounter).values(
        organisation_id=organisation_id, year=year, last_number=1
    )
    statement = statement.on_conflict_do_update(
        index_elements=["organisation_id", "year"],
        set_={"last_number": col(WorkOrderCounter.last_number) + 1},
    )
    number: int | None = await session.scalar(
        statement.returning(col(WorkOrderCounter.last_number))
    )
    assert number is not None
    return number


async def order(
    session: AsyncSession, caller: Caller, work_order_id: UUID, *, lock: bool = False
) -> WorkOrder | None:
    """One order the caller may see; held until the transaction ends when `lock`."""
    query = sa.select(WorkOrder).where(
        col(WorkOrder.id) == work_order_id, visible(WorkOrder.organisation_id, caller)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).first()


async def orders(
    session: AsyncSession,
    caller: Caller,
    wanted: OrderFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[WorkOrder]:
    """Orders, newest first, `limit` at most, after an (opened_at, id)."""
    query = sa.select(WorkOrder).where(visible(WorkOrder.organisation_id, caller))
    for condition in _conditions(wanted):
        query = query.where(condition)
    if after is not None:
        query = query.where(sa.tuple_(col(WorkOrder.opened_at), col(WorkOrder.id)) < after)
    query = query.order_by(col(WorkOrder.opened_at).desc(), col(WorkOrder.id).desc())
    return (await session.scalars(query.limit(limit))).all()


def _conditions(wanted: OrderFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.statuses is not None:
        conditions.append(col(WorkOrder.status).in_(sorted(wanted.statuses)))
    if wanted.organisation_ids is not None:
        conditions.append(col(WorkOrder.organisation_id).in_(wanted.organisation_ids))
    if wanted.crew_ids is not None:
        conditions.append(col(WorkOrder.crew_id).in_(wanted.crew_ids))
    if wanted.light_point_id is not None:
        conditions.append(col(WorkOrder.light_point_id) == wanted.light_point_id)
    if wanted.cabinet_id is not None:
        conditions.append(col(WorkOrder.cabinet_id) == wanted.cabinet_id)
    if wanted.late_at is not None:
        conditions.append(_is_late(wanted.late_at))
    return conditions


def _is_late(now: datetime) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        col(WorkOrderClock.work_order_id) == col(WorkOrder.id),
        col(WorkOrderClock.is_current),
        col(WorkOrderClock.stopped_at).is_(None),
        col(WorkOrderClock.due_at) < now,
    )


async def candidates(
    session: AsyncSession, organisation_id: UUID, sighting: Sighting
) -> Sequence[WorkOrder]:
    """Orders of the organisation that might already be about a sighting."""
    assets = [one for one in (sighting.asset_id, sighting.cabinet_id) if one is not None]
    is_there: sa.ColumnElement[bool] = col(WorkOrder.asset_id).in_(assets)
    if sighting.position is not None:
        is_there = is_there | _is_near(sighting)
    is_recent = col(WorkOrder.status).in_(sorted(OPEN)) | (
        col(WorkOrder.status).in_(sorted(REPAIRED))
        & (col(WorkOrder.done_at) >= sighting.seen_at - REOPEN_WITHIN)
    )
    query = (
        sa.select(WorkOrder)
        .where(col(WorkOrder.organisation_id) == organisation_id, is_there, is_recent)
        .order_by(col(WorkOrder.opened_at).desc())
        .limit(CANDIDATES_MAX)
    )
    return (await session.scalars(query)).all()


def _is_near(sighting: Sighting) -> sa.ColumnElement[bool]:
    """Within a rectangle that holds the circle; the exact distance is for the rules."""
    assert sighting.position is not None
    lon, lat = sighting.position.lon_deg, sighting.position.lat_deg
    lat_reach = NEAR_M / METRES_PER_DEGREE
    lon_reach = lat_reach / max(cos(radians(lat)), 0.01)
    return (
        col(WorkOrder.lat_deg).between(lat - lat_reach, lat + lat_reach)
        & col(WorkOrder.lon_deg).between(lon - lon_reach, lon + lon_reach)
        & (col(WorkOrder.opened_at) >= sighting.seen_at - NEAR_TIME - timedelta(days=1))
    )


async def open_twin(session: AsyncSession, order: WorkOrder) -> WorkOrder | None:
    """Another open order for the same asset and cause."""
    query = sa.select(WorkOrder).where(
        col(WorkOrder.id) != order.id,
        col(WorkOrder.asset_id) == order.asset_id,
        col(WorkOrder.cause) == order.cause,
        col(WorkOrder.status).in_(sorted(OPEN)),
    )
    return (await session.scalars(query)).first()


async def log(session: AsyncSession, work_order_id: UUID) -> Sequence[WorkOrderEvent]:
    query = (
        sa.select(WorkOrderEvent)
        .where(col(WorkOrderEvent.work_order_id) == work_order_id)
        .order_by(col(WorkOrderEvent.sequence))
    )
    return (await session.scalars(query)).all()


async def clocks(
    session: AsyncSession, work_order_ids: Collection[UUID]
) -> Sequence[WorkOrderClock]:
    query = sa.select(WorkOrderClock).where(col(WorkOrderClock.work_order_id).in_(work_order_ids))
    return (await session.scalars(query)).all()


async def orders_to_warn_of(session: AsyncSession, now: datetime, limit: int) -> Sequence[UUID]:
    """Orders with a running clock whose next warning is due; those held by others are left."""
    warned = sa.select(col(WorkOrderClock.work_order_id)).where(
        col(WorkOrderClock.is_current),
        col(WorkOrderClock.stopped_at).is_(None),
        col(WorkOrderClock.next_escalation_at) <= now,
    )
    query = (
        sa.select(col(WorkOrder.id))
        .where(col(WorkOrder.id).in_(warned))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def alarm(session: AsyncSession, alarm_id: UUID) -> WorkOrderAlarm | None:
    return await session.get(WorkOrderAlarm, alarm_id, populate_existing=True)


async def alarms(session: AsyncSession, work_order_id: UUID) -> Sequence[WorkOrderAlarm]:
    query = (
        sa.select(WorkOrderAlarm)
        .where(col(WorkOrderAlarm.work_order_id) == work_order_id)
        .order_by(col(WorkOrderAlarm.raised_at), col(WorkOrderAlarm.alarm_id))
    )
    return (await session.scalars(query)).all()


async def orders_of_alarms(
    session: AsyncSession, caller: Caller, alarm_ids: Collection[UUID]
) -> Mapping[UUID, WorkOrder]:
    """The order that answers for each alarm, where there is one."""
    query = (
        sa.select(col(WorkOrderAlarm.alarm_id), WorkOrder)
        .join(WorkOrder, col(WorkOrder.id) == col(WorkOrderAlarm.work_order_id))
        .where(
            col(WorkOrderAlarm.alarm_id).in_(alarm_ids),
            visible(WorkOrder.organisation_id, caller),
        )
    )
    return {alarm_id: found for alarm_id, found in (await session.execute(query)).all()}


async def parts_used(session: AsyncSession, work_order_id: UUID) -> Sequence[WorkOrderPart]:
    query = (
        sa.select(WorkOrderPart)
        .where(col(WorkOrderPart.work_order_id) == work_order_id)
        .order_by(col(WorkOrderPart.used_at), col(WorkOrderPart.id))
    )
    return (await session.scalars(query)).all()


async def usual_part(session: AsyncSession, organisation_id: UUID, cause: str) -> UUID | None:
    """The part that repairs of this cause used most often in the organisation."""
    query = (
        sa.select(col(WorkOrderPart.part_id))
        .join(WorkOrder, col(WorkOrder.id) == col(WorkOrderPart.work_order_id))
        .where(col(WorkOrder.organisation_id) == organisation_id, col(WorkOrder.cause) == cause)
        .group_by(col(WorkOrderPart.part_id))
        .order_by(sa.func.count().desc(), col(WorkOrderPart.part_id))
        .limit(1)
    )
    return (await session.scalars(query)).first()

"""Orders as lists and screens show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks.model import ClockKind
from gmao.crews import service as crews
from gmao.workorders import places, repository
from gmao.workorders.model import OrderFilter, Source, Status
from gmao.workorders.schemas import (
    Coded,
    LightPlace,
    Named,
    OrderReference,
    WorkOrderAnswer,
)
from gmao.workorders.tables import WorkOrder, WorkOrderClock
from gmao.workorders.texts import wording
from kit.access import service as access
from kit.access.model import Caller
from lighting.faults.model import Urgency
from lighting.registry.light_points.model import LightPointView
from lighting.registry.network.model import CabinetView


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What orders refer to, looked up once for a whole page."""

    organisations: Mapping[UUID, str]
    crews: Mapping[UUID, str]
    lights: Mapping[UUID, LightPointView]
    cabinets: Mapping[UUID, CabinetView]
    clocks: Mapping[tuple[UUID, str], WorkOrderClock]


async def work_orders(
    session: AsyncSession,
    caller: Caller,
    wanted: OrderFilter,
    *,
    now: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[WorkOrderAnswer]:
    """Orders the caller may see, newest first."""
    found = await repository.orders(session, caller, wanted, after=after, limit=limit)
    around = await surroundings(session, caller, found)
    return [summary(order, around, caller.language, now) for order in found]


async def references(
    session: AsyncSession, caller: Caller, alarm_ids: Sequence[UUID]
) -> Mapping[UUID, OrderReference]:
    """The order that answers for each alarm, for those who show alarms."""
    found = await repository.orders_of_alarms(session, caller, alarm_ids)
    return {alarm_id: OrderReference.model_validate(order) for alarm_id, order in found.items()}


async def surroundings(
    session: AsyncSession, caller: Caller, orders: Sequence[WorkOrder]
) -> Surroundings:
    """Names, places and clocks of some orders."""
    clocks = await repository.clocks(session, [order.id for order in orders])
    without_light = {
        order.cabinet_id for order in orders if order.cabinet_id and not order.light_point_id
    }
    return Surroundings(
        organisations={one.id: one.name for one in await access.organisations(session, caller)},
        crews=await crews.names(session, {order.crew_id for order in orders if order.crew_id}),
        lights=await places.lights(
            session, {order.light_point_id for order in orders if order.light_point_id}
        ),
        cabinets=await places.cabinets(session, without_light),
        clocks={(one.work_order_id, one.kind): one for one in clocks if one.is_current},
    )


def summary(
    order: WorkOrder, around: Surroundings, language: str, now: datetime
) -> WorkOrderAnswer:
    """One order as lists show it."""
    response = around.clocks.get((order.id, ClockKind.RESPONSE.value))
    restore = around.clocks.get((order.id, ClockKind.RESTORE.value))
    running = [around.clocks.get((order.id, kind.value)) for kind in ClockKind]
    return WorkOrderAnswer(
        id=order.id,
        number=order.number,
        organisation=_named(order.organisation_id, around.organisations),
        source=Source(order.source),
        cause=order.cause,
        title=order.title or wording(order.cause, language).title,
        status=Status(order.status),
        urgency=Urgency(order.urgency),
        version=order.version,
        light_point=_light(order, around),
        cabinet=_cabinet(order, around),
        crew=_named(order.crew_id, around.crews) if order.crew_id else None,
        planned_on=order.planned_on,
        opened_at=order.opened_at,
        respond_by=response.due_at if response else None,
        arrived_at=order.arrived_at,
        restore_by=restore.due_at if restore else None,
        done_at=order.done_at,
        is_late=any(clock is not None and is_late(clock, now) for clock in running),
        report_count=order.report_count,
        alarms_cleared_at=order.alarms_cleared_at,
    )


def is_late(clock: WorkOrderClock, now: datetime) -> bool:
    """Whether its deadline has passed, or had when it stopped."""
    return clock.due_at is not None and (clock.stopped_at or now) > clock.due_at


def _named(identifier: UUID, names: Mapping[UUID, str]) -> Named:
    return Named(id=identifier, name=names.get(identifier, ""))


def _light(order: WorkOrder, around: Surroundings) -> LightPlace | None:
    light = around.lights.get(order.light_point_id) if order.light_point_id else None
    if light is None:
        return None
    return LightPlace(
        id=light.id,
        code=light.code,
        street=light.street,
        lon_deg=light.lon_deg,
        lat_deg=light.lat_deg,
    )


def _cabinet(order: WorkOrder, around: Surroundings) -> Coded | None:
    light = around.lights.get(order.light_point_id) if order.light_point_id else None
    if light is not None:
        cabinet = light.cabinet
        return Coded(id=cabinet.id, code=cabinet.code, name=cabinet.name) if cabinet else None
    alone = around.cabinets.get(order.cabinet_id) if order.cabinet_id else None
    return Coded(id=alone.id, code=alone.code, name=alone.name) if alone else None

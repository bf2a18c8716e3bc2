"""What a dispatcher does beside moving: class, crew, duplicates, remarks."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import detail, reading, service
from gmao.workorders.model import OrderFilter, Status
from gmao.workorders.rules import (
    IllegalMoveError,
    MoveRequest,
)
from gmao.workorders.schemas import WorkOrderDetailAnswer
from kit.access.model import Caller
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from lighting.faults.model import Urgency
from tests.gmao.city import (
    City,
    after,
    bring_to,
    raised,
    see_raised,
    told,
)


async def shown(
    session: AsyncSession, caller: Caller, order_id: UUID, hours: float = 10
) -> WorkOrderDetailAnswer:
    return await detail.work_order(session, caller, order_id, now=after(hours))


async def test_qualifying_may_change_the_class(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await service.transition(
        session,
        city.dispatcher,
        order_id,
        MoveRequest(Status.QUALIFIED, urgency=Urgency.U1),
        told(1),
    )
    order = await shown(session, city.dispatcher, order_id)
    assert (order.urgency, order.restore_by) == (Urgency.U1, after(24))


async def test_a_class_changed_later_counts_from_the_start(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await service.set_urgency(
        session, city.dispatcher, order_id, told(5), urgency=Urgency.U1, reason="school"
    )
    assert (await shown(session, city.dispatcher, order_id)).restore_by == after(24)
    with pytest.raises(ForbiddenError):
        await service.set_urgency(
            session, city.worker, order_id, told(5), urgency=Urgency.U2, reason="tired"
        )


async def test_an_order_can_be_given_to_another_crew_before_it_sets_out(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.DISPATCHED)
    monday = date(2026, 11, 23)
    await service.assign(
        session,
        city.dispatcher,
        order_id,
        told(2),
        crew_id=city.other_crew_id,
        planned_on=monday,
    )
    order = await shown(session, city.idler, order_id)
    assert (order.crew and order.crew.name, order.planned_on) == ("Sud", monday)
    await service.transition(session, city.idler, order_id, MoveRequest(Status.EN_ROUTE), told(3))
    with pytest.raises(IllegalMoveError):
        await service.assign(session, city.dispatcher, order_id, told(4), crew_id=city.crew_id)


async def test_a_duplicate_hands_its_alarms_to_the_order_it_doubles(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await see_raised(session, raised(city, 1))
    found = await reading.work_orders(
        session, city.dispatcher, OrderFilter(), now=after(1), after=None, limit=10
    )
    double = next(order for order in found if order.id != order_id)
    for wrong in (double.id, city.town_id):
        with pytest.raises((InvalidInputError, NotFoundError)):
            await service.transition(
                session,
                city.dispatcher,
                double.id,
                MoveRequest(Status.DUPLICATE, master_id=wrong),
                told(1),
            )
    await service.transition(
        session,
        city.dispatcher,
        double.id,
        MoveRequest(Status.DUPLICATE, master_id=order_id),
        told(1),
    )
    master = await shown(session, city.dispatcher, order_id)
    assert (len(master.alarms), master.report_count) == (2, 2)
    closed = await shown(session, city.dispatcher, double.id)
    assert closed.status is Status.DUPLICATE
    assert closed.master is not None
    assert closed.master.number == master.number


async def test_remarks_are_for_those_who_deal_with_the_order(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await service.note(session, city.dispatcher, order_id, told(1), "the neighbour has the key")
    order = await shown(session, city.dispatcher, order_id)
    assert order.events[-1].note == "the neighbour has the key"
    assert order.events[-1].author is not None
    assert order.events[-1].author.name == "Dispatcher"
    with pytest.raises(ForbiddenError):
        await service.note(session, city.viewer, order_id, told(1), "hello")

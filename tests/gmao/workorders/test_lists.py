"""Lists are scoped, narrowed and paged."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import reading
from gmao.workorders.model import OrderFilter, Status
from kit.access.model import Caller
from tests.gmao.city import (
    City,
    after,
    bring_to,
    raised,
    see_raised,
)


async def test_lists_are_narrowed_to_what_is_asked(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await see_raised(session, raised(city, 1))
    await bring_to(session, city, order_id, Status.DISPATCHED)

    async def ids(caller: Caller, wanted: OrderFilter, hours: float = 1) -> set[UUID]:
        found = await reading.work_orders(
            session, caller, wanted, now=after(hours), after=None, limit=10
        )
        return {order.id for order in found}

    assert len(await ids(city.dispatcher, OrderFilter())) == 2
    assert await ids(city.stranger, OrderFilter()) == set()
    dispatched = OrderFilter(statuses=frozenset({Status.DISPATCHED}))
    assert await ids(city.dispatcher, dispatched) == {order_id}
    assert await ids(city.worker, OrderFilter(crew_ids=frozenset({city.crew_id}))) == {order_id}
    assert await ids(city.viewer, OrderFilter(light_point_id=city.light_ids[0])) == {order_id}
    assert len(await ids(city.viewer, OrderFilter(cabinet_id=city.cabinet_id))) == 2
    assert await ids(city.viewer, OrderFilter(late_at=after(1))) == set()
    assert len(await ids(city.viewer, OrderFilter(late_at=after(1000)))) == 2
    elsewhere = OrderFilter(organisation_ids=frozenset({city.neighbour_id}))
    assert await ids(city.dispatcher, elsewhere) == set()


async def test_pages_of_orders_follow_each_other(session: AsyncSession, city: City) -> None:
    for light in range(5):
        await see_raised(session, raised(city, light))
    seen: list[UUID] = []
    mark = None
    while True:
        page = await reading.work_orders(
            session, city.dispatcher, OrderFilter(), now=after(1), after=mark, limit=2
        )
        if not page:
            break
        seen += [order.id for order in page]
        mark = (page[-1].opened_at, page[-1].id)
    assert len(seen) == len(set(seen)) == 5

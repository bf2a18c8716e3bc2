"""Parts used by a repair: from the van, never below zero, priced when the order is closed."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.failures.model import ReplacementReason
from gmao.stock import catalogue
from gmao.stock import service as stock
from gmao.stock.model import MovementKind, MovementOrder, StoreKind
from gmao.workorders import detail, service
from gmao.workorders.completion import complete
from gmao.workorders.model import Status
from gmao.workorders.requests import PartTaken
from gmao.workorders.rules import MoveRequest
from gmao.workorders.schemas import WorkOrderDetailAnswer
from kit.errors import NotFoundError
from lighting.faults.model import AlarmRaised
from tests.gmao.city import (
    REPAIRED,
    City,
    after,
    see_cleared,
    told,
)


async def shown(
    session: AsyncSession, city: City, started_id: UUID, hours: float = 100
) -> WorkOrderDetailAnswer:
    return await detail.work_order(session, city.dispatcher, started_id, now=after(hours))


async def stocked(session: AsyncSession, city: City, quantity: int) -> tuple[UUID, UUID]:
    """A part, and the crew's van with some of it."""
    syndicate_id = next(iter(city.dispatcher.organisation_ids - {city.town_id}))
    part = await catalogue.create_part(
        session,
        city.dispatcher,
        at=after(0),
        organisation_id=syndicate_id,
        reference="DRV-75",
        designation="Driver 75 W",
        unit_cost_eur=Decimal("48.50"),
        reorder_quantity=2,
    )
    van = await catalogue.create_store(
        session,
        city.dispatcher,
        at=after(0),
        organisation_id=syndicate_id,
        name="Fourgon Nord",
        kind=StoreKind.VAN,
        crew_id=city.crew_id,
    )
    if quantity:
        receipt = MovementOrder(MovementKind.RECEIPT, van.id, part.id, quantity)
        await stock.move(session, city.dispatcher, receipt, at=after(0))
    return part.id, van.id


@pytest.mark.parametrize(
    ("held", "left", "shortfall", "lines"),
    [
        pytest.param(5, 3, 0, [5, -2], id="enough in the van"),
        pytest.param(1, 0, 1, [1, 1, -2], id="the books lacked one"),
        pytest.param(0, 0, 2, [2, -2], id="the books had none"),
    ],
)
async def test_parts_leave_the_van_of_the_crew(
    session: AsyncSession,
    city: City,
    started_id: UUID,
    held: int,
    left: int,
    shortfall: int,
    lines: list[int],
) -> None:
    part_id, van_id = await stocked(session, city, held)
    used = replace(
        REPAIRED,
        parts=(PartTaken(part_id, 2),),
        replacement_reason=ReplacementReason.FAILURE_LIKE_FOR_LIKE,
    )
    await complete(session, city.worker, started_id, used, told(3))
    order = await shown(session, city, started_id)
    (line,) = order.parts
    assert (line.part.reference, line.quantity, line.unit_cost_eur) == (
        "DRV-75",
        2,
        Decimal("48.50"),
    )
    assert line.shortfall_quantity == shortfall
    assert order.suggested_part is not None
    (part,) = await catalogue.parts(session, city.dispatcher, limit=10)
    assert (part.quantity, part.should_reorder) == (left, left <= 2)
    moves = await stock.movements(session, city.dispatcher, van_id)
    assert sorted(move.quantity for move in moves) == sorted(lines)


async def test_a_part_without_a_store_is_kept_with_the_order(
    session: AsyncSession, city: City, started_id: UUID
) -> None:
    part_id, van_id = await stocked(session, city, 3)
    await session.execute(sa.text("UPDATE store SET crew_id = NULL WHERE id = :id"), {"id": van_id})
    used = replace(REPAIRED, parts=(PartTaken(part_id, 1),))
    await complete(session, city.worker, started_id, used, told(3))
    assert len((await shown(session, city, started_id)).parts) == 1
    assert len(await stock.movements(session, city.dispatcher, van_id)) == 1


async def test_a_part_nobody_knows_stops_the_completion(
    session: AsyncSession, city: City, started_id: UUID
) -> None:
    unknown = replace(REPAIRED, parts=(PartTaken(city.town_id, 1),))
    with pytest.raises(NotFoundError):
        await complete(session, city.worker, started_id, unknown, told(3))


async def test_closing_freezes_what_it_cost(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID
) -> None:
    part_id, _ = await stocked(session, city, 5)
    used = replace(REPAIRED, parts=(PartTaken(part_id, 2),), labour_minutes=45)
    await complete(session, city.worker, started_id, used, told(3))
    await see_cleared(session, alarm, 4)
    await service.transition(
        session, city.dispatcher, started_id, MoveRequest(Status.CLOSED), told(5)
    )
    closing = (await shown(session, city, started_id)).events[-1]
    assert closing.detail["parts_cost_eur"] == "97.00"
    assert closing.detail["labour_minutes"] == 45

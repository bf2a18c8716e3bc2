"""Receiving, counting and transferring parts: every change leaves a line."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.stock import catalogue, service
from gmao.stock.catalogue import NameTakenError
from gmao.stock.model import MovementKind, MovementOrder, MoveReason, StoreKind
from gmao.stock.service import StockTooLowError
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from tests.gmao.city import City, after


@dataclass(frozen=True, slots=True)
class Shelves:
    """Two stores and a part."""

    organisation_id: UUID
    depot_id: UUID
    van_id: UUID
    part_id: UUID


@pytest.fixture
async def shelves(session: AsyncSession, city: City) -> Shelves:
    """An empty depot and an empty van."""
    organisation_id = next(iter(city.dispatcher.organisation_ids - {city.town_id}))
    part = await catalogue.create_part(
        session,
        city.dispatcher,
        at=after(0),
        organisation_id=organisation_id,
        reference="FUS-06",
        designation="Fusible 6 A",
        unit_cost_eur=Decimal("1.20"),
    )
    ids = [
        (
            await catalogue.create_store(
                session,
                city.dispatcher,
                at=after(0),
                organisation_id=organisation_id,
                name=name,
                kind=kind,
            )
        ).id
        for name, kind in (("Dépôt", StoreKind.STORE), ("Fourgon", StoreKind.VAN))
    ]
    return Shelves(organisation_id, ids[0], ids[1], part.id)


async def levels(session: AsyncSession, city: City) -> dict[str, int]:
    (part,) = await catalogue.parts(session, city.dispatcher, limit=10)
    return {level.store_name: level.quantity for level in part.levels}


async def test_a_delivery_a_transfer_and_a_count(
    session: AsyncSession, city: City, shelves: Shelves
) -> None:
    depot, van, part = shelves.depot_id, shelves.van_id, shelves.part_id
    for order in (
        MovementOrder(MovementKind.RECEIPT, depot, part, 10),
        MovementOrder(MovementKind.TRANSFER, depot, part, 4, van),
        MovementOrder(MovementKind.COUNT, depot, part, 5),
    ):
        await service.move(session, city.worker, order, at=after(1))
    assert await levels(session, city) == {"Dépôt": 5, "Fourgon": 4}
    lines = await service.movements(session, city.dispatcher, depot, part_id=part)
    assert sorted((line.reason, line.quantity) for line in lines) == [
        (MoveReason.COUNT, -1),
        (MoveReason.RECEIPT, 10),
        (MoveReason.TRANSFER, -4),
    ]


async def test_a_transfer_takes_no_more_than_there_is(
    session: AsyncSession, city: City, shelves: Shelves
) -> None:
    too_much = MovementOrder(
        MovementKind.TRANSFER, shelves.depot_id, shelves.part_id, 1, shelves.van_id
    )
    with pytest.raises(StockTooLowError):
        await service.move(session, city.dispatcher, too_much, at=after(1))


@pytest.mark.parametrize("same", [True, False], ids=["to itself", "to nowhere"])
async def test_a_transfer_goes_somewhere_else(
    session: AsyncSession, city: City, shelves: Shelves, same: bool
) -> None:
    to_store_id = shelves.depot_id if same else None
    order = MovementOrder(MovementKind.TRANSFER, shelves.depot_id, shelves.part_id, 1, to_store_id)
    with pytest.raises(InvalidInputError):
        await service.move(session, city.dispatcher, order, at=after(1))


async def test_those_who_only_see_move_nothing(
    session: AsyncSession, city: City, shelves: Shelves
) -> None:
    order = MovementOrder(MovementKind.RECEIPT, shelves.depot_id, shelves.part_id, 1)
    with pytest.raises(NotFoundError):
        await service.move(session, city.stranger, order, at=after(1))
    with pytest.raises(ForbiddenError):
        await catalogue.create_part(
            session,
            city.worker,
            at=after(1),
            organisation_id=shelves.organisation_id,
            reference="X",
            designation="X",
            unit_cost_eur=Decimal(1),
        )


async def test_references_and_names_are_used_once(
    session: AsyncSession, city: City, shelves: Shelves
) -> None:
    with pytest.raises(NameTakenError):
        await catalogue.create_part(
            session,
            city.dispatcher,
            at=after(1),
            organisation_id=shelves.organisation_id,
            reference="FUS-06",
            designation="another",
            unit_cost_eur=Decimal(1),
        )
    with pytest.raises(NameTakenError):
        await catalogue.create_store(
            session,
            city.dispatcher,
            at=after(1),
            organisation_id=shelves.organisation_id,
            name="Dépôt",
            kind=StoreKind.STORE,
        )


async def test_only_a_van_belongs_to_a_crew(
    session: AsyncSession, city: City, shelves: Shelves
) -> None:
    with pytest.raises(InvalidInputError):
        await catalogue.create_store(
            session,
            city.dispatcher,
            at=after(1),
            organisation_id=shelves.organisation_id,
            name="Réserve",
            kind=StoreKind.STORE,
            crew_id=city.crew_id,
        )


@pytest.mark.parametrize(("text", "count"), [("fus", 1), ("6 a", 1), ("%", 0), ("driver", 0)])
async def test_parts_are_found_by_reference_or_designation(
    session: AsyncSession, city: City, shelves: Shelves, text: str, count: int
) -> None:
    assert len(await catalogue.parts(session, city.dispatcher, text=text, limit=10)) == count


async def test_the_database_itself_refuses_a_negative_level(
    session: AsyncSession, city: City, shelves: Shelves
) -> None:
    order = MovementOrder(MovementKind.RECEIPT, shelves.depot_id, shelves.part_id, 1)
    await service.move(session, city.dispatcher, order, at=after(1))
    await session.flush()
    with pytest.raises(DBAPIError, match="ck_stock_level_quantity"):
        await session.execute(sa.text("UPDATE stock_level SET quantity = quantity - 2"))

"""Use cases of stock: receive, count, transfer, and consume for a work order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.stock import catalogue, repository
from gmao.stock.model import Consumed, Movement, MovementKind, MovementOrder, MoveReason
from gmao.stock.rules import take
from gmao.stock.tables import StockLevel, StockMove, Store
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError

MOVES_MAX = 200


class StockTooLowError(ConflictError):
    """A transfer would take more than a store holds."""

    code = "stock_too_low"
    title = "There is not enough of it there"


async def movements(
    session: AsyncSession, caller: Caller, store_id: UUID, *, part_id: UUID | None = None
) -> list[Movement]:
    """The last movements of a store, newest first."""
    await catalogue.store(session, caller, store_id)
    found = await repository.moves(session, store_id, part_id=part_id, limit=MOVES_MAX)
    return [
        Movement(
            move.id,
            move.store_id,
            move.part_id,
            move.quantity,
            MoveReason(move.reason),
            move.work_order_id,
            move.actor,
            move.at,
        )
        for move in found
    ]


async def move(session: AsyncSession, caller: Caller, order: MovementOrder, *, at: datetime) -> int:
    """Book a receipt, a count or a transfer; returns the store's new level.

    Needs DISPATCH or WORK for each store concerned.
    """
    if order.kind is MovementKind.TRANSFER:
        return await _transfer(session, caller, order, at)
    level = await _open_books(session, caller, order.store_id, order.part_id)
    if order.kind is MovementKind.COUNT:
        found = order.quantity - level.quantity
        return _book(session, caller, level, found, MoveReason.COUNT, at)
    return _book(session, caller, level, order.quantity, MoveReason.RECEIPT, at)


async def _transfer(
    session: AsyncSession, caller: Caller, order: MovementOrder, at: datetime
) -> int:
    if order.to_store_id is None or order.to_store_id == order.store_id:
        raise InvalidInputError("give to_store_id, another store, to transfer to")
    books = {
        store_id: await _open_books(session, caller, store_id, order.part_id)
        for store_id in sorted(
            (order.store_id, order.to_store_id)
        )  # one order for all: no deadlock
    }
    source, destination = books[order.store_id], books[order.to_store_id]
    if source.quantity < order.quantity:
        raise StockTooLowError(
            f"the store holds {source.quantity}; transfer less, or count it first"
        )
    _book(session, caller, destination, order.quantity, MoveReason.TRANSFER, at)
    return _book(session, caller, source, -order.quantity, MoveReason.TRANSFER, at)


async def consume(
    session: AsyncSession,
    caller: Caller,
    *,
    part_id: UUID,
    quantity: int,
    store_id: UUID | None,
    crew_id: UUID | None,
    work_order_id: UUID,
    at: datetime,
) -> Consumed:
    """Take a part for a work order from a store, or else from the crew's van, if it has one."""
    part = await catalogue.part(session, caller, part_id)
    store = await _source(session, caller, store_id, crew_id)
    if store is None:
        return Consumed(part_id, None, quantity, 0, part.unit_cost_eur)
    level = await repository.lock_level(session, store.id, part_id)
    taking = take(level.quantity, quantity)
    if taking.shortfall_quantity:
        _book(
            session,
            caller,
            level,
            taking.shortfall_quantity,
            MoveReason.SHORTFALL,
            at,
            work_order_id,
        )
    _book(session, caller, level, -quantity, MoveReason.CONSUMPTION, at, work_order_id)
    return Consumed(part_id, store.id, quantity, taking.shortfall_quantity, part.unit_cost_eur)


async def _source(
    session: AsyncSession, caller: Caller, store_id: UUID | None, crew_id: UUID | None
) -> Store | None:
    if store_id is not None:
        return await catalogue.store(session, caller, store_id)
    return None if crew_id is None else await repository.van_of(session, crew_id)


async def _open_books(
    session: AsyncSession, caller: Caller, store_id: UUID, part_id: UUID
) -> StockLevel:
    """The level to change, held until the transaction ends."""
    store = await catalogue.store(session, caller, store_id)
    if not caller.may(Role.WORK, store.organisation_id):
        caller.require(Role.DISPATCH, store.organisation_id)
    await catalogue.part(session, caller, part_id)
    return await repository.lock_level(session, store_id, part_id)


def _book(
    session: AsyncSession,
    caller: Caller,
    level: StockLevel,
    quantity: int,
    reason: MoveReason,
    at: datetime,
    work_order_id: UUID | None = None,
) -> int:
    """Write one movement and the level it leads to: the movements are the trail of stock."""
    level.quantity += quantity
    session.add(
        StockMove(
            store_id=level.store_id,
            part_id=level.part_id,
            quantity=quantity,
            reason=reason.value,
            work_order_id=work_order_id,
            actor_id=caller.user_id,
            actor=caller.email or caller.display_name,
            at=at,
        )
    )
    return level.quantity

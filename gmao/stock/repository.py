"""Every query about parts and stores."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from gmao.stock.tables import Part, StockLevel, StockMove, Store
from kit.access.model import Caller
from kit.access.scope import visible


async def parts(
    session: AsyncSession,
    caller: Caller,
    *,
    text: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[Part]:
    """Parts by reference, `limit` at most, after a (reference, id)."""
    query = sa.select(Part).where(visible(Part.organisation_id, caller))
    if text:
        query = query.where(
            col(Part.reference).icontains(text, autoescape=True)
            | col(Part.designation).icontains(text, autoescape=True)
        )
    if after is not None:
        query = query.where(sa.tuple_(col(Part.reference), col(Part.id)) > sa.tuple_(*after))
    query = query.order_by(col(Part.reference), col(Part.id)).limit(limit)
    return (await session.scalars(query)).all()


async def part(session: AsyncSession, caller: Caller, part_id: UUID) -> Part | None:
    query = sa.select(Part).where(col(Part.id) == part_id, visible(Part.organisation_id, caller))
    return (await session.scalars(query)).first()


async def parts_by_id(session: AsyncSession, part_ids: Collection[UUID]) -> Mapping[UUID, Part]:
    query = sa.select(Part).where(col(Part.id).in_(part_ids))
    return {part.id: part for part in (await session.scalars(query)).all()}


async def part_referred(
    session: AsyncSession, organisation_id: UUID, reference: str
) -> Part | None:
    query = sa.select(Part).where(
        col(Part.organisation_id) == organisation_id, col(Part.reference) == reference
    )
    return (await session.scalars(query)).first()


async def stores(session: AsyncSession, caller: Caller, limit: int) -> Sequence[Store]:
    query = (
        sa.select(Store)
        .where(visible(Store.organisation_id, caller))
        .order_by(col(Store.name), col(Store.id))
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def store(session: AsyncSession, caller: Caller, store_id: UUID) -> Store | None:
    query = sa.select(Store).where(
        col(Store.id) == store_id, visible(Store.organisation_id, caller)
    )
    return (await session.scalars(query)).first()


async def store_named(session: AsyncSession, organisation_id: UUID, name: str) -> Store | None:
    query = sa.select(Store).where(
        col(Store.organisation_id) == organisation_id, col(Store.name) == name
    )
    return (await session.scalars(query)).first()


async def van_of(session: AsyncSession, crew_id: UUID) -> Store | None:
    return (await session.scalars(sa.select(Store).where(col(Store.crew_id) == crew_id))).first()


async def levels(
    session: AsyncSession, caller: Caller, part_ids: Collection[UUID]
) -> Sequence[tuple[UUID, UUID, str, int]]:
    """(part, store, store name, quantity) wherever some of the parts lie."""
    query = (
        sa.select(col(StockLevel.part_id), col(Store.id), col(Store.name), col(StockLevel.quantity))
        .join(Store, col(Store.id) == col(StockLevel.store_id))
        .where(col(StockLevel.part_id).in_(part_ids), visible(Store.organisation_id, caller))
        .order_by(col(Store.name))
    )
    return [(part, store, name, held) for part, store, name, held in await session.execute(query)]


async def lock_level(session: AsyncSession, store_id: UUID, part_id: UUID) -> StockLevel:
    """The level of a part in a store, made if need be, held until the transaction ends."""
    await session.execute(
        insert(StockLevel)
        .values(store_id=store_id, part_id=part_id, quantity=0)
        .on_conflict_do_nothing()
    )
    query = (
        sa.select(StockLevel)
        .where(col(StockLevel.store_id) == store_id, col(StockLevel.part_id) == part_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one()


async def moves(
    session: AsyncSession, store_id: UUID, *, part_id: UUID | None, limit: int
) -> Sequence[StockMove]:
    """The last movements of a store, newest first."""
    query = sa.select(StockMove).where(col(StockMove.store_id) == store_id)
    if part_id is not None:
        query = query.where(col(StockMove.part_id) == part_id)
    query = query.order_by(col(StockMove.at).desc(), col(StockMove.id).desc()).limit(limit)
    return (await session.scalars(query)).all()

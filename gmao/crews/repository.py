"""Every query about crews."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from gmao.crews.tables import Crew, CrewMember
from kit.access.model import Caller
from kit.access.scope import visible


async def crews(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[Crew]:
    """Crews by name, `limit` at most, after a (name, id)."""
    query = sa.select(Crew).where(visible(Crew.organisation_id, caller))
    if organisation_id is not None:
        query = query.where(col(Crew.organisation_id) == organisation_id)
    if after is not None:
        query = query.where(sa.tuple_(col(Crew.name), col(Crew.id)) > sa.tuple_(*after))
    return (await session.scalars(query.order_by(col(Crew.name), col(Crew.id)).limit(limit))).all()


async def crew(session: AsyncSession, caller: Caller, crew_id: UUID) -> Crew | None:
    query = sa.select(Crew).where(col(Crew.id) == crew_id, visible(Crew.organisation_id, caller))
    return (await session.scalars(query)).first()


async def crew_named(session: AsyncSession, organisation_id: UUID, name: str) -> Crew | None:
    query = sa.select(Crew).where(
        col(Crew.organisation_id) == organisation_id, col(Crew.name) == name
    )
    return (await session.scalars(query)).first()


async def names(session: AsyncSession, crew_ids: Collection[UUID]) -> Mapping[UUID, str]:
    query = sa.select(col(Crew.id), col(Crew.name)).where(col(Crew.id).in_(crew_ids))
    return {crew_id: name for crew_id, name in (await session.execute(query)).all()}


async def members(session: AsyncSession, crew_ids: Collection[UUID]) -> Sequence[CrewMember]:
    """Who is in these crews now, leaders first."""
    query = (
        sa.select(CrewMember)
        .where(col(CrewMember.crew_id).in_(crew_ids), col(CrewMember.left_at).is_(None))
        .order_by(col(CrewMember.is_leader).desc(), col(CrewMember.joined_at))
    )
    return (await session.scalars(query)).all()


async def member(session: AsyncSession, crew_id: UUID, user_id: UUID) -> CrewMember | None:
    query = sa.select(CrewMember).where(
        col(CrewMember.crew_id) == crew_id,
        col(CrewMember.user_id) == user_id,
        col(CrewMember.left_at).is_(None),
    )
    return (await session.scalars(query)).first()


async def crew_ids_of(session: AsyncSession, user_id: UUID) -> Sequence[UUID]:
    query = sa.select(col(CrewMember.crew_id)).where(
        col(CrewMember.user_id) == user_id, col(CrewMember.left_at).is_(None)
    )
    return (await session.scalars(query)).all()

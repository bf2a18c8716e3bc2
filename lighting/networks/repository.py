"""Queries of field networks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from lighting.networks.model import FieldNetworkView, NetworkKind, NetworkState
from lighting.networks.tables import FieldNetwork, FieldNetworkLine


async def networks(session: AsyncSession, caller: Caller) -> Sequence[FieldNetworkView]:
    """The networks the caller may see, by name."""
    query = sa.select(FieldNetwork).where(visible(FieldNetwork.organisation_id, caller))
    rows = await session.scalars(query.order_by(col(FieldNetwork.name)))
    return [view_of(row) for row in rows]


async def row(session: AsyncSession, caller: Caller, network_id: UUID) -> FieldNetwork | None:
    """One network, if the caller may see it."""
    query = sa.select(FieldNetwork).where(
        col(FieldNetwork.id) == network_id, visible(FieldNetwork.organisation_id, caller)
    )
    found: FieldNetwork | None = await session.scalar(query)
    return found


async def owners(session: AsyncSession) -> dict[str, UUID]:
    """Whose each network is, by its name."""
    query = sa.select(col(FieldNetwork.name), col(FieldNetwork.organisation_id))
    return {name: organisation_id for name, organisation_id in await session.execute(query)}


async def put_line(session: AsyncSession, values: dict[str, Any]) -> None:
    """What a worker says replaces what was said; the counts go on from there."""
    statement = insert(FieldNetworkLine).values(values)
    told = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["network_id"],
            set_={
                "state": told.state,
                "since": told.since,
                "detail": told.detail,
                "told_at": told.told_at,
                "last_frame_at": sa.func.greatest(
                    col(FieldNetworkLine.last_frame_at), told.last_frame_at
                ),
                "frame_count": col(FieldNetworkLine.frame_count) + told.frame_count,
                "sent_count": col(FieldNetworkLine.sent_count) + told.sent_count,
            },
        )
    )


def view_of(row: FieldNetwork) -> FieldNetworkView:
    """The row as others see it."""
    return FieldNetworkView(
        id=row.id,
        organisation_id=row.organisation_id,
        name=row.name,
        kind=NetworkKind(row.kind),
        title=row.title,
        settings=row.settings,
        state=NetworkState(row.state),
        created_at=row.created_at,
    )

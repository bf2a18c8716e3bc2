"""Queries of cabinets and circuits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from lighting.registry.network.model import CabinetView, CircuitView
from lighting.registry.repository import ORGANISATION, below
from lighting.registry.tables import Cabinet, Circuit, LightPoint
from lighting.registry.words import search_query

_SHOWN = (
    *(Cabinet.id, Cabinet.organisation_id, ORGANISATION.c.name, Cabinet.code, Cabinet.name),
    *(Cabinet.lon_deg, Cabinet.lat_deg, Cabinet.position_quality, Cabinet.prm),
    *(Cabinet.subscribed_power_kva, Cabinet.provenance, Cabinet.state),
)


def _light_point_count(column: Any, identifier: Any) -> sa.ScalarSelect[int]:
    query = sa.select(sa.func.count()).select_from(LightPoint).where(col(column) == identifier)
    return query.where(col(LightPoint.state) != "removed").scalar_subquery()


async def cabinets(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None,
    q: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[CabinetView]:
    """Cabinets by code, without their circuits."""
    position = (col(Cabinet.code), col(Cabinet.id))
    query = (
        sa.select(*_SHOWN, _light_point_count(LightPoint.cabinet_id, col(Cabinet.id)))  # type: ignore[call-overload]
        .join(ORGANISATION, ORGANISATION.c.id == col(Cabinet.organisation_id))
        .where(visible(Cabinet.organisation_id, caller))
        .order_by(*position)
        .limit(limit)
    )
    if organisation_id is not None:
        query = query.where(col(Cabinet.organisation_id).in_(below(organisation_id)))
    if q is not None:
        words = sa.func.to_tsquery(sa.literal_column("'simple'"), search_query(q) or "")
        query = query.where(col(Cabinet.search_words).op("@@")(words))
    if after is not None:
        query = query.where(sa.tuple_(*position) > sa.tuple_(*map(sa.literal, after)))
    return [CabinetView(*row) for row in await session.execute(query)]


async def cabinet(session: AsyncSession, caller: Caller, cabinet_id: UUID) -> CabinetView | None:
    """One cabinet with its circuits, if the caller may see it."""
    query = (
        sa.select(*_SHOWN, _light_point_count(LightPoint.cabinet_id, col(Cabinet.id)))  # type: ignore[call-overload]
        .join(ORGANISATION, ORGANISATION.c.id == col(Cabinet.organisation_id))
        .where(col(Cabinet.id) == cabinet_id, visible(Cabinet.organisation_id, caller))
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    return replace(CabinetView(*row), circuits=await circuits(session, cabinet_id))


async def circuits(session: AsyncSession, cabinet_id: UUID) -> Sequence[CircuitView]:
    """The circuits of a cabinet, by code."""
    query = (
        sa.select(  # type: ignore[call-overload]
            Circuit.id,
            Circuit.code,
            Circuit.phase,
            _light_point_count(LightPoint.circuit_id, col(Circuit.id)),
        )
        .where(col(Circuit.cabinet_id) == cabinet_id)
        .order_by(col(Circuit.code))
    )
    return [CircuitView(*row) for row in await session.execute(query)]

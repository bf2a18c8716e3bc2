"""Every query about calendars and control programs; both are kept the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from schedules.tables import (
    CalendarRow,
    CalendarVersion,
    ControlProgramRow,
    ControlProgramVersion,
    ScheduleRow,
    ScheduleVersion,
)

Found = tuple[ScheduleRow, ScheduleVersion]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where one kind of document is kept."""

    row: type[ScheduleRow]
    version: type[ScheduleVersion]


CALENDARS = Shelf(CalendarRow, CalendarVersion)
PROGRAMS = Shelf(ControlProgramRow, ControlProgramVersion)


def _seen(shelf: Shelf, caller: Caller) -> sa.Select[ScheduleRow, ScheduleVersion]:
    """Documents the caller may see, each with its version of now."""
    return (
        sa.select(shelf.row, shelf.version)
        .join(
            shelf.version,
            (col(shelf.version.document_id) == col(shelf.row.id))
            & (col(shelf.version.version) == col(shelf.row.version)),
        )
        .where(visible(shelf.row.organisation_id, caller))
    )


async def page(
    session: AsyncSession,
    shelf: Shelf,
    caller: Caller,
    *,
    organisation_id: UUID | None,
    text: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[Found]:
    """Up to `limit` + 1 documents by name."""
    query = _seen(shelf, caller)
    if organisation_id is not None:
        query = query.where(col(shelf.row.organisation_id) == organisation_id)
    if text:
        query = query.where(col(shelf.row.name).icontains(text, autoescape=True))
    order = sa.tuple_(col(shelf.row.name), col(shelf.row.id))
    if after is not None:
        query = query.where(order > sa.tuple_(*map(sa.literal, after)))
    rows = await session.execute(query.order_by(order).limit(limit + 1))
    return [row for row in rows]


async def find(
    session: AsyncSession, shelf: Shelf, caller: Caller, document_id: UUID, *, lock: bool = False
) -> Found | None:
    """One document and its version of now, None when the caller may not see it."""
    query = _seen(shelf, caller).where(col(shelf.row.id) == document_id)
    if lock:
        query = query.with_for_update(of=shelf.row)
    row = (await session.execute(query)).first()
    return None if row is None else row


async def by_name(
    session: AsyncSession, shelf: Shelf, caller: Caller, organisation_id: UUID, name: str
) -> Found | None:
    query = _seen(shelf, caller).where(
        col(shelf.row.organisation_id) == organisation_id, col(shelf.row.name) == name
    )
    row = (await session.execute(query)).first()
    return None if row is None else row


async def versions(
    session: AsyncSession, shelf: Shelf, document_id: UUID, *, before: int | None, limit: int
) -> Sequence[ScheduleVersion]:
    """Up to `limit` + 1 versions of a document, the latest first."""
    query = sa.select(shelf.version).where(col(shelf.version.document_id) == document_id)
    if before is not None:
        query = query.where(col(shelf.version.version) < before)
    query = query.order_by(col(shelf.version.version).desc()).limit(limit + 1)
    return (await session.scalars(query)).all()


async def in_force(
    session: AsyncSession, shelf: Shelf, caller: Caller, ids: Sequence[UUID], at: datetime | None
) -> Mapping[UUID, dict[str, Any]]:
    """The definitions in force at an instant (None: the latest), of those the caller may see.

    Before a document existed, its first version stands.
    """
    number, changed_at = col(shelf.version.version), col(shelf.version.changed_at)
    preference = -number if at is None else sa.case((changed_at <= at, -number), else_=number)
    query = (
        sa.select(col(shelf.row.id), col(shelf.version.definition))
        .join(shelf.version, col(shelf.version.document_id) == col(shelf.row.id))
        .where(col(shelf.row.id).in_(ids), visible(shelf.row.organisation_id, caller))
        .ext(distinct_on(col(shelf.row.id)))
        .order_by(col(shelf.row.id), preference)
    )
    return {document_id: definition for document_id, definition in await session.execute(query)}


async def organisations_of(
    session: AsyncSession, shelf: Shelf, ids: Sequence[UUID]
) -> Mapping[UUID, UUID]:
    """Which organisation each document belongs to; those that do not exist are left out."""
    query = sa.select(col(shelf.row.id), col(shelf.row.organisation_id)).where(
        col(shelf.row.id).in_(ids)
    )
    return {document_id: owner for document_id, owner in await session.execute(query)}


async def version_count(session: AsyncSession) -> int:
    """How many versions of calendars and programs were ever written: grows with each change."""
    counts = [
        await session.scalar(sa.select(sa.func.count()).select_from(shelf.version))
        for shelf in (CALENDARS, PROGRAMS)
    ]
    return sum(count or 0 for count in counts)

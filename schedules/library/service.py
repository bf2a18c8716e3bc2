"""Gives an organisation a calendar of the library."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from schedules import service
from schedules.library import Sample
from schedules.service import CALENDAR, PROGRAM, DocumentT, Kind


async def install(
    session: AsyncSession, caller: Caller, organisation_id: UUID, sample: Sample, *, now: datetime
) -> UUID:
    """The organisation's calendar made from a sample: created, unless one has its name already."""

    async def id_of(kind: Kind[DocumentT], document: DocumentT) -> UUID:
        known = await service.id_by_name(session, caller, kind, organisation_id, document.name)
        if known is not None:
            return known
        why = f"sample {sample.slug!r} of the library"
        made = await service.create(
            session, caller, kind, organisation_id, document, why=why, now=now
        )
        return made.id

    ids = {
        sample_id: await id_of(PROGRAM, program) for sample_id, program in sample.programs.items()
    }
    return await id_of(CALENDAR, sample.calendar.with_programs(ids))

"""Use cases of calendars and control programs: write them down, read them, work out nights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import NotFoundError
from kit.ids import new_id
from schedules import repository
from schedules.compute import PlannedNight, planned_nights
from schedules.documents import CalendarDocument, ControlProgramDocument, Document, stored
from schedules.model import CalendarSet, Place
from schedules.night import ONE_DAY
from schedules.refusals import (
    CalendarNotFoundError,
    ControlProgramNotFoundError,
    NightsNotComputableError,
    ScheduleChangedMeanwhileError,
    ScheduleNameTakenError,
    UnknownProgramError,
)
from schedules.repository import CALENDARS, PROGRAMS, Shelf
from schedules.tables import ScheduleRow, ScheduleVersion

NIGHTS_MAX = 400
UNIQUE_NAME = "organisation_id_name"  # how the constraints on names end

DocumentT = TypeVar("DocumentT", CalendarDocument, ControlProgramDocument)


@dataclass(frozen=True, slots=True)
class Kind(Generic[DocumentT]):
    """What tells calendars from programs."""

    name: str
    path: str
    shelf: Shelf
    document: type[DocumentT]
    not_found: type[NotFoundError]


CALENDAR = Kind("calendar", "calendars", CALENDARS, CalendarDocument, CalendarNotFoundError)
PROGRAM = Kind(
    "control_program",
    "control-programs",
    PROGRAMS,
    ControlProgramDocument,
    ControlProgramNotFoundError,
)


@dataclass(frozen=True, slots=True)
class Kept(Generic[DocumentT]):
    """A version of a calendar or program: what it says, who wrote it, when and why."""

    id: UUID
    organisation_id: UUID
    document: DocumentT
    version: int
    changed_at: datetime
    changed_by_name: str
    why: str


async def create(
    session: AsyncSession,
    caller: Caller,
    kind: Kind[DocumentT],
    organisation_id: UUID,
    document: DocumentT,
    *,
    why: str,
    now: datetime,
) -> Kept[DocumentT]:
    """Keep a new calendar or program for an organisation."""
    caller.require(Role.PLAN, organisation_id)
    await _check_programs(session, organisation_id, document)
    row = kind.shelf.row(id=new_id(), organisation_id=organisation_id, name="", version=0)
    return await _write(session, caller, kind, row, document, why=why, now=now)


async def change(
    session: AsyncSession,
    caller: Caller,
    kind: Kind[DocumentT],
    document_id: UUID,
    document: DocumentT,
    *,
    edited_version: int,
    why: str,
    now: datetime,
) -> Kept[DocumentT]:
    """Keep a new version; refused when another was written since the one edited."""
    found = await repository.find(session, kind.shelf, caller, document_id, lock=True)
    row, _ = _found(found, kind)
    caller.require(Role.PLAN, row.organisation_id)
    if row.version != edited_version:
        raise ScheduleChangedMeanwhileError(
            f"you edited version {edited_version}, and version {row.version} exists; "
            "read it again, and make your change to that one"
        )
    await _check_programs(session, row.organisation_id, document)
    return await _write(session, caller, kind, row, document, why=why, now=now)


async def get(
    session: AsyncSession, caller: Caller, kind: Kind[DocumentT], document_id: UUID
) -> Kept[DocumentT]:
    """One calendar or program as it is now."""
    row, version = _found(await repository.find(session, kind.shelf, caller, document_id), kind)
    return kept(kind, row, version)


async def page(
    session: AsyncSession,
    caller: Caller,
    kind: Kind[DocumentT],
    *,
    organisation_id: UUID | None = None,
    text: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> list[Kept[DocumentT]]:
    """Up to `limit` + 1 calendars or programs by name."""
    rows = await repository.page(
        session,
        kind.shelf,
        caller,
        organisation_id=organisation_id,
        text=text,
        after=after,
        limit=limit,
    )
    return [kept(kind, row, version) for row, version in rows]


async def history(
    session: AsyncSession,
    caller: Caller,
    kind: Kind[DocumentT],
    document_id: UUID,
    *,
    before: int | None = None,
    limit: int,
) -> list[Kept[DocumentT]]:
    """Up to `limit` + 1 versions, the latest first."""
    row, _ = _found(await repository.find(session, kind.shelf, caller, document_id), kind)
    versions = await repository.versions(
        session, kind.shelf, document_id, before=before, limit=limit
    )
    return [kept(kind, row, version) for version in versions]


async def id_by_name(
    session: AsyncSession, caller: Caller, kind: Kind[DocumentT], organisation_id: UUID, name: str
) -> UUID | None:
    """The calendar or program an organisation calls by a name."""
    found = await repository.by_name(session, kind.shelf, caller, organisation_id, name)
    return None if found is None else found[0].id


async def calendar_set(
    session: AsyncSession, caller: Caller, calendar_id: UUID, at: datetime | None = None
) -> CalendarSet:
    """A calendar with its programs, as they are now or as they were at an instant."""
    found = await calendar_sets(session, caller, [calendar_id], at)
    if calendar_id not in found:
        raise _not_found(CALENDAR)
    return found[calendar_id]


async def calendar_sets(
    session: AsyncSession,
    caller: Caller,
    calendar_ids: Collection[UUID],
    at: datetime | None = None,
) -> dict[UUID, CalendarSet]:
    """Many calendars with their programs, in two queries; those not visible are left out."""
    definitions = await repository.in_force(session, CALENDARS, caller, list(calendar_ids), at)
    calendars = {
        calendar_id: CalendarDocument.model_validate(definition)
        for calendar_id, definition in definitions.items()
    }
    program_ids = {one for calendar in calendars.values() for one in calendar.program_ids()}
    definitions = await repository.in_force(session, PROGRAMS, caller, list(program_ids), at)
    programs = {
        program_id: ControlProgramDocument.model_validate(definition).value(program_id)
        for program_id, definition in definitions.items()
    }
    return {
        calendar_id: CalendarSet(
            calendar.value(calendar_id),
            {program_id: programs[program_id] for program_id in calendar.program_ids()},
        )
        for calendar_id, calendar in calendars.items()
    }


async def nights(
    session: AsyncSession,
    caller: Caller,
    calendar_id: UUID,
    *,
    lat_deg: float,
    lon_deg: float,
    timezone: str | None,
    first: date,
    last: date,
) -> list[PlannedNight]:
    """Every night from one evening to another; without a time zone, by the organisation's clock."""
    calendar = await get(session, caller, CALENDAR, calendar_id)
    if timezone is None:
        owner = await access.organisation(session, caller, calendar.organisation_id)
        timezone = owner.timezone
    _check_nights(timezone, first, last)
    evenings = [first + shift * ONE_DAY for shift in range((last - first).days + 1)]
    chosen = await calendar_set(session, caller, calendar_id)
    return planned_nights(chosen, Place(lat_deg, lon_deg, timezone), evenings)


def kept(kind: Kind[DocumentT], row: ScheduleRow, version: ScheduleVersion) -> Kept[DocumentT]:
    """A row and one of its versions as values."""
    return Kept(
        id=row.id,
        organisation_id=row.organisation_id,
        document=kind.document.model_validate(version.definition),
        version=version.version,
        changed_at=version.changed_at,
        changed_by_name=version.changed_by_name,
        why=version.why,
    )


async def _write(
    session: AsyncSession,
    caller: Caller,
    kind: Kind[DocumentT],
    row: ScheduleRow,
    document: DocumentT,
    *,
    why: str,
    now: datetime,
) -> Kept[DocumentT]:
    version = kind.shelf.version(
        document_id=row.id,
        version=row.version + 1,
        definition=stored(document),
        changed_at=now,
        changed_by=caller.user_id,
        changed_by_name=caller.display_name,
        why=why,
    )
    await _save(session, row, version, document.name)
    await audit.record(
        session,
        caller,
        at=now,
        action=f"{kind.name}.{'create' if row.version == 1 else 'change'}",
        subject_type=kind.name,
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"name": row.name, "version": row.version, "why": why},
    )
    return kept(kind, row, version)


async def _save(
    session: AsyncSession, row: ScheduleRow, version: ScheduleVersion, name: str
) -> None:
    try:
        async with session.begin_nested():
            row.name, row.version = name, version.version
            session.add(row)
            await session.flush()
            session.add(version)
    except IntegrityError as error:
        if UNIQUE_NAME not in str(error.orig):
            raise
        raise ScheduleNameTakenError(
            f"the organisation already has one called {name!r}; choose another name"
        ) from error


async def _check_programs(session: AsyncSession, organisation_id: UUID, document: Document) -> None:
    if not isinstance(document, CalendarDocument):
        return
    named = document.program_ids()
    owners = await repository.organisations_of(session, PROGRAMS, list(named))
    foreign = sorted(str(one) for one in named if owners.get(one) != organisation_id)
    if foreign:
        raise UnknownProgramError(
            "a calendar uses programs of its own organisation; first create there, or replace, "
            + ", ".join(foreign)
        )


def _check_nights(timezone: str, first: date, last: date) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise NightsNotComputableError(
            f"{timezone!r} is not an IANA time zone; write for example Europe/Paris"
        ) from error
    if not 0 <= (last - first).days < NIGHTS_MAX:
        raise NightsNotComputableError(
            f"ask for 1 to {NIGHTS_MAX} nights, the first before the last"
        )


def _found(found: repository.Found | None, kind: Kind[DocumentT]) -> repository.Found:
    if found is None:
        raise _not_found(kind)
    return found


def _not_found(kind: Kind[DocumentT]) -> NotFoundError:
    return kind.not_found(f"nothing you may see has this id; list them at /api/v1/{kind.path}")


async def revision(session: AsyncSession) -> int:
    """Grows with every change of a calendar or program: workers then load them again."""
    return await repository.version_count(session)

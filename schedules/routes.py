"""HTTP of calendars, control programs and the nights they make."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from schedules import service
from schedules.documents import CalendarDocument, ControlProgramDocument
from schedules.schemas import (
    CalendarAnswer,
    CalendarChange,
    CalendarCreation,
    ControlProgramAnswer,
    ControlProgramChange,
    ControlProgramCreation,
    NightAnswer,
    calendar_answer,
    control_program_answer,
    document_in,
    night_answer,
)
from schedules.service import CALENDAR, PROGRAM

router = APIRouter(tags=["schedules"])

SearchText = Annotated[str | None, Query(description="part of the name", max_length=100)]


@router.get("/calendars")
async def list_calendars(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: UUID | None = None,
    q: SearchText = None,
) -> Page[CalendarAnswer]:
    """Calendars the caller may see, by name."""
    rows = await service.page(
        session,
        caller,
        CALENDAR,
        organisation_id=organisation_id,
        text=q,
        after=page.after(tuple[str, UUID]),
        limit=page.limit,
    )
    return page_of(rows, page, lambda row: (row.document.name, row.id), calendar_answer)


@router.post("/calendars", status_code=201)
async def create_calendar(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: CalendarCreation,
    key: IdempotencyKey = None,
) -> CalendarAnswer:
    """Make a calendar of programs the organisation already has."""

    async def work() -> CalendarAnswer:
        document, owner = document_in(CalendarDocument, body), body.organisation_id
        return calendar_answer(
            await service.create(
                session, caller, CALENDAR, owner, document, why=body.why, now=clock.now()
            )
        )

    return await idempotent(
        session,
        caller,
        key,
        route="calendars.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=CalendarAnswer,
    )


@router.get("/calendars/{calendar_id}")
async def get_calendar(
    session: SessionDep, caller: CurrentCaller, calendar_id: UUID
) -> CalendarAnswer:
    """One calendar, as it is now."""
    return calendar_answer(await service.get(session, caller, CALENDAR, calendar_id))


@router.put("/calendars/{calendar_id}")
async def change_calendar(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    calendar_id: UUID,
    body: CalendarChange,
) -> CalendarAnswer:
    """Write a new version; the ones before stay readable."""
    changed = await service.change(
        session,
        caller,
        CALENDAR,
        calendar_id,
        document_in(CalendarDocument, body),
        edited_version=body.version,
        why=body.why,
        now=clock.now(),
    )
    return calendar_answer(changed)


@router.get("/calendars/{calendar_id}/versions")
async def list_calendar_versions(
    session: SessionDep, caller: CurrentCaller, calendar_id: UUID, page: PageQuery
) -> Page[CalendarAnswer]:
    """Every version of a calendar, the latest first."""
    after = page.after(tuple[int])
    rows = await service.history(
        session, caller, CALENDAR, calendar_id, before=after and after[0], limit=page.limit
    )
    return page_of(rows, page, lambda row: (row.version,), calendar_answer)


@router.get("/calendars/{calendar_id}/nights")
async def list_nights(
    session: SessionDep,
    caller: CurrentCaller,
    calendar_id: UUID,
    first: Annotated[date, Query(alias="from", description="the first evening")],
    last: Annotated[date, Query(alias="to", description="the last evening, at most 400 nights on")],
    lat_deg: Annotated[float, Query(ge=-90, le=90)],
    lon_deg: Annotated[float, Query(ge=-180, le=180)],
    timezone: Annotated[
        str | None, Query(description="IANA name; the organisation's without it", max_length=60)
    ] = None,
) -> Page[NightAnswer]:
    """What the calendar makes of each night at a place: steps in UTC, and why."""
    nights = await service.nights(
        session,
        caller,
        calendar_id,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        timezone=timezone,
        first=first,
        last=last,
    )
    return Page(items=[night_answer(night) for night in nights])


@router.get("/control-programs")
async def list_control_programs(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: UUID | None = None,
    q: SearchText = None,
) -> Page[ControlProgramAnswer]:
    """Control programs the caller may see, by name."""
    rows = await service.page(
        session,
        caller,
        PROGRAM,
        organisation_id=organisation_id,
        text=q,
        after=page.after(tuple[str, UUID]),
        limit=page.limit,
    )
    return page_of(rows, page, lambda row: (row.document.name, row.id), control_program_answer)


@router.post("/control-programs", status_code=201)
async def create_control_program(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: ControlProgramCreation,
    key: IdempotencyKey = None,
) -> ControlProgramAnswer:
    """Make a control program."""

    async def work() -> ControlProgramAnswer:
        document, owner = document_in(ControlProgramDocument, body), body.organisation_id
        return control_program_answer(
            await service.create(
                session, caller, PROGRAM, owner, document, why=body.why, now=clock.now()
            )
        )

    return await idempotent(
        session,
        caller,
        key,
        route="control_programs.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=ControlProgramAnswer,
    )


@router.get("/control-programs/{program_id}")
async def get_control_program(
    session: SessionDep, caller: CurrentCaller, program_id: UUID
) -> ControlProgramAnswer:
    """One control program, as it is now."""
    return control_program_answer(await service.get(session, caller, PROGRAM, program_id))


@router.put("/control-programs/{program_id}")
async def change_control_program(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    program_id: UUID,
    body: ControlProgramChange,
) -> ControlProgramAnswer:
    """Write a new version; the ones before stay readable."""
    changed = await service.change(
        session,
        caller,
        PROGRAM,
        program_id,
        document_in(ControlProgramDocument, body),
        edited_version=body.version,
        why=body.why,
        now=clock.now(),
    )
    return control_program_answer(changed)


@router.get("/control-programs/{program_id}/versions")
async def list_control_program_versions(
    session: SessionDep, caller: CurrentCaller, program_id: UUID, page: PageQuery
) -> Page[ControlProgramAnswer]:
    """Every version of a control program, the latest first."""
    after = page.after(tuple[int])
    rows = await service.history(
        session, caller, PROGRAM, program_id, before=after and after[0], limit=page.limit
    )
    return page_of(rows, page, lambda row: (row.version,), control_program_answer)

"""Commands and calendar assignments over HTTP."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.control import service, telling
from lighting.control.model import Target
from lighting.control.schemas import (
    CalendarAssignmentAnswer,
    CalendarAssignmentInput,
    CommandAnswer,
    CommandInput,
    DeliveryAnswer,
    DeliveryCounts,
    ExplanationAnswer,
    PreviewAnswer,
    PreviewInput,
    TargetInput,
)
from lighting.control.tables import Command
from lighting.registry import service as registry

router = APIRouter(tags=["control"])


def _target(given: TargetInput) -> Target:
    return Target(
        light_point_ids=tuple(dict.fromkeys(given.light_point_ids)),
        cabinet_id=given.cabinet_id,
        organisation_id=given.organisation_id,
    )


def _answer(command: Command, counts: Mapping[str, int]) -> CommandAnswer:
    return CommandAnswer.model_validate(
        {
            **command.model_dump(),
            "counts": DeliveryCounts(**counts, total=command.light_count),
        }
    )


@router.post("/commands/preview")
async def preview(session: SessionDep, caller: CurrentCaller, body: PreviewInput) -> PreviewAnswer:
    """Which lights a command would reach; changes nothing."""
    seen = await service.preview(session, caller, _target(body.target))
    return PreviewAnswer(
        light_count=len(seen.light_point_ids),
        without_controller_count=seen.without_controller_count,
        cabinet_count=seen.cabinet_count,
        streets=list(seen.streets),
        light_point_ids=list(seen.light_point_ids[: service.LIGHTS_SHOWN_MAX]),
    )


@router.post("/commands", status_code=201)
async def create(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: CommandInput,
    key: IdempotencyKey = None,
) -> CommandAnswer:
    """Bind lights to a level until an end. Orders leave at the next tick, within seconds."""
    now = clock.now()

    async def work() -> CommandAnswer:
        command = await service.create_command(
            session,
            caller,
            target=_target(body.target),
            level_percent=body.level_percent,
            reason=body.reason,
            now=now,
            expires_at=body.expires_at,
            duration=timedelta(seconds=body.duration_s) if body.duration_s else None,
            priority=body.priority,
        )
        return _answer(command, {"queued": command.light_count})

    return await idempotent(
        session,
        caller,
        key,
        route="commands.create",
        request=body,
        at=now,
        work=work,
        answer_type=CommandAnswer,
    )


@router.get("/commands")
async def list_commands(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    light_point_id: Annotated[UUID | None, Query()] = None,
) -> Page[CommandAnswer]:
    """Commands, newest first."""
    rows = await service.commands(
        session,
        caller,
        after=page.after(tuple[datetime, UUID]),
        limit=page.limit + 1,
        light_point_id=light_point_id,
    )
    counts = await service.delivery_counts(session, [row.id for row in rows])
    return page_of(
        rows,
        page,
        key=lambda row: (row.created_at, row.id),
        shape=lambda row: _answer(row, counts[row.id]),
    )


@router.get("/commands/{command_id}")
async def get_command(
    session: SessionDep, caller: CurrentCaller, command_id: UUID
) -> CommandAnswer:
    """One command with its progress."""
    command = await service.command(session, caller, command_id)
    counts = await service.delivery_counts(session, [command.id])
    return _answer(command, counts[command.id])


@router.get("/commands/{command_id}/deliveries")
async def list_deliveries(
    session: SessionDep, caller: CurrentCaller, command_id: UUID, page: PageQuery
) -> Page[DeliveryAnswer]:
    """The orders of one command, light by light."""
    after = page.after(tuple[UUID])
    rows = await service.deliveries(
        session, caller, command_id, after=after[0] if after else None, limit=page.limit + 1
    )
    names = await registry.names(session, [row.light_point_id for row in rows])
    return page_of(
        rows,
        page,
        key=lambda row: (row.id,),
        shape=lambda row: DeliveryAnswer.model_validate(
            {**row.model_dump(), "light_point_code": names[row.light_point_id].label}
        ),
    )


@router.post("/commands/{command_id}/cancel")
async def cancel(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, command_id: UUID
) -> CommandAnswer:
    """End a command now; its lights return to their programme."""
    command = await service.cancel_command(session, caller, command_id, clock.now())
    counts = await service.delivery_counts(session, [command.id])
    return _answer(command, counts[command.id])


@router.get("/calendar-assignments")
async def list_assignments(
    session: SessionDep, caller: CurrentCaller
) -> Page[CalendarAssignmentAnswer]:
    """Which calendar holds where; assignments are few, so this is one page."""
    rows = await service.assignments(session, caller)
    return Page(
        items=[CalendarAssignmentAnswer.model_validate(row, from_attributes=True) for row in rows]
    )


@router.put("/calendar-assignments")
async def assign(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, body: CalendarAssignmentInput
) -> CalendarAssignmentAnswer:
    """Give an organisation, a cabinet or a light its calendar, replacing the one it had."""
    assignment = await service.assign_calendar(
        session,
        caller,
        scope=body.scope,
        scope_id=body.scope_id,
        calendar_id=body.calendar_id,
        now=clock.now(),
    )
    return CalendarAssignmentAnswer.model_validate(assignment, from_attributes=True)


@router.get("/light-points/{light_point_id}/explanation")
async def explanation(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    light_point_id: UUID,
    at: Annotated[AwareDatetime | None, Query(description="past or planned; now if absent")] = None,
) -> ExplanationAnswer:
    """Why a light is, was or will be at its level, in plain French and English."""
    told = await telling.tell(session, caller, light_point_id, at=at, now=clock.now())
    return ExplanationAnswer.model_validate(told, from_attributes=True)

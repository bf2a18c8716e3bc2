"""Use cases of control: command lights, cancel, assign calendars, load the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from kit.outbox import emit
from lighting.control import repository
from lighting.control.model import (
    COMMAND_LIGHTS_MAX,
    AssignmentScope,
    CommandFinished,
    CommandState,
    Priority,
    Target,
)
from lighting.control.plan import Assignments, LightPlan, PlannedLight, sun_place
from lighting.control.rules import check_target, command_end
from lighting.control.tables import CalendarAssignment, Command, CommandDelivery
from lighting.registry.directory import service as directory
from lighting.registry.directory.model import TargetLight
from lighting.registry.light_points import service as light_points
from lighting.registry.network import service as network
from schedules import service as schedules

STREETS_SHOWN_MAX = 50
LIGHTS_SHOWN_MAX = 10_000


class CommandEndedError(ConflictError):
    """The command is not in force any more."""

    code = "command_ended"
    title = "This command has ended"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a command would reach."""

    light_point_ids: Sequence[UUID]
    without_controller_count: int
    cabinet_count: int
    streets: Sequence[str]


async def target_lights(
    session: AsyncSession, caller: Caller, target: Target
) -> Sequence[TargetLight]:
    """The lights in service that a target names, with or without controller."""
    check_target(target)
    found = await directory.target_lights(
        session,
        caller,
        light_point_ids=target.light_point_ids or None,
        cabinet_id=target.cabinet_id,
        organisation_id=target.organisation_id,
    )
    if target.light_point_ids and len(found) != len(set(target.light_point_ids)):
        raise NotFoundError("some of these light points do not exist; reload the list")
    if not found:
        raise NotFoundError("there is no light in service there; look it up in the registry")
    if len(found) > COMMAND_LIGHTS_MAX:
        raise InvalidInputError(f"at most {COMMAND_LIGHTS_MAX} lights in one command")
    return found


async def preview(session: AsyncSession, caller: Caller, target: Target) -> Preview:
    """Which lights a command would reach; changes nothing."""
    lights = await target_lights(session, caller, target)
    reached = [light for light in lights if light.controller_key is not None]
    return Preview(
        light_point_ids=[light.light_point_id for light in reached],
        without_controller_count=len(lights) - len(reached),
        cabinet_count=len({light.cabinet_id for light in reached if light.cabinet_id}),
        streets=sorted({light.street for light in reached if light.street})[:STREETS_SHOWN_MAX],
    )


async def create_command(
    session: AsyncSession,
    caller: Caller,
    *,
    target: Target,
    level_percent: int,
    reason: str,
    now: datetime,
    expires_at: datetime | None = None,
    duration: timedelta | None = None,
    priority: Priority = Priority.MAINTENANCE,
    delivered_by: datetime | None = None,
) -> Command:
    """Bind lights to a level until an end; the reconciliation sends the orders.

    Where they leave slowly, `delivered_by` is until when they may be on their way.
    """
    ends_at = command_end(now, expires_at, duration)
    lights = [
        light
        for light in await target_lights(session, caller, target)
        if light.controller_key is not None
    ]
    if not lights:
        raise InvalidInputError("none of these lights has a controller that takes levels")
    for organisation_id in {light.organisation_id for light in lights}:
        caller.require(Role.COMMAND, organisation_id)
    command = Command(
        organisation_id=target.organisation_id or lights[0].organisation_id,
        level_percent=level_percent,
        priority=int(priority),
        reason=reason,
        target=describe(target, len(lights)),
        state=CommandState.ACTIVE.value,
        author_id=caller.user_id,
        author=caller.display_name,
        created_at=now,
        expires_at=ends_at,
        delivered_by=delivered_by,
        light_count=len(lights),
    )
    session.add(command)
    await repository.add_command_lights(
        session, command.id, [light.light_point_id for light in lights]
    )
    await _record(session, caller, command, "command.create", now)
    return command


def describe(target: Target, light_count: int) -> str:
    """The target as the journal keeps it."""
    if target.cabinet_id is not None:
        return f"cabinet:{target.cabinet_id}"
    if target.organisation_id is not None:
        return f"organisation:{target.organisation_id}"
    return f"light_points:{light_count}"


async def _record(
    session: AsyncSession, caller: Caller, command: Command, action: str, now: datetime
) -> None:
    await audit.record(
        session,
        caller,
        at=now,
        action=action,
        subject_type="command",
        subject_id=command.id,
        organisation_id=command.organisation_id,
        detail={
            "target": command.target,
            "light_count": command.light_count,
            "level_percent": command.level_percent,
            "reason": command.reason,
            "expires_at": command.expires_at.isoformat(),
        },
    )


async def command(session: AsyncSession, caller: Caller, command_id: UUID) -> Command:
    """One command the caller may see."""
    found = await repository.command(session, caller, command_id)
    if found is None:
        raise NotFoundError("no such command; see GET /api/v1/commands")
    return found


async def commands(
    session: AsyncSession,
    caller: Caller,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    light_point_id: UUID | None = None,
) -> Sequence[Command]:
    """Commands, newest first."""
    return await repository.commands(
        session, caller, after=after, limit=limit, light_point_id=light_point_id
    )


async def delivery_counts(
    session: AsyncSession, command_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, int]]:
    """Per command, how many lights stand in each delivery state."""
    return await repository.delivery_counts(session, command_ids)


async def deliveries(
    session: AsyncSession, caller: Caller, command_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[CommandDelivery]:
    """The orders of one command, light by light."""
    await command(session, caller, command_id)
    return await repository.deliveries(session, command_id, after=after, limit=limit)


async def cancel_command(
    session: AsyncSession, caller: Caller, command_id: UUID, now: datetime
) -> Command:
    """End a command now; its lights return to their programme at the next tick."""
    found = await command(session, caller, command_id)
    caller.require(Role.COMMAND, found.organisation_id)
    if found.state != CommandState.ACTIVE or found.expires_at <= now:
        raise CommandEndedError("it has expired or was cancelled already; nothing to do")
    found.state = CommandState.CANCELLED.value
    found.ended_at = now
    await repository.cancel_open_deliveries(session, command_id, now)
    await emit(
        session,
        CommandFinished(command_id=found.id, organisation_id=found.organisation_id),
        at=now,
    )
    await _record(session, caller, found, "command.cancel", now)
    return found


async def assign_calendar(
    session: AsyncSession,
    caller: Caller,
    *,
    scope: AssignmentScope,
    scope_id: UUID,
    calendar_id: UUID,
    now: datetime,
) -> CalendarAssignment:
    """Give a scope its calendar, replacing the one it had."""
    organisation_id = await _organisation_of_scope(session, caller, scope, scope_id)
    caller.require(Role.PLAN, organisation_id)
    await schedules.calendar_set(session, caller, calendar_id)
    assignment = await repository.assignment_of(session, scope.value, scope_id)
    before = assignment.calendar_id if assignment else None
    if assignment is None:
        assignment = CalendarAssignment(
            organisation_id=organisation_id,
            scope=scope.value,
            scope_id=scope_id,
            calendar_id=calendar_id,
            assigned_at=now,
        )
        session.add(assignment)
    assignment.calendar_id = calendar_id
    assignment.assigned_at = now
    assignment.assigned_by = caller.user_id
    await audit.record(
        session,
        caller,
        at=now,
        action="calendar.assign",
        subject_type=scope.value,
        subject_id=scope_id,
        organisation_id=organisation_id,
        detail={"calendar_id": str(calendar_id), "before": str(before) if before else None},
    )
    return assignment


async def _organisation_of_scope(
    session: AsyncSession, caller: Caller, scope: AssignmentScope, scope_id: UUID
) -> UUID:
    if scope is AssignmentScope.ORGANISATION:
        return (await access.organisation(session, caller, scope_id)).id
    if scope is AssignmentScope.CABINET:
        return (await network.cabinet(session, caller, scope_id)).organisation_id
    return (await light_points.light_point(session, caller, scope_id)).organisation_id


async def assignments(session: AsyncSession, caller: Caller) -> Sequence[CalendarAssignment]:
    """Every calendar assignment the caller may see."""
    return await repository.assignments(session, caller)


async def plan_revision(session: AsyncSession) -> tuple[object, ...]:
    """Changes when an assignment or a calendar in use does: the plan must then be made again."""
    return await repository.plan_revision(session), await schedules.revision(session)


async def load_assignments(session: AsyncSession) -> Assignments:
    """Every assignment, ready to find the calendar of a light."""
    system = Caller.system("control")
    by_scope: dict[str, dict[UUID, UUID]] = {scope.value: {} for scope in AssignmentScope}
    for row in await repository.assignments(session, system):
        by_scope[row.scope][row.scope_id] = row.calendar_id
    return Assignments(
        by_light_point=by_scope[AssignmentScope.LIGHT_POINT],
        by_cabinet=by_scope[AssignmentScope.CABINET],
        by_organisation=by_scope[AssignmentScope.ORGANISATION],
        parents={one.id: one.parent_id for one in await access.organisations(session, system)},
    )


async def load_plan(session: AsyncSession) -> LightPlan:
    """The plan of every controllable light: directory, assignments and calendars of now."""
    assignments = await load_assignments(session)
    calendars = await schedules.calendar_sets(
        session, Caller.system("control"), assignments.calendar_ids()
    )
    lights = [
        PlannedLight(
            light_point_id=ref.light_point_id,
            organisation_id=ref.organisation_id,
            cabinet_id=ref.cabinet_id,
            controller_key=ref.controller_key,
            place=sun_place(ref.lat_deg, ref.lon_deg, ref.timezone),
        )
        for ref in await directory.directory(session)
        if ref.in_service
    ]
    return LightPlan(lights, assignments, calendars)

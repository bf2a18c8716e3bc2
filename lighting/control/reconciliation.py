"""Brings the street to its desired state: the story of one tick, each step a few statements.

Desired, acknowledged and actual are kept apart in the database; a tick only looks at their
differences. So a restart, a lost frame, a newer command or an expired one needs no special case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.outbox import emit
from lighting.control import deliveries, repository
from lighting.control.model import (
    CommandFinished,
    ControlledLight,
    LevelAcknowledgement,
    NewOrder,
    Refusal,
)
from lighting.control.plan import UNKNOWN_LEVEL, LightPlan
from lighting.solar import service as solar

# Why a light on sun and battery gives less than its programme: its battery would not last.
SHEDDING = "shedding"


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one tick did."""

    desired_changed: int
    orders_queued: int
    orders_given_up: int
    commands_ended: int


async def tick(session: AsyncSession, plan: LightPlan, now: datetime) -> TickReport:
    """Compute what every light should give now and queue an order for each that differs."""
    ended = await repository.end_due_commands(session, now)
    for command_id, organisation_id in ended:
        await emit(
            session,
            CommandFinished(command_id=command_id, organisation_id=organisation_id),
            at=now,
        )
    written = await _write_desired(session, plan, now)
    await deliveries.supersede(session, now)
    given_up = await deliveries.give_up_expired(session, now)
    queued = await _queue_missing(session, plan, written.bounds, now)
    return TickReport(written.changed, queued, given_up, len(ended))


@dataclass(frozen=True, slots=True)
class _Bounds:
    """When a command ends, and until when its orders may be on their way."""

    ends_at: datetime | None = None
    delivered_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    changed: int
    bounds: dict[UUID | None, _Bounds]


async def _write_desired(session: AsyncSession, plan: LightPlan, now: datetime) -> _Written:
    """Store the desired level of every light where it differs from the stored one."""
    levels = [int(level) for level in plan.scheduled_levels(now)]
    reasons = ["schedule" if level != UNKNOWN_LEVEL else "unassigned" for level in levels]
    for light_point_id, shed in (await solar.sheddings(session, now)).items():
        position = plan.position(light_point_id)
        if position is not None and levels[position] > shed.floor_percent:
            levels[position] = shed.level_percent(levels[position])
            reasons[position] = SHEDDING
    bounds: dict[UUID | None, _Bounds] = {}
    for row in await repository.winning_commands(session, now):
        position = plan.position(row["light_point_id"])
        if position is not None:
            levels[position] = row["level_percent"]
            reasons[position] = f"command:{row['command_id']}"
            bounds[row["command_id"]] = _Bounds(row["expires_at"], row["delivered_by"])
    stored = {
        row["light_point_id"]: (row["desired_level_percent"], row["desired_reason"])
        for row in await repository.stored_levels(session)
    }
    wanted = [None if level == UNKNOWN_LEVEL else level for level in levels]
    changed = [
        i
        for i, light in enumerate(plan.lights)
        if stored.get(light.light_point_id) != (wanted[i], reasons[i])
    ]
    if changed:
        await repository.save_desired(
            session,
            [plan.lights[i].light_point_id for i in changed],
            [plan.lights[i].organisation_id for i in changed],
            [wanted[i] for i in changed],
            [reasons[i] for i in changed],
            now,
        )
    return _Written(len(changed), bounds)


async def _queue_missing(
    session: AsyncSession, plan: LightPlan, bounds: dict[UUID | None, _Bounds], now: datetime
) -> int:
    orders = []
    for row in await deliveries.missing_orders(session, now):
        position = plan.position(row["light_point_id"])
        if position is None:
            continue
        command_id = command_of(row["desired_reason"])
        bound = bounds.get(command_id, _Bounds())
        orders.append(
            NewOrder(
                light_point_id=row["light_point_id"],
                organisation_id=row["organisation_id"],
                controller_key=plan.lights[position].controller_key,
                level_percent=row["desired_level_percent"],
                command_id=command_id,
                command_ends_at=bound.ends_at,
                delivered_by=bound.delivered_by,
            )
        )
    if orders:
        await deliveries.add_orders(session, orders, now)
    return len(orders)


def command_of(reason: str) -> UUID | None:
    """The command named by a desired reason `command:<id>`."""
    kind, _, identifier = reason.partition(":")
    return UUID(identifier) if kind == "command" else None


def _newest_known(
    lights: Mapping[int, ControlledLight], levels: Sequence[LevelAcknowledgement]
) -> Sequence[LevelAcknowledgement]:
    """The newest level of each controller that stands on a light point."""
    newest = {one.controller_key: one for one in sorted(levels, key=lambda one: one.at)}
    return [one for key, one in newest.items() if key in lights]


async def note_acknowledgements(
    session: AsyncSession,
    lights: Mapping[int, ControlledLight],
    echoes: Sequence[LevelAcknowledgement],
) -> None:
    """Controllers confirmed levels: keep the newest of each and end the orders they fulfil."""
    known = _newest_known(lights, echoes)
    if known:
        await deliveries.acknowledge_levels(
            session,
            [lights[one.controller_key].light_point_id for one in known],
            [lights[one.controller_key].organisation_id for one in known],
            [one.level_percent for one in known],
            [one.at for one in known],
        )


async def note_refusals(
    session: AsyncSession,
    lights: Mapping[int, ControlledLight],
    refusals: Sequence[Refusal],
    now: datetime,
) -> None:
    """Controllers refused their order (negative acknowledgement)."""
    known = [one for one in refusals if one.controller_key in lights]
    if known:
        await deliveries.refuse(
            session,
            [lights[one.controller_key].light_point_id for one in known],
            [one.reason for one in known],
            now,
        )


async def note_reported(
    session: AsyncSession,
    lights: Mapping[int, ControlledLight],
    reported: Sequence[LevelAcknowledgement],
) -> None:
    """Controllers reported the level they hold: it completes confirmed orders, and where it
    contradicts what was confirmed (a restart, a fallback) it replaces it, so that the next tick
    corrects the lamp."""
    known = _newest_known(lights, reported)
    if known:
        await deliveries.note_reported(
            session,
            [lights[one.controller_key].light_point_id for one in known],
            [one.level_percent for one in known],
            [one.at for one in known],
        )

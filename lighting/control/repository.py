"""Every query of control. Sets of lights move through asyncpg in one statement each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from kit.db import raw
from lighting.control.model import CommandState, DeliveryState
from lighting.control.tables import CalendarAssignment, Command, CommandDelivery, CommandLight


async def assignments(session: AsyncSession, caller: Caller) -> Sequence[CalendarAssignment]:
    query = (
        sa.select(CalendarAssignment)
        .where(visible(CalendarAssignment.organisation_id, caller))
        .order_by(col(CalendarAssignment.id))
    )
    return (await session.scalars(query)).all()


async def assignment_of(
    session: AsyncSession, scope: str, scope_id: UUID
) -> CalendarAssignment | None:
    query = sa.select(CalendarAssignment).where(
        col(CalendarAssignment.scope) == scope, col(CalendarAssignment.scope_id) == scope_id
    )
    return (await session.scalars(query)).first()


async def plan_revision(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many assignments there are, and when the newest was made."""
    query = sa.select(sa.func.count(), sa.func.max(col(CalendarAssignment.assigned_at)))
    row = (await session.execute(query)).one()
    return row[0], row[1]


async def add_command_lights(
    session: AsyncSession, command_id: UUID, light_point_ids: Sequence[UUID]
) -> None:
    connection = await raw(session)
    await connection.copy_records_to_table(
        "command_light",
        records=((command_id, light_point_id) for light_point_id in light_point_ids),
        columns=("command_id", "light_point_id"),
    )


async def command(session: AsyncSession, caller: Caller, command_id: UUID) -> Command | None:
    query = sa.select(Command).where(
        col(Command.id) == command_id, visible(Command.organisation_id, caller)
    )
    return (await session.scalars(query)).first()


async def commands(
    session: AsyncSession,
    caller: Caller,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    light_point_id: UUID | None = None,
) -> Sequence[Command]:
    query = (
        sa.select(Command)
        .where(visible(Command.organisation_id, caller))
        .order_by(col(Command.created_at).desc(), col(Command.id).desc())
        .limit(limit)
    )
    if light_point_id is not None:
        lights = sa.select(CommandLight.command_id).where(  # type: ignore[call-overload]
            col(CommandLight.light_point_id) == light_point_id
        )
        query = query.where(col(Command.id).in_(lights))
    if after is not None:
        query = query.where(
            sa.tuple_(col(Command.created_at), col(Command.id)) < sa.tuple_(*map(sa.literal, after))
        )
    return (await session.scalars(query)).all()


async def delivery_counts(
    session: AsyncSession, command_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, int]]:
    """Per command, how many lights stand in each state: a light counts by its newest delivery,
    and as `queued` while it has none yet."""
    connection = await raw(session)
    rows = await connection.fetch(
        """
        SELECT l.command_id, COALESCE(d.state, 'queued') AS state, count(*) AS lights
        FROM command_light l
        LEFT JOIN LATERAL (
            SELECT state FROM command_delivery
            WHERE light_point_id = l.light_point_id AND command_id = l.command_id
            ORDER BY created_at DESC LIMIT 1
        ) d ON true
        WHERE l.command_id = ANY($1::uuid[])
        GROUP BY 1, 2
        """,
        list(command_ids),
    )
    counts: dict[UUID, dict[str, int]] = {command_id: {} for command_id in command_ids}
    for row in rows:
        counts[row["command_id"]][row["state"]] = row["lights"]
    return counts


async def deliveries(
    session: AsyncSession, command_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[CommandDelivery]:
    query = (
        sa.select(CommandDelivery)
        .where(col(CommandDelivery.command_id) == command_id)
        .order_by(col(CommandDelivery.id))
        .limit(limit)
    )
    if after is not None:
        query = query.where(col(CommandDelivery.id) > after)
    return (await session.scalars(query)).all()


async def cancel_open_deliveries(session: AsyncSession, command_id: UUID, now: datetime) -> None:
    await session.execute(
        sa.update(CommandDelivery)
        .where(col(CommandDelivery.command_id) == command_id)
        .where(col(CommandDelivery.state).in_([DeliveryState.QUEUED, DeliveryState.SENT]))
        .values(state=DeliveryState.CANCELLED, ended_at=now)
    )


async def end_due_commands(session: AsyncSession, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Expire commands whose end has come; returns (command, organisation) of each."""
    result = await session.execute(
        sa.update(Command)
        .where(col(Command.state) == CommandState.ACTIVE, col(Command.expires_at) <= now)
        .values(state=CommandState.EXPIRED, ended_at=col(Command.expires_at))
        .returning(col(Command.id), col(Command.organisation_id))
    )
    return [(row[0], row[1]) for row in result.all()]


async def winning_commands(session: AsyncSession, now: datetime) -> Sequence[Any]:
    """For each light under command, the command that holds (highest priority, then newest)."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        """
        SELECT DISTINCT ON (l.light_point_id)
               l.light_point_id, c.id AS command_id, c.level_percent, c.expires_at,
               c.delivered_by
        FROM command c JOIN command_light l ON l.command_id = c.id
        WHERE c.state = 'active' AND c.expires_at > $1
        ORDER BY l.light_point_id, c.priority DESC, c.created_at DESC
        """,
        now,
    )
    return found


async def commands_at(
    session: AsyncSession, light_point_id: UUID, at: datetime
) -> Sequence[Command]:
    """The commands that held for one light at an instant, strongest first."""
    query = (
        sa.select(Command)
        .join(CommandLight, col(CommandLight.command_id) == col(Command.id))
        .where(col(CommandLight.light_point_id) == light_point_id)
        .where(col(Command.created_at) <= at)
        .where(sa.func.coalesce(col(Command.ended_at), col(Command.expires_at)) > at)
        .order_by(col(Command.priority).desc(), col(Command.created_at).desc())
    )
    return (await session.scalars(query)).all()


async def stored_levels(session: AsyncSession) -> Sequence[Any]:
    """(light_point_id, desired_level_percent, desired_reason) of every light."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        "SELECT light_point_id, desired_level_percent, desired_reason FROM light_state"
    )
    return found


async def levels_of(session: AsyncSession, light_point_ids: Sequence[UUID]) -> Sequence[Any]:
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        "SELECT * FROM light_state WHERE light_point_id = ANY($1::uuid[])", list(light_point_ids)
    )
    return found


async def unanswered_since(
    session: AsyncSession, light_point_ids: Sequence[UUID]
) -> Mapping[UUID, datetime]:
    """Lights that were sent another level than the confirmed one and have not answered since:
    when the first of these orders was made."""
    connection = await raw(session)
    rows = await connection.fetch(
        """
        SELECT d.light_point_id, min(d.created_at) AS since
        FROM command_delivery d JOIN light_state s ON s.light_point_id = d.light_point_id
        WHERE d.light_point_id = ANY($1::uuid[]) AND d.sent_at > s.acknowledged_at
          AND d.level_percent <> s.acknowledged_level_percent
          AND d.state IN ('sent', 'expired', 'superseded', 'cancelled')
        GROUP BY 1
        """,
        list(light_point_ids),
    )
    return {row["light_point_id"]: row["since"] for row in rows}


async def save_desired(
    session: AsyncSession,
    lights: Sequence[UUID],
    organisations: Sequence[UUID],
    levels: Sequence[int | None],
    reasons: Sequence[str],
    now: datetime,
) -> None:
    connection = await raw(session)
    await connection.execute(
        """
        INSERT INTO light_state AS s
            (light_point_id, organisation_id, desired_level_percent, desired_reason, desired_at)
        SELECT t.*, $5 FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[]) AS t
        ON CONFLICT (light_point_id) DO UPDATE SET
            organisation_id = EXCLUDED.organisation_id,
            desired_level_percent = EXCLUDED.desired_level_percent,
            desired_reason = EXCLUDED.desired_reason,
            desired_at = EXCLUDED.desired_at
        """,
        list(lights),
        list(organisations),
        list(levels),
        list(reasons),
        now,
    )


async def newest_delivery(
    session: AsyncSession, light_point_id: UUID, until: datetime
) -> CommandDelivery | None:
    query = (
        sa.select(CommandDelivery)
        .where(col(CommandDelivery.light_point_id) == light_point_id)
        .where(col(CommandDelivery.created_at) <= until)
        .order_by(col(CommandDelivery.created_at).desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def commands_between(
    session: AsyncSession, light_point_id: UUID, starts_at: datetime, ends_at: datetime
) -> Sequence[Command]:
    """The commands that held for one light at some instant of a stretch."""
    query = (
        sa.select(Command)
        .join(CommandLight, col(CommandLight.command_id) == col(Command.id))
        .where(col(CommandLight.light_point_id) == light_point_id)
        .where(col(Command.created_at) < ends_at)
        .where(sa.func.coalesce(col(Command.ended_at), col(Command.expires_at)) > starts_at)
    )
    return (await session.scalars(query)).all()

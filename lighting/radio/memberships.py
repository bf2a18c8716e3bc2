"""Queries on multicast groups and their members."""

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
from lighting.radio.tables import RadioGroupRow


async def groups(session: AsyncSession, caller: Caller, limit: int) -> Sequence[RadioGroupRow]:
    query = (
        sa.select(RadioGroupRow)
        .where(visible(RadioGroupRow.organisation_id, caller))
        .order_by(col(RadioGroupRow.name), col(RadioGroupRow.id))
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def member_counts(
    session: AsyncSession, group_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, int]]:
    connection = await raw(session)
    rows = await connection.fetch(
        "SELECT group_id, state, count(*) AS members FROM radio_group_member "
        "WHERE group_id = ANY($1::uuid[]) GROUP BY 1, 2",
        list(group_ids),
    )
    counts: dict[UUID, dict[str, int]] = {group_id: {} for group_id in group_ids}
    for row in rows:
        counts[row["group_id"]][row["state"]] = row["members"]
    return counts


async def ready_groups_of(
    session: AsyncSession, controller_keys: Sequence[int], limit: int
) -> Sequence[Any]:
    """Groups with some of these controllers, and all their members: `is_ready` when each of them
    holds the keys, as a frame to the group is heard by no other way."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        """
        SELECT g.id, g.name, g.network, g.profile, g.gateways, g.data_rate,
               g.frequency_hz,
               array_agg(m.controller_key) AS members, bool_and(m.state = 'ready') AS is_ready
        FROM radio_group g JOIN radio_group_member m ON m.group_id = g.id
        WHERE g.id IN (SELECT group_id FROM radio_group_member
                       WHERE controller_key = ANY($1::int[]))
        GROUP BY g.id LIMIT $2
        """,
        list(controller_keys),
        limit,
    )
    return found


async def add_members(
    session: AsyncSession, group_id: UUID, keys: Sequence[int], state: str, now: datetime
) -> None:
    connection = await raw(session)
    await connection.copy_records_to_table(
        "radio_group_member",
        records=[(group_id, key, state, now) for key in keys],
        columns=("group_id", "controller_key", "state", "changed_at"),
    )


async def member_gateways(
    session: AsyncSession, group_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[str, ...]]:
    """The gateways that hear the members of each group."""
    connection = await raw(session)
    rows = await connection.fetch(
        """
        SELECT m.group_id, array_agg(DISTINCT s.gateway_address ORDER BY s.gateway_address) AS them
        FROM radio_group_member m JOIN latest_state s ON s.controller_key = m.controller_key
        WHERE m.group_id = ANY($1::uuid[]) AND s.gateway_address IS NOT NULL GROUP BY 1
        """,
        list(group_ids),
    )
    return {row["group_id"]: tuple(row["them"]) for row in rows}


async def note_member(
    session: AsyncSession, controller_key: int, slot: int, state: str, now: datetime
) -> None:
    """A device said whether it took the group of one of its slots."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE radio_group_member m SET state = $3, changed_at = $4
        FROM radio_group g
        WHERE g.id = m.group_id AND g.slot = $2 AND m.controller_key = $1
        """,
        controller_key,
        slot,
        state,
        now,
    )


async def group(session: AsyncSession, caller: Caller, group_id: UUID) -> RadioGroupRow | None:
    query = sa.select(RadioGroupRow).where(
        col(RadioGroupRow.id) == group_id, visible(RadioGroupRow.organisation_id, caller)
    )
    return (await session.scalars(query)).first()


async def put_members(session: AsyncSession, group_id: UUID, state: str, now: datetime) -> None:
    connection = await raw(session)
    await connection.execute(
        "UPDATE radio_group_member SET state = $2, changed_at = $3 WHERE group_id = $1",
        group_id,
        state,
        now,
    )

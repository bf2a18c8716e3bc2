"""Every query of firmware campaigns. What is read of other folders is read by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from kit.db import raw
from lighting.firmware.model import CampaignState, Target, UpdateState
from lighting.firmware.tables import (
    FirmwareCampaign,
    FirmwareDevice,
    FirmwareImage,
    FirmwareWave,
)

# Controllers of a wave that suffered from an instant on: an alarm of their light was raised, or
# they were silent at its end for longer than twice their period.
_BASELINE = """
SELECT count(*) FROM firmware_device d
JOIN controller c ON c.id = d.controller_id
LEFT JOIN installation i ON i.controller_id = c.id AND i.removed_at IS NULL
LEFT JOIN latest_state s ON s.controller_key = c.key
WHERE d.campaign_id = $1 AND d.wave = $2
  AND (EXISTS (SELECT FROM alarm a WHERE a.light_point_id = i.light_point_id
               AND a.raised_at >= $3 AND a.raised_at < $4)
       OR s.seen_at IS NULL
       OR s.seen_at < $4 - c.expected_period_s * 2 * interval '1 second')
"""

_WATCHED = """
SELECT d.controller_id, d.updated_at, s.seen_at, c.expected_period_s,
       ARRAY(SELECT DISTINCT a.cause FROM alarm a
             WHERE a.light_point_id = i.light_point_id AND a.raised_at >= d.handed_at) AS causes
FROM firmware_device d
JOIN controller c ON c.id = d.controller_id
LEFT JOIN installation i ON i.controller_id = c.id AND i.removed_at IS NULL
LEFT JOIN latest_state s ON s.controller_key = c.key
WHERE d.campaign_id = $1 AND d.state = 'watched'
"""

_HAND_OUT = """
UPDATE firmware_device SET state = 'due', handed_at = $4
WHERE (campaign_id, controller_id) IN (
    SELECT campaign_id, controller_id FROM firmware_device
    WHERE campaign_id = $1 AND wave = $2 AND state = 'waiting'
    ORDER BY controller_id LIMIT $3)
"""

_CLAIM = """
UPDATE firmware_device d SET state = 'sending', attempts = attempts + 1, handed_at = $3
FROM controller c
WHERE c.id = d.controller_id AND (d.campaign_id, d.controller_id) IN (
    SELECT due.campaign_id, due.controller_id
    FROM firmware_device due
    JOIN controller k ON k.id = due.controller_id
    JOIN firmware_campaign p ON p.id = due.campaign_id AND p.state = 'running'
    WHERE due.state = 'due' AND k.network = ANY($1::text[])
    ORDER BY due.handed_at LIMIT $2 FOR UPDATE OF due SKIP LOCKED)
RETURNING d.campaign_id, c.id, c.key, c.address, c.network, c.profile
"""

_DUE_NETWORKS = """
SELECT DISTINCT c.network FROM firmware_device d JOIN controller c ON c.id = d.controller_id
WHERE d.state = 'due'
"""

_LOST = """
UPDATE firmware_device SET
    state = CASE WHEN attempts < $3 THEN 'due' ELSE 'failed' END,
    detail = CASE WHEN attempts < $3 THEN detail ELSE 'the worker that sent it died' END,
    ended_at = CASE WHEN attempts < $3 THEN NULL ELSE $1::timestamptz END
WHERE state = 'sending' AND handed_at < $2
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A device to be updated now, and of which campaign."""

    campaign_id: UUID
    target: Target


async def images(session: AsyncSession, caller: Caller) -> Sequence[FirmwareImage]:
    query = (
        sa.select(FirmwareImage)
        .where(visible(FirmwareImage.organisation_id, caller))
        .order_by(col(FirmwareImage.created_at).desc())
        .limit(500)
    )
    return (await session.scalars(query)).all()


async def image(session: AsyncSession, caller: Caller, image_id: UUID) -> FirmwareImage | None:
    query = sa.select(FirmwareImage).where(
        col(FirmwareImage.id) == image_id, visible(FirmwareImage.organisation_id, caller)
    )
    return await session.scalar(query)


async def campaigns(
    session: AsyncSession,
    caller: Caller,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[FirmwareCampaign]:
    table = FirmwareCampaign
    key = sa.tuple_(col(table.created_at), col(table.id))
    query = sa.select(table).where(visible(table.organisation_id, caller))
    query = query.order_by(key.desc()).limit(limit)
    if after is not None:
        query = query.where(key < sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def campaign(
    session: AsyncSession, caller: Caller, campaign_id: UUID, *, is_held: bool = False
) -> FirmwareCampaign | None:
    table = FirmwareCampaign
    query = sa.select(table).where(
        col(table.id) == campaign_id, visible(table.organisation_id, caller)
    )
    return await session.scalar(query.with_for_update() if is_held else query)


async def running(session: AsyncSession) -> Sequence[FirmwareCampaign]:
    """Campaigns under way, held; those another worker looks at are passed."""
    query = (
        sa.select(FirmwareCampaign)
        .where(col(FirmwareCampaign.state) == CampaignState.RUNNING.value)
        .order_by(col(FirmwareCampaign.id))
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def add_devices(session: AsyncSession, campaign_id: UUID, waves: Mapping[UUID, int]) -> None:
    connection = await raw(session)
    await connection.copy_records_to_table(
        "firmware_device",
        records=[
            (campaign_id, controller_id, wave, UpdateState.WAITING.value, 0, "")
            for controller_id, wave in sorted(waves.items())
        ],
        columns=("campaign_id", "controller_id", "wave", "state", "attempts", "detail"),
    )


async def counts(
    session: AsyncSession, campaign_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[int, Mapping[UpdateState, int]]]:
    """By campaign and wave, how many devices stand in each state."""
    table = FirmwareDevice
    query = (
        sa.select(col(table.campaign_id), col(table.wave), col(table.state), sa.func.count())
        .where(col(table.campaign_id).in_(campaign_ids))
        .group_by(col(table.campaign_id), col(table.wave), col(table.state))
        .order_by(col(table.wave))
    )
    found: dict[UUID, dict[int, dict[UpdateState, int]]] = {}
    for campaign_id, wave, state, count in await session.execute(query):
        found.setdefault(campaign_id, {}).setdefault(wave, {})[UpdateState(state)] = count
    return found


async def waves(
    session: AsyncSession, campaign_ids: Sequence[UUID]
) -> Mapping[tuple[UUID, int], FirmwareWave]:
    """Waves that have begun."""
    query = sa.select(FirmwareWave).where(col(FirmwareWave.campaign_id).in_(campaign_ids))
    return {(row.campaign_id, row.number): row for row in (await session.scalars(query)).all()}


async def baseline(
    session: AsyncSession, campaign_id: UUID, wave: int, since: datetime, until: datetime
) -> int:
    connection = await raw(session)
    return int(await connection.fetchval(_BASELINE, campaign_id, wave, since, until))


async def watched(session: AsyncSession, campaign_id: UUID) -> Sequence[Any]:
    connection = await raw(session)
    rows: Sequence[Any] = await connection.fetch(_WATCHED, campaign_id)
    return rows


async def hand_out(
    session: AsyncSession, campaign_id: UUID, wave: int, count: int, now: datetime
) -> int:
    """Let up to `count` waiting devices of a wave begin; returns how many there were."""
    connection = await raw(session)
    status: str = await connection.execute(_HAND_OUT, campaign_id, wave, count, now)
    return int(status.split()[-1])


async def due_networks(session: AsyncSession) -> Sequence[str]:
    """Networks that have devices that are due."""
    connection = await raw(session)
    return [row[0] for row in await connection.fetch(_DUE_NETWORKS)]


async def claim(
    session: AsyncSession, networks: Sequence[str], limit: int, now: datetime
) -> Sequence[Claimed]:
    """Devices that are due on these networks, taken by one worker."""
    connection = await raw(session)
    rows = await connection.fetch(_CLAIM, list(networks), limit, now)
    return [Claimed(row[0], Target(*list(row)[1:])) for row in rows]


async def give_back_lost(
    session: AsyncSession, now: datetime, age_max: timedelta, attempts_max: int
) -> None:
    """Devices whose worker died while it sent are due again, a few times."""
    connection = await raw(session)
    await connection.execute(_LOST, now, now - age_max, attempts_max)


async def set_state(
    session: AsyncSession,
    campaign_id: UUID,
    controller_id: UUID,
    state: UpdateState,
    **values: Any,
) -> None:
    table = FirmwareDevice
    await session.execute(
        sa.update(table)
        .where(col(table.campaign_id) == campaign_id, col(table.controller_id) == controller_id)
        .values(state=state.value, **values)
    )


async def devices(
    session: AsyncSession,
    campaign_id: UUID,
    *,
    state: UpdateState | None,
    after: UUID | None,
    limit: int,
) -> Sequence[FirmwareDevice]:
    table = FirmwareDevice
    query = sa.select(table).where(col(table.campaign_id) == campaign_id)
    query = query.order_by(col(table.controller_id)).limit(limit)
    if state is not None:
        query = query.where(col(table.state) == state.value)
    if after is not None:
        query = query.where(col(table.controller_id) > after)
    return (await session.scalars(query)).all()

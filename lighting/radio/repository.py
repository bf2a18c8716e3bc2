"""Every query of radio. Sets of lights move through asyncpg in one statement each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from kit.db import raw
from lighting.radio.model import CampaignState, Channel, Emission, Outcome
from lighting.radio.tables import RadioCampaign, RadioCampaignLight

SLICE = timedelta(minutes=10)


async def channels(session: AsyncSession, gateways: Sequence[str]) -> Mapping[Channel, datetime]:
    """When the transmitters of these gateways are free."""
    return await _channels(session, gateways, "")


async def lock_channels(
    session: AsyncSession, gateways: Sequence[str]
) -> Mapping[Channel, datetime]:
    """The same, held until the end of the transaction: two workers never use one slot twice.

    The advisory lock stands for channels that have no row yet.
    """
    connection = await raw(session)
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('radio', 0))")
    return await _channels(session, gateways, "FOR UPDATE")


async def _channels(
    session: AsyncSession, gateways: Sequence[str], lock: str
) -> Mapping[Channel, datetime]:
    connection = await raw(session)
    rows = await connection.fetch(
        "SELECT gateway_address, sub_band, free_at FROM radio_channel "
        f"WHERE gateway_address = ANY($1::text[]) {lock}",
        list(gateways),
    )
    return {Channel(row["gateway_address"], row["sub_band"]): row["free_at"] for row in rows}


async def put_channels(session: AsyncSession, free_at: Mapping[Channel, datetime]) -> None:
    connection = await raw(session)
    await connection.executemany(
        """
        INSERT INTO radio_channel (gateway_address, sub_band, free_at) VALUES ($1, $2, $3)
        ON CONFLICT (gateway_address, sub_band) DO UPDATE SET free_at = EXCLUDED.free_at
        """,
        [(channel.gateway, channel.sub_band, at) for channel, at in free_at.items()],
    )


async def book_airtime(
    session: AsyncSession, sent: Iterable[tuple[str, Emission]], now: datetime
) -> None:
    """Write down what gateways send."""
    slice_at = now - timedelta(seconds=now.timestamp() % SLICE.total_seconds())
    totals: dict[tuple[str, str], tuple[int, int]] = {}
    for gateway, emission in sent:
        key = (gateway, emission.band.name)
        airtime_us, frames = totals.get(key, (0, 0))
        totals[key] = (airtime_us + emission.airtime // timedelta(microseconds=1), frames + 1)
    connection = await raw(session)
    await connection.executemany(
        """
        INSERT INTO radio_airtime AS a
            (gateway_address, sub_band, slice_at, airtime_us, frame_count)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (gateway_address, sub_band, slice_at) DO UPDATE SET
            airtime_us = a.airtime_us + EXCLUDED.airtime_us,
            frame_count = a.frame_count + EXCLUDED.frame_count
        """,
        [(*key, slice_at, *figures) for key, figures in totals.items()],
    )


async def airtime(
    session: AsyncSession, gateways: Sequence[str], since: datetime
) -> Mapping[Channel, tuple[timedelta, int]]:
    """Airtime and frames of each channel since an instant, whole slices only."""
    connection = await raw(session)
    rows = await connection.fetch(
        """
        SELECT gateway_address, sub_band, sum(airtime_us)::bigint AS us, sum(frame_count) AS frames
        FROM radio_airtime WHERE gateway_address = ANY($1::text[]) AND slice_at > $2
        GROUP BY 1, 2
        """,
        list(gateways),
        since - SLICE,
    )
    return {
        Channel(row["gateway_address"], row["sub_band"]): (
            timedelta(microseconds=row["us"]),
            row["frames"],
        )
        for row in rows
    }


async def forget_airtime(session: AsyncSession, before: datetime) -> None:
    connection = await raw(session)
    await connection.execute("DELETE FROM radio_airtime WHERE slice_at < $1", before)


async def campaign(
    session: AsyncSession, caller: Caller, campaign_id: UUID
) -> RadioCampaign | None:
    query = sa.select(RadioCampaign).where(
        col(RadioCampaign.id) == campaign_id, visible(RadioCampaign.organisation_id, caller)
    )
    return (await session.scalars(query)).first()


async def campaigns(
    session: AsyncSession, caller: Caller, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[RadioCampaign]:
    query = (
        sa.select(RadioCampaign)
        .where(visible(RadioCampaign.organisation_id, caller))
        .order_by(col(RadioCampaign.created_at).desc(), col(RadioCampaign.id).desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(
            sa.tuple_(col(RadioCampaign.created_at), col(RadioCampaign.id))
            < sa.tuple_(*map(sa.literal, after))
        )
    return (await session.scalars(query)).all()


async def sending_campaigns(session: AsyncSession) -> Sequence[RadioCampaign]:
    query = (
        sa.select(RadioCampaign)
        .where(col(RadioCampaign.state) == CampaignState.SENDING)
        .order_by(col(RadioCampaign.created_at))
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def add_lights(session: AsyncSession, records: Iterable[tuple[Any, ...]]) -> None:
    """(campaign, light point, controller key, group, gateway, period, outcome, reason) each."""
    connection = await raw(session)
    await connection.copy_records_to_table(
        "radio_campaign_light",
        records=records,
        columns=(
            "campaign_id",
            "light_point_id",
            "controller_key",
            "group_id",
            "gateway_address",
            "period_s",
            "outcome",
            "reason",
        ),
    )


async def lights(
    session: AsyncSession,
    campaign_id: UUID,
    *,
    outcome: Outcome | None,
    after: UUID | None,
    limit: int,
) -> Sequence[RadioCampaignLight]:
    query = (
        sa.select(RadioCampaignLight)
        .where(col(RadioCampaignLight.campaign_id) == campaign_id)
        .order_by(col(RadioCampaignLight.light_point_id))
        .limit(limit)
    )
    if outcome is not None:
        query = query.where(col(RadioCampaignLight.outcome) == outcome)
    if after is not None:
        query = query.where(col(RadioCampaignLight.light_point_id) > after)
    return (await session.scalars(query)).all()


async def light_counts(session: AsyncSession, campaign_ids: Sequence[UUID]) -> Sequence[Any]:
    """(campaign_id, outcome, proof, lights)."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        "SELECT campaign_id, outcome, proof, count(*) AS lights FROM radio_campaign_light "
        "WHERE campaign_id = ANY($1::uuid[]) GROUP BY 1, 2, 3",
        list(campaign_ids),
    )
    return found


async def ways_of(
    session: AsyncSession, command_ids: Sequence[UUID], controller_keys: Sequence[int]
) -> Sequence[Any]:
    """Of campaigns still sending: which of these controllers a frame to their group reaches, and
    when it left; (command_id, controller_key, period_s, sent_at, waits_until)."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        """
        SELECT c.command_id, l.controller_key, l.period_s, f.sent_at, f.waits_until
        FROM radio_campaign c
        JOIN radio_campaign_light l ON l.campaign_id = c.id
        JOIN (SELECT campaign_id, group_id, max(sent_at) AS sent_at,
                     min(not_before) FILTER (WHERE state = 'waiting') AS waits_until
              FROM radio_frame WHERE state <> 'failed' GROUP BY 1, 2) f
          ON f.campaign_id = c.id AND f.group_id = l.group_id
        WHERE c.command_id = ANY($1::uuid[]) AND c.state = 'sending'
          AND l.controller_key = ANY($2::int[])
        """,
        list(command_ids),
        list(controller_keys),
    )
    return found


async def drop_frames(session: AsyncSession, campaign_id: UUID, why: str) -> None:
    """Frames of a campaign that have not left will not."""
    connection = await raw(session)
    await connection.execute(
        "UPDATE radio_frame SET state = 'failed', detail = $2 "
        "WHERE campaign_id = $1 AND state = 'waiting'",
        campaign_id,
        why,
    )


async def fail_pending(session: AsyncSession, campaign_id: UUID, reason: str) -> None:
    connection = await raw(session)
    await connection.execute(
        "UPDATE radio_campaign_light SET outcome = 'failed', reason = $2 "
        "WHERE campaign_id = $1 AND outcome = 'pending'",
        campaign_id,
        reason,
    )


async def due_frames(session: AsyncSession, now: datetime, limit: int) -> Sequence[Any]:
    """Frames that may leave now, each with where it goes; held until the end of the
    transaction."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        """
        SELECT f.id, f.group_id, f.controller_key, f.port, f.payload, f.expires_at, f.campaign_id,
               g.network, g.remote_id, g.gateways, g.data_rate, g.frequency_hz,
               g.organisation_id
        FROM radio_frame f LEFT JOIN radio_group g ON g.id = f.group_id
        WHERE f.state = 'waiting' AND f.not_before <= $1
        ORDER BY f.not_before, f.id LIMIT $2 FOR UPDATE OF f SKIP LOCKED
        """,
        now,
        limit,
    )
    return found


async def mark_frames(
    session: AsyncSession, ids: Sequence[UUID], state: str, now: datetime, detail: str | None = None
) -> None:
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE radio_frame SET state = $2::text, detail = $4::text,
               sent_at = CASE WHEN $2::text = 'sent' THEN $3 ELSE sent_at END
        WHERE id = ANY($1::uuid[])
        """,
        list(ids),
        state,
        now,
        detail,
    )


async def postpone_frames(
    session: AsyncSession, ids: Sequence[UUID], not_before: Sequence[datetime]
) -> None:
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE radio_frame f SET not_before = t.at
        FROM unnest($1::uuid[], $2::timestamptz[]) AS t(id, at) WHERE f.id = t.id
        """,
        list(ids),
        list(not_before),
    )

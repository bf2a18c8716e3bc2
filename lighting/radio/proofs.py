"""Queries on the proof of lights, each on all lights of a campaign at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw

# The newest order of each pending light under the campaign's command, and the level its
# controller holds as far as is known.
_PENDING = """
    SELECT l.light_point_id, l.group_id, l.gateway_address, c.level_percent, c.created_at,
           d.state, d.attempts, d.detail, d.sent_at, d.acknowledged_at, d.ended_at,
           s.acknowledged_level_percent AS confirmed_percent, s.acknowledged_at AS confirmed_at,
           s.desired_reason
    FROM radio_campaign_light l
    JOIN radio_campaign c ON c.id = l.campaign_id
    LEFT JOIN LATERAL (
        SELECT state, attempts, detail, sent_at, acknowledged_at, ended_at FROM command_delivery
        WHERE light_point_id = l.light_point_id AND command_id = $2
        ORDER BY created_at DESC LIMIT 1
    ) d ON true
    LEFT JOIN light_state s ON s.light_point_id = l.light_point_id
    WHERE l.campaign_id = $1 AND l.outcome = 'pending'
"""


async def take_confirmed(session: AsyncSession, campaign_id: UUID, command_id: UUID) -> None:
    """Lights whose controller echoed the order, reported the level since, or held it before."""
    connection = await raw(session)
    await connection.execute(
        f"""
        UPDATE radio_campaign_light l SET
            outcome = 'proven',
            proof = CASE WHEN p.acknowledged_at IS NOT NULL THEN 'echo'
                         WHEN p.state = 'applied' OR p.confirmed_at > p.created_at THEN 'report'
                         ELSE 'unchanged' END,
            proven_at = CASE WHEN p.acknowledged_at IS NOT NULL THEN p.acknowledged_at
                             WHEN p.state = 'applied' THEN p.ended_at ELSE p.confirmed_at END
        FROM ({_PENDING}) p
        WHERE l.campaign_id = $1 AND l.light_point_id = p.light_point_id
          AND (p.state IN ('acknowledged', 'applied')
               OR p.confirmed_percent = p.level_percent
                  AND (p.confirmed_at > p.created_at OR p.state IS NULL AND NOT EXISTS (
                       SELECT FROM command_delivery o
                       WHERE o.light_point_id = p.light_point_id AND o.sent_at > p.confirmed_at
                         AND o.level_percent <> p.level_percent)))
        """,
        campaign_id,
        command_id,
    )


async def take_ended(session: AsyncSession, campaign_id: UUID, command_id: UUID) -> None:
    """Lights that are wanted otherwise by now, so that this level will not come."""
    connection = await raw(session)
    await connection.execute(
        f"""
        UPDATE radio_campaign_light l SET outcome = 'failed',
            reason = CASE p.state WHEN 'superseded' THEN 'replaced by a newer or stronger order'
                                  ELSE 'the command was cancelled' END
        FROM ({_PENDING}) p
        WHERE l.campaign_id = $1 AND l.light_point_id = p.light_point_id
          AND p.state IN ('superseded', 'cancelled')
          AND p.desired_reason IS DISTINCT FROM 'command:' || $2::text
        """,
        campaign_id,
        command_id,
    )


async def pending(session: AsyncSession, campaign_id: UUID, command_id: UUID) -> Sequence[Any]:
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(_PENDING, campaign_id, command_id)
    return found


async def has_pending(session: AsyncSession, campaign_id: UUID) -> bool:
    connection = await raw(session)
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM radio_campaign_light "
            "WHERE campaign_id = $1 AND outcome = 'pending')",
            campaign_id,
        )
    )


async def fail(session: AsyncSession, campaign_id: UUID, reasons: Mapping[UUID, str]) -> None:
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE radio_campaign_light l SET outcome = 'failed', reason = t.reason
        FROM unnest($2::uuid[], $3::text[]) AS t(light_point_id, reason)
        WHERE l.campaign_id = $1 AND l.light_point_id = t.light_point_id
          AND l.outcome = 'pending'
        """,
        campaign_id,
        list(reasons),
        list(reasons.values()),
    )


async def hearings(session: AsyncSession, campaign_id: UUID, level_percent: int) -> Sequence[Any]:
    """Of each group spoken to: its lights, those proven by themselves, and those whose controller
    said another level after the frame."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        """
        SELECT l.group_id, count(*) AS lights,
               count(*) FILTER (WHERE l.proof IN ('echo', 'report')) AS confirmed,
               count(*) FILTER (WHERE l.outcome = 'pending' AND s.acknowledged_at > f.sent_at
                                  AND s.acknowledged_level_percent <> $2) AS contradicted
        FROM radio_campaign_light l
        JOIN (SELECT group_id, min(sent_at) AS sent_at FROM radio_frame
              WHERE campaign_id = $1 AND state = 'sent' GROUP BY 1) f USING (group_id)
        LEFT JOIN light_state s ON s.light_point_id = l.light_point_id
        WHERE l.campaign_id = $1 GROUP BY 1
        """,
        campaign_id,
        level_percent,
    )
    return found


async def prove_group(
    session: AsyncSession, campaign_id: UUID, group_id: UUID, now: datetime
) -> None:
    """What a group's members said is taken for its silent ones, but for those that were asked one
    by one since and did not answer: their silence says more than their neighbours."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE radio_campaign_light l SET outcome = 'proven', proof = 'sample', proven_at = $3
        FROM radio_campaign c
        WHERE l.campaign_id = $1 AND c.id = $1 AND l.group_id = $2 AND l.outcome = 'pending'
          AND NOT EXISTS (
            SELECT FROM command_delivery d
            WHERE d.light_point_id = l.light_point_id AND d.command_id = c.command_id
              AND d.attempts > 1)
        """,
        campaign_id,
        group_id,
        now,
    )


async def steps(session: AsyncSession, campaign_id: UUID, level_percent: int) -> Sequence[Any]:
    """Of each cabinet with pending lights: the step (W) its meter should have seen, from the
    levels confirmed before to that of the campaign, power taken as proportional to the level."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        """
        SELECT p.cabinet_id,
               sum(t.rated_power_w * ($2 - coalesce(
                   CASE WHEN s.acknowledged_at > c.created_at THEN s.previous_level_percent
                        ELSE s.acknowledged_level_percent END, $2)) / 100.0)::float
                   AS expected_step_w
        FROM radio_campaign_light l
        JOIN radio_campaign c ON c.id = l.campaign_id
        JOIN light_point p ON p.id = l.light_point_id
        LEFT JOIN light_state s ON s.light_point_id = l.light_point_id
        LEFT JOIN installation i ON i.light_point_id = p.id AND i.kind = 'luminaire'
             AND i.removed_at IS NULL
        LEFT JOIN luminaire u ON u.id = i.luminaire_id
        LEFT JOIN luminaire_type t ON t.id = u.type_id
        WHERE l.campaign_id = $1 AND p.cabinet_id IS NOT NULL
        GROUP BY 1
        HAVING bool_or(l.outcome = 'pending') AND bool_and(t.rated_power_w IS NOT NULL)
        """,
        campaign_id,
        level_percent,
    )
    return found


async def prove_cabinet(
    session: AsyncSession, campaign_id: UUID, cabinet_id: UUID, now: datetime
) -> None:
    """The step of a cabinet's power is taken for its silent lights."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE radio_campaign_light l
        SET outcome = 'proven', proof = 'cabinet_meter', proven_at = $3
        FROM light_point p
        WHERE l.campaign_id = $1 AND p.id = l.light_point_id AND p.cabinet_id = $2
          AND l.outcome = 'pending'
        """,
        campaign_id,
        cabinet_id,
        now,
    )

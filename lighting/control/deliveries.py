"""Queries on orders under way: made, handed out, confirmed, given up; all on whole sets."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from kit.ids import new_id
from lighting.control.model import ORDER_AGE_MAX, NewOrder

# After a refusal or an expired order, a light rests this long before the same level is tried again.
REST_AFTER_FAILURE = timedelta(minutes=10)
HAND_OUT_MAX = 5000


async def give_up_expired(session: AsyncSession, now: datetime) -> int:
    """End orders past their age limit: nothing is applied after its expiry."""
    connection = await raw(session)
    status: str = await connection.execute(
        """
        UPDATE command_delivery SET state = 'expired', ended_at = $1
        WHERE state IN ('queued', 'sent') AND expires_at <= $1
        """,
        now,
    )
    return int(status.split()[-1])


async def supersede(session: AsyncSession, now: datetime) -> None:
    """End orders for a level that is not wanted any more: the newest wins."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE command_delivery d SET state = 'superseded', ended_at = $1
        FROM light_state s
        WHERE s.light_point_id = d.light_point_id AND d.state IN ('queued', 'sent')
          AND s.desired_level_percent IS DISTINCT FROM d.level_percent
        """,
        now,
    )


async def missing_orders(session: AsyncSession, now: datetime) -> Sequence[Any]:
    """Lights whose confirmed level differs from the desired one and for which no order is open,
    except those that refused or missed the same level a moment ago."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        """
        SELECT s.light_point_id, s.organisation_id, s.desired_level_percent, s.desired_reason
        FROM light_state s
        WHERE s.desired_level_percent IS DISTINCT FROM s.acknowledged_level_percent
          AND s.desired_level_percent IS NOT NULL
          AND NOT EXISTS (
            SELECT FROM command_delivery d
            WHERE d.light_point_id = s.light_point_id
              AND (d.state IN ('queued', 'sent')
                   OR (d.state IN ('rejected', 'expired') AND d.ended_at > $1
                       AND d.level_percent = s.desired_level_percent)))
        """,
        now - REST_AFTER_FAILURE,
    )
    return found


async def add_orders(
    session: AsyncSession,
    orders: Sequence[NewOrder],
    now: datetime,
) -> None:
    """Queue orders; each lives until its age limit, or longer where its command is delivered
    slowly, and at most to the end of its command."""
    connection = await raw(session)
    await connection.copy_records_to_table(
        "command_delivery",
        records=[
            (
                new_id(),
                order.command_id,
                order.light_point_id,
                order.organisation_id,
                order.controller_key,
                order.level_percent,
                "queued",
                0,
                now,
                now,
                _end_of(order, now),
            )
            for order in orders
        ],
        columns=(
            "id",
            "command_id",
            "light_point_id",
            "organisation_id",
            "controller_key",
            "level_percent",
            "state",
            "attempts",
            "created_at",
            "next_try_at",
            "expires_at",
        ),
    )


def _end_of(order: NewOrder, now: datetime) -> datetime:
    aged = now + ORDER_AGE_MAX
    latest = max(aged, order.delivered_by or aged)
    return min(latest, order.command_ends_at or latest)


async def due(
    session: AsyncSession, now: datetime, elsewhere: Collection[int] = ()
) -> Sequence[Any]:
    """Orders that may be sent now, oldest first, but for the controllers `elsewhere`; held until
    the end of the transaction so that two workers never send the same one."""
    connection = await raw(session)
    found: Sequence[Any] = await connection.fetch(
        """
        SELECT id, controller_key, level_percent, attempts, expires_at, command_id
        FROM command_delivery
        WHERE state IN ('queued', 'sent') AND next_try_at <= $1 AND expires_at > $1
          AND controller_key <> ALL($3::int[])
        ORDER BY next_try_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        now,
        HAND_OUT_MAX,
        list(elsewhere),
    )
    return found


async def mark_sent(
    session: AsyncSession, ids: Sequence[UUID], next_tries: Sequence[datetime], now: datetime
) -> None:
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE command_delivery d
        SET state = 'sent', attempts = attempts + 1, sent_at = $3, next_try_at = t.next_try_at
        FROM unnest($1::uuid[], $2::timestamptz[]) AS t(id, next_try_at) WHERE d.id = t.id
        """,
        list(ids),
        list(next_tries),
        now,
    )


async def postpone(
    session: AsyncSession, ids: Sequence[UUID], not_before: Sequence[datetime]
) -> None:
    """Let orders wait; they are due again at their instants."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE command_delivery d SET next_try_at = t.not_before
        FROM unnest($1::uuid[], $2::timestamptz[]) AS t(id, not_before) WHERE d.id = t.id
        """,
        list(ids),
        list(not_before),
    )


async def acknowledge_levels(
    session: AsyncSession,
    light_point_ids: Sequence[UUID],
    organisation_ids: Sequence[UUID],
    levels: Sequence[int],
    instants: Sequence[datetime],
) -> None:
    """Note what controllers confirmed (newest per light), and end the orders this fulfils."""
    connection = await raw(session)
    arguments = (
        list(light_point_ids),
        list(organisation_ids),
        list(levels),
        list(instants),
    )
    await connection.execute(
        """
        INSERT INTO light_state AS s
            (light_point_id, organisation_id, acknowledged_level_percent, acknowledged_at)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[])
        ON CONFLICT (light_point_id) DO UPDATE SET
            previous_level_percent = s.acknowledged_level_percent,
            previous_at = s.acknowledged_at,
            acknowledged_level_percent = EXCLUDED.acknowledged_level_percent,
            acknowledged_at = EXCLUDED.acknowledged_at
        WHERE s.acknowledged_at IS NULL OR EXCLUDED.acknowledged_at > s.acknowledged_at
        """,
        *arguments,
    )
    await connection.execute(
        """
        UPDATE command_delivery d
        SET state = 'acknowledged', acknowledged_at = t.at, ended_at = t.at
        FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[])
             AS t(light_point_id, organisation_id, level, at)
        WHERE d.light_point_id = t.light_point_id AND d.state IN ('queued', 'sent')
          AND d.level_percent = t.level AND d.created_at <= t.at
        """,
        *arguments,
    )


async def refuse(
    session: AsyncSession, light_point_ids: Sequence[UUID], reasons: Sequence[str], now: datetime
) -> None:
    """End sent orders that their controller refused."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE command_delivery d SET state = 'rejected', ended_at = $3, detail = t.reason
        FROM unnest($1::uuid[], $2::text[]) AS t(light_point_id, reason)
        WHERE d.light_point_id = t.light_point_id AND d.state = 'sent'
        """,
        list(light_point_ids),
        list(reasons),
        now,
    )


async def note_reported(
    session: AsyncSession,
    light_point_ids: Sequence[UUID],
    levels: Sequence[int],
    instants: Sequence[datetime],
) -> None:
    """Compare reported levels with confirmed ones: complete orders, note contradictions. A report
    from after the sending completes an order whose echo was lost, or that has none; such an order
    keeps no `acknowledged_at`."""
    connection = await raw(session)
    arguments = (list(light_point_ids), list(levels), list(instants))
    await connection.execute(
        """
        UPDATE command_delivery d SET state = 'applied', ended_at = coalesce(d.ended_at, t.at)
        FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) AS t(light_point_id, level, at)
        WHERE d.light_point_id = t.light_point_id AND d.level_percent = t.level
          AND (d.state = 'acknowledged' AND d.acknowledged_at <= t.at
               OR d.state = 'sent' AND d.sent_at <= t.at)
        """,
        *arguments,
    )
    await connection.execute(
        """
        UPDATE light_state s SET
            previous_level_percent = s.acknowledged_level_percent,
            previous_at = s.acknowledged_at,
            acknowledged_level_percent = t.level,
            acknowledged_at = t.at
        FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) AS t(light_point_id, level, at)
        WHERE s.light_point_id = t.light_point_id
          AND s.acknowledged_level_percent IS DISTINCT FROM t.level
          AND (s.acknowledged_at IS NULL OR t.at > s.acknowledged_at)
        """,
        *arguments,
    )


async def note_failed(
    session: AsyncSession, ids: Sequence[UUID], reasons: Sequence[str], now: datetime
) -> None:
    """End orders that the network could not bring to their controller."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE command_delivery d SET state = 'rejected', ended_at = $3, detail = t.reason
        FROM unnest($1::uuid[], $2::text[]) AS t(id, reason)
        WHERE d.id = t.id AND d.state IN ('queued', 'sent')
        """,
        list(ids),
        list(reasons),
        now,
    )


async def forget_confirmed(
    session: AsyncSession, light_point_ids: Sequence[UUID], until: datetime
) -> None:
    """What lights confirmed up to an instant is not known any more."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE light_state SET
            previous_level_percent = acknowledged_level_percent, previous_at = acknowledged_at,
            acknowledged_level_percent = NULL, acknowledged_at = NULL
        WHERE light_point_id = ANY($1::uuid[]) AND acknowledged_at <= $2
        """,
        list(light_point_ids),
        until,
    )


async def supersede_made_before(
    session: AsyncSession, light_point_ids: Sequence[UUID], until: datetime
) -> None:
    """End open orders made up to an instant: whom they went to, or what for, does not hold."""
    connection = await raw(session)
    await connection.execute(
        """
        UPDATE command_delivery SET state = 'superseded', ended_at = $2
        WHERE light_point_id = ANY($1::uuid[]) AND state IN ('queued', 'sent')
          AND created_at <= $2
        """,
        list(light_point_ids),
        until,
    )

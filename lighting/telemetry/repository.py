"""The queries of telemetry that are not on the hot path: reading back, events, quarantine."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller, Role
from kit.access.scope import visible
from kit.db import raw
from kit.ids import new_id
from lighting.telemetry.model import (
    EnergyDay,
    EventNote,
    LatestState,
    Reading,
    RefusedFrame,
)
from lighting.telemetry.tables import QuarantinedFrame

FINGERPRINT_BYTES = 16

_LATEST_COLUMNS = ", ".join(LatestState.__dataclass_fields__)
_READING_COLUMNS = ", ".join(Reading._fields)


def fingerprint(*parts: bytes) -> bytes:
    """A short name for bytes: the same parts give the same, others in practice never do."""
    digest = hashlib.blake2b(digest_size=FINGERPRINT_BYTES)
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return digest.digest()


async def latest(
    session: AsyncSession, controller_keys: Sequence[int]
) -> Mapping[int, LatestState]:
    connection = await raw(session)
    rows = await connection.fetch(
        f"SELECT {_LATEST_COLUMNS} FROM latest_state WHERE controller_key = ANY($1::int[])",
        list(controller_keys),
    )
    return {row[0]: LatestState(*row) for row in rows}


async def last_seen(session: AsyncSession) -> Sequence[tuple[int, datetime]]:
    connection = await raw(session)
    rows: Sequence[tuple[int, datetime]] = await connection.fetch(
        "SELECT controller_key, seen_at FROM latest_state"
    )
    return rows


async def readings(
    session: AsyncSession, controller_key: int, starts_at: datetime, ends_at: datetime, limit: int
) -> list[Reading]:
    connection = await raw(session)
    rows = await connection.fetch(
        f"""
        SELECT {_READING_COLUMNS} FROM reading
        WHERE controller_key = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT $4
        """,
        controller_key,
        starts_at,
        ends_at,
        limit,
    )
    return [Reading(*row) for row in rows]


async def add_events(session: AsyncSession, events: Sequence[EventNote]) -> None:
    connection = await raw(session)
    await connection.executemany(
        """
        INSERT INTO device_event (controller_key, at, kind, fingerprint, detail)
        VALUES ($1, $2, $3, $4, $5::text::jsonb) ON CONFLICT DO NOTHING
        """,
        [_event_row(one) for one in sorted(events, key=lambda one: one[:3])],
    )


def _event_row(event: EventNote) -> tuple[Any, ...]:
    detail = orjson.dumps(event.detail, default=str, option=orjson.OPT_SORT_KEYS)
    return (event.controller_key, event.at, event.kind, fingerprint(detail), detail.decode())


async def take_energy_days(session: AsyncSession, limit: int) -> set[EnergyDay]:
    connection = await raw(session)
    rows = await connection.fetch(
        """
        DELETE FROM energy_dirty WHERE id = ANY(ARRAY(
            SELECT id FROM energy_dirty ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
        )) RETURNING controller_key, "on"
        """,
        limit,
    )
    return {EnergyDay(row[0], row[1]) for row in rows}


async def add_quarantined(session: AsyncSession, frames: Sequence[RefusedFrame]) -> None:
    by_name = {_name_of(frame): frame for frame in frames}
    statement = insert(QuarantinedFrame)
    statement = statement.on_conflict_do_update(
        index_elements=["fingerprint"],
        set_={
            "repeat_count": col(QuarantinedFrame.repeat_count) + 1,
            "last_received_at": sa.func.greatest(
                QuarantinedFrame.last_received_at, statement.excluded.last_received_at
            ),
            "reason_code": statement.excluded.reason_code,
            "reason": statement.excluded.reason,
            "organisation_id": statement.excluded.organisation_id,
        },
    )
    await session.execute(
        statement, [_quarantine_row(name, by_name[name]) for name in sorted(by_name)]
    )


def _name_of(frame: RefusedFrame) -> bytes:
    return fingerprint(frame.network.encode(), frame.topic.encode(), frame.payload)


def _quarantine_row(name: bytes, frame: RefusedFrame) -> dict[str, Any]:
    return {
        "id": new_id(),
        "fingerprint": name,
        "received_at": frame.received_at,
        "last_received_at": frame.received_at,
        "repeat_count": 1,
        "network": frame.network,
        "topic": frame.topic,
        "address": frame.address,
        "organisation_id": frame.organisation_id,
        "payload": frame.payload,
        "reason_code": frame.reason_code,
        "reason": frame.reason,
    }


def _seen_by(caller: Caller) -> sa.ColumnElement[bool]:
    """Frames of the caller's lights; those of nobody's, for who administers every root."""
    if caller.is_system:
        return sa.true()
    administered = sa.literal(
        sorted(caller.roles.get(Role.ADMINISTER, frozenset())), sa.ARRAY(sa.Uuid)
    )
    organisation = sa.table("organisation", sa.column("id", sa.Uuid), sa.column("parent_id"))
    foreign_root = sa.exists().where(
        organisation.c.parent_id.is_(None), organisation.c.id != sa.all_(administered)
    )
    owner = col(QuarantinedFrame.organisation_id)
    return sa.or_(visible(owner, caller), sa.and_(owner.is_(None), sa.not_(foreign_root)))


async def quarantined_frames(
    session: AsyncSession,
    caller: Caller,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    reason_code: str | None = None,
    is_waiting: bool = True,
) -> Sequence[QuarantinedFrame]:
    key = sa.tuple_(col(QuarantinedFrame.last_received_at), col(QuarantinedFrame.id))
    query = sa.select(QuarantinedFrame).where(_seen_by(caller)).order_by(key.desc()).limit(limit)
    if is_waiting:
        query = query.where(col(QuarantinedFrame.replayed_at).is_(None))
    if reason_code is not None:
        query = query.where(col(QuarantinedFrame.reason_code) == reason_code)
    if after is not None:
        query = query.where(key < sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def quarantined_frame(
    session: AsyncSession, caller: Caller, frame_id: UUID
) -> QuarantinedFrame | None:
    query = (
        sa.select(QuarantinedFrame)
        .where(col(QuarantinedFrame.id) == frame_id, _seen_by(caller))
        .with_for_update()
    )
    return (await session.scalars(query)).first()


async def waiting_addresses(session: AsyncSession, reason_code: str, limit: int) -> Sequence[str]:
    query = (
        sa.select(col(QuarantinedFrame.address))
        .where(col(QuarantinedFrame.replayed_at).is_(None))
        .where(col(QuarantinedFrame.reason_code) == reason_code)
        .where(col(QuarantinedFrame.address).is_not(None))
        .distinct()
        .limit(limit)
    )
    return [address for address in (await session.scalars(query)).all() if address is not None]


async def waiting_frames_of(
    session: AsyncSession, addresses: Sequence[str], limit: int
) -> Sequence[QuarantinedFrame]:
    query = (
        sa.select(QuarantinedFrame)
        .where(col(QuarantinedFrame.replayed_at).is_(None))
        .where(col(QuarantinedFrame.address) == sa.any_(sa.literal(addresses, sa.ARRAY(sa.Text))))
        .order_by(col(QuarantinedFrame.received_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def delete_quarantined_before(session: AsyncSession, before: datetime) -> int:
    result = await session.execute(
        sa.delete(QuarantinedFrame)
        .where(col(QuarantinedFrame.last_received_at) < before)
        .returning(col(QuarantinedFrame.id))
    )
    return len(result.all())

"""The queries of telemetry that are not on the hot path: reading back, events, marks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from lighting.telemetry.model import (
    EnergyDay,
    EventNote,
    LatestState,
    Reading,
)
from lighting.telemetry.rules import fingerprint

_LATEST_COLUMNS = ", ".join(LatestState.__dataclass_fields__)
_READING_COLUMNS = ", ".join(Reading._fields)


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


async def count_readings(session: AsyncSession) -> int:
    connection = await raw(session)
    count: int = await connection.fetchval("SELECT count(*) FROM reading")
    return count


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
    text = detail.decode().replace("\\u0000", "\\ufffd")  # PostgreSQL keeps no NUL in its JSON
    return (event.controller_key, event.at, event.kind, fingerprint(detail), text)


async def delete_events_before(session: AsyncSession, before: datetime) -> int:
    connection = await raw(session)
    done: str = await connection.execute("DELETE FROM device_event WHERE at < $1", before)
    return int(done.rpartition(" ")[2])


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

"""Queries of cabinets. What comes from devices moves through asyncpg, in whole sets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.db import raw
from lighting.cabinets.compute import merged
from lighting.cabinets.model import (
    ChannelRef,
    ContactHeard,
    ContactRole,
    ContactState,
    DeviceRef,
    Direction,
    MeterReading,
    MeterState,
    MeterValues,
)
from lighting.cabinets.tables import CabinetDevice

_VALUES = MeterValues._fields
_READING = f"device_id, at, {', '.join(_VALUES)}"

_DEVICES = """
SELECT d.id, c.id AS controller_id, c.key, c.address, c.network, c.profile, d.organisation_id,
       d.cabinet_id, d.phase_count, c.expected_period_s
FROM cabinet_device d JOIN controller c ON c.id = d.controller_id
WHERE d.removed_at IS NULL AND ($1::uuid IS NULL OR d.cabinet_id = $1)
ORDER BY d.installed_at, d.id
"""

_CHANNELS = """
SELECT h.id, h.device_id, h.direction, h.channel, h.role, h.name, h.is_inverted, h.follows_id
FROM cabinet_channel h JOIN cabinet_device d ON d.id = h.device_id
WHERE d.removed_at IS NULL AND ($1::uuid IS NULL OR d.cabinet_id = $1)
ORDER BY h.direction, h.channel
"""

# Locked in order of their ids, so that two workers never judge a cabinet at the same time.
_NOTE_SEEN = """
WITH heard AS (
    SELECT d.id, t.at FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at)
    JOIN cabinet_device d USING (id) ORDER BY d.id FOR UPDATE OF d
)
UPDATE cabinet_device d SET seen_at = greatest(d.seen_at, heard.at)
FROM heard WHERE heard.id = d.id
"""

_ADD_READINGS = f"""
INSERT INTO cabinet_reading ({_READING})
VALUES ({", ".join(f"${place}" for place in range(1, len(_VALUES) + 3))})
ON CONFLICT (device_id, at) DO UPDATE SET
  {", ".join(f"{name} = coalesce(cabinet_reading.{name}, excluded.{name})" for name in _VALUES)}
"""

_KNOWN_CONTACTS = """
SELECT channel_id, is_active, since, seen_at FROM cabinet_contact
WHERE channel_id = ANY($1::uuid[]) FOR UPDATE
"""

_PUT_CONTACT = """
INSERT INTO cabinet_contact (channel_id, is_active, since, seen_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (channel_id) DO UPDATE SET
  is_active = excluded.is_active, since = excluded.since, seen_at = excluded.seen_at
"""

_ADD_CHANGE = """
INSERT INTO cabinet_contact_change (channel_id, at, is_active) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
"""

_NOTE_RELAY = """
INSERT INTO contactor AS c (channel_id, desired_reason, acknowledged_is_closed, acknowledged_at)
VALUES ($1, '', $2, $3)
ON CONFLICT (channel_id) DO UPDATE SET
  acknowledged_is_closed = excluded.acknowledged_is_closed,
  acknowledged_at = excluded.acknowledged_at
WHERE c.acknowledged_at IS NULL OR c.acknowledged_at < excluded.acknowledged_at
"""

_CONTACTS = """
SELECT h.id, h.direction, h.channel, h.role, h.name, h.is_inverted, h.follows_id,
       s.is_active, s.since, s.seen_at
FROM cabinet_contact s JOIN cabinet_channel h ON h.id = s.channel_id
JOIN cabinet_device d ON d.id = h.device_id
WHERE d.removed_at IS NULL AND d.cabinet_id = $1 ORDER BY h.direction, h.channel
"""

_NEWEST_VALUES = f"""
SELECT {_READING} FROM cabinet_reading
WHERE device_id = $1 AND at > $2 AND at <= $3 ORDER BY at DESC LIMIT $4
"""

_READINGS = f"""
SELECT {_READING} FROM cabinet_reading
WHERE device_id = ANY($1::uuid[]) AND at >= $2 AND at < $3
  AND ($4::timestamptz IS NULL OR (at, device_id) > ($4, $5))
ORDER BY at, device_id LIMIT $6
"""

_COUNTERS = """
SELECT device_id, at, {column} FROM cabinet_reading
WHERE device_id = ANY($1::uuid[]) AND at >= $2 AND at <= $3 AND {column} IS NOT NULL
ORDER BY device_id, at
"""

_POWERS = """
SELECT sum(active_power_w) FROM cabinet_reading r JOIN cabinet_device d ON d.id = r.device_id
WHERE d.cabinet_id = $1 AND r.at >= $2 AND r.at < $3 AND r.active_power_w IS NOT NULL
GROUP BY r.at ORDER BY r.at
"""


async def revision(session: AsyncSession) -> int:
    """Raised with every change of devices, channels, or the registry they stand in."""
    connection = await raw(session)
    found: int = await connection.fetchval(
        """
        SELECT coalesce((SELECT revision FROM cabinet_directory), 0)
             + coalesce((SELECT revision FROM registry_revision), 0)
        """
    )
    return found


async def raise_revision(session: AsyncSession) -> None:
    """Tell workers that devices or channels have changed."""
    connection = await raw(session)
    await connection.execute(
        """
        INSERT INTO cabinet_directory (id, revision) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET revision = cabinet_directory.revision + 1
        """
    )


async def devices(session: AsyncSession, cabinet_id: UUID | None = None) -> list[DeviceRef]:
    """The devices that are in a cabinet now, or in any, with their channels."""
    connection = await raw(session)
    channels: Mapping[UUID, dict[tuple[Direction, str], ChannelRef]] = defaultdict(dict)
    for row in await connection.fetch(_CHANNELS, cabinet_id):
        channel = _channel(row)
        channels[row["device_id"]][channel.direction, channel.channel] = channel
    return [
        DeviceRef(
            id=row["id"],
            controller_id=row["controller_id"],
            controller_key=row["key"],
            address=row["address"],
            network=row["network"],
            profile=row["profile"],
            organisation_id=row["organisation_id"],
            cabinet_id=row["cabinet_id"],
            phase_count=row["phase_count"],
            expected_period=timedelta(seconds=row["expected_period_s"]),
            channels=channels.get(row["id"], {}),
        )
        for row in await connection.fetch(_DEVICES, cabinet_id)
    ]


def _channel(row: Mapping[str, Any]) -> ChannelRef:
    return ChannelRef(
        id=row["id"],
        direction=Direction(row["direction"]),
        channel=row["channel"],
        role=ContactRole(row["role"]),
        name=row["name"],
        is_inverted=row["is_inverted"],
        follows_id=row["follows_id"],
    )


async def note_seen(session: AsyncSession, seen: Mapping[UUID, datetime]) -> None:
    """Note when devices were heard, and hold them until the end of the transaction."""
    connection = await raw(session)
    await connection.execute(_NOTE_SEEN, list(seen), list(seen.values()))


async def seen_at(session: AsyncSession) -> Mapping[UUID, datetime]:
    """When each device in a cabinet was heard last; those never heard are left out."""
    query = sa.select(col(CabinetDevice.id), col(CabinetDevice.seen_at)).where(
        col(CabinetDevice.removed_at).is_(None), col(CabinetDevice.seen_at).is_not(None)
    )
    return {row.id: row.seen_at for row in await session.execute(query)}


async def add_readings(session: AsyncSession, readings: Sequence[MeterReading]) -> None:
    """Add meter readings; what a minute holds already stays."""
    connection = await raw(session)
    rows = [(one.device_id, one.at, *one.values) for one in readings]
    await connection.executemany(_ADD_READINGS, rows)


async def put_contacts(session: AsyncSession, heard: Iterable[ContactHeard]) -> int:
    """Take in what contacts say, in order of time; returns how many had changed.

    What is older than the newest state of its contact is left out.
    """
    told = sorted(heard, key=lambda one: (one.at, one.channel_id))
    connection = await raw(session)
    known: dict[UUID, tuple[bool, datetime, datetime]] = {
        row["channel_id"]: (row["is_active"], row["since"], row["seen_at"])
        for row in await connection.fetch(_KNOWN_CONTACTS, [one.channel_id for one in told])
    }
    changes: list[ContactHeard] = []
    for one in told:
        before = known.get(one.channel_id)
        if before is not None and one.at <= before[2]:
            continue
        has_changed = before is None or before[0] is not one.is_active
        since = one.at if has_changed or before is None else before[1]
        known[one.channel_id] = (one.is_active, since, one.at)
        if has_changed:
            changes.append(one)
    rows = [(channel_id, *state) for channel_id, state in sorted(known.items())]
    await connection.executemany(_PUT_CONTACT, rows)
    await connection.executemany(_ADD_CHANGE, [(c.channel_id, c.at, c.is_active) for c in changes])
    return len(changes)


async def note_relays(session: AsyncSession, heard: Sequence[ContactHeard]) -> None:
    """What relays confirm, unless something newer is known."""
    connection = await raw(session)
    told = sorted(heard, key=lambda one: one.channel_id)
    rows = [(one.channel_id, one.is_active, one.at) for one in told]
    await connection.executemany(_NOTE_RELAY, rows)


async def contacts(session: AsyncSession, cabinet_id: UUID) -> list[ContactState]:
    """The newest state of every contact and output of a cabinet."""
    connection = await raw(session)
    return [
        ContactState(_channel(row), row["is_active"], row["since"], row["seen_at"])
        for row in await connection.fetch(_CONTACTS, cabinet_id)
    ]


async def meter(
    session: AsyncSession, device: DeviceRef, since: datetime, until: datetime
) -> MeterState | None:
    """The newest value of each quantity of a meter in a span; None where it said nothing."""
    connection = await raw(session)
    rows = await connection.fetch(_NEWEST_VALUES, device.id, since, until, len(_VALUES))
    if not rows:
        return None
    values = MeterValues()
    for row in rows:
        values = merged(values, MeterValues._make(tuple(row)[2:]))
    return MeterState(device.phase_count, rows[0]["at"], values)


async def readings(
    session: AsyncSession,
    device_ids: Sequence[UUID],
    span: tuple[datetime, datetime],
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[MeterReading]:
    """What meters said in a span, oldest first."""
    connection = await raw(session)
    position = after or (None, None)
    rows = await connection.fetch(_READINGS, list(device_ids), *span, *position, limit)
    return [MeterReading(row[0], row[1], MeterValues._make(tuple(row)[2:])) for row in rows]


async def counters(
    session: AsyncSession, device_ids: Sequence[UUID], column: str, span: tuple[datetime, datetime]
) -> Mapping[UUID, list[tuple[datetime, int]]]:
    """The values of an energy counter in a span, by device, in order of time."""
    assert column in _VALUES
    connection = await raw(session)
    found: dict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    for device_id, at, value in await connection.fetch(
        _COUNTERS.format(column=column), list(device_ids), *span
    ):
        found[device_id].append((at, value))
    return found


async def device_ids(session: AsyncSession, cabinet_id: UUID) -> list[UUID]:
    """Every device the cabinet has or had."""
    query = sa.select(col(CabinetDevice.id)).where(col(CabinetDevice.cabinet_id) == cabinet_id)
    return list(await session.scalars(query))


async def powers_w(
    session: AsyncSession, cabinet_id: UUID, since: datetime, until: datetime
) -> list[float]:
    """The power of a cabinet in each measured minute of a span."""
    connection = await raw(session)
    return [row[0] for row in await connection.fetch(_POWERS, cabinet_id, since, until)]


async def forget(session: AsyncSession, before: datetime) -> None:
    """Delete meter readings and changes of contacts from before an instant."""
    connection = await raw(session)
    for table in ("cabinet_reading", "cabinet_contact_change"):
        await connection.execute(f"DELETE FROM {table} WHERE at < $1", before)

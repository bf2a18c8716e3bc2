"""Values of sensors in the database: each stored once, added up, told, forgotten in time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from lighting.sensors.model import ABOUT_PEOPLE, DeviceHealth, KeptReading, Period, Step


async def append(session: AsyncSession, readings: Sequence[KeptReading]) -> list[KeptReading]:
    """Store values, each once; returns those that were new."""
    connection = await raw(session)
    records = await connection.fetch(
        """
        INSERT INTO sensor_reading (sensor_id, at, value)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::float8[]) ORDER BY 1, 2
        ON CONFLICT DO NOTHING RETURNING sensor_id, at, value
        """,
        *_columns(readings, 3),
    )
    return [KeptReading(*record) for record in records]


async def add_to_periods(
    session: AsyncSession, added: Mapping[tuple[UUID, datetime], Period]
) -> None:
    """Add what came to the periods it belongs to."""
    connection = await raw(session)
    rows = sorted((sensor_id, *period) for (sensor_id, _), period in added.items())
    await connection.execute(
        """
        INSERT INTO sensor_period AS p (sensor_id, starts_at, total, minimum, maximum, samples)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::float8[], $4::float8[],
                             $5::float8[], $6::int[])
        ON CONFLICT (sensor_id, starts_at) DO UPDATE SET
            total = p.total + excluded.total,
            minimum = LEAST(p.minimum, excluded.minimum),
            maximum = GREATEST(p.maximum, excluded.maximum),
            samples = p.samples + excluded.samples
        """,
        *_columns(rows, 6),
    )


async def note_health(session: AsyncSession, told: Sequence[DeviceHealth]) -> None:
    """Keep when each device was heard last, and what it said of its battery then."""
    connection = await raw(session)
    rows = [
        (one.device_id, one.at, one.battery_charge_percent, one.battery_voltage_v) for one in told
    ]
    await connection.execute(
        """
        INSERT INTO sensor_device_state AS s
            (device_id, seen_at, battery_charge_percent, battery_voltage_v)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::real[], $4::real[]) ORDER BY 1
        ON CONFLICT (device_id) DO UPDATE SET
            seen_at = excluded.seen_at,
            battery_charge_percent =
                COALESCE(excluded.battery_charge_percent, s.battery_charge_percent),
            battery_voltage_v = COALESCE(excluded.battery_voltage_v, s.battery_voltage_v)
        WHERE excluded.seen_at > s.seen_at
        """,
        *_columns(rows, 4),
    )


def _columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


async def periods(
    session: AsyncSession,
    sensor_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    step: Step,
    timezone: str,
    limit: int,
) -> list[Period]:
    """Periods of one sensor that start in [starts_at, ends_at), put together by the step in its
    local time, oldest first."""
    # Periods start on whole quarters, so to the minute each stands alone.
    unit = "minute" if step is Step.QUARTER else step.value
    connection = await raw(session)
    records = await connection.fetch(
        """
        SELECT date_trunc($4, p.starts_at, $5) AS starts_at,
               sum(total), min(minimum), max(maximum), sum(samples)::bigint
        FROM sensor_period p
        WHERE sensor_id = $1 AND p.starts_at >= $2 AND p.starts_at < $3
        GROUP BY 1 ORDER BY 1 LIMIT $6
        """,
        *(sensor_id, starts_at, ends_at, unit, timezone, limit),
    )
    return [Period(*record) for record in records]


async def forget_values_about_people(session: AsyncSession, before: datetime) -> int:
    """Empty single values about people older than an instant; returns how many."""
    connection = await raw(session)
    done = await connection.execute(
        """
        UPDATE sensor_reading r SET value = NULL FROM sensor s
        WHERE s.id = r.sensor_id AND r.at < $1 AND r.value IS NOT NULL AND s.quantity = ANY($2)
        """,
        *(before, sorted(ABOUT_PEOPLE)),
    )
    return _row_count(done)


async def forget_beyond_retention(session: AsyncSession, now: datetime) -> int:
    """Delete values and periods older than their sensor keeps them; returns how many."""
    connection = await raw(session)
    done = [
        await connection.execute(
            f"""
            DELETE FROM {table} t USING sensor s WHERE s.id = t.sensor_id
              AND t.{instant} < $1::timestamptz - make_interval(days => s.retention_days)
            """,
            now,
        )
        for table, instant in (("sensor_reading", "at"), ("sensor_period", "starts_at"))
    ]
    return sum(map(_row_count, done))


def _row_count(status: str) -> int:
    """From what PostgreSQL says of a statement, `DELETE 12`."""
    return int(status.rpartition(" ")[2])

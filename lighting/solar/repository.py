"""Queries of luminaires on sun and battery, as sets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from lighting.solar.model import Autonomy, Charge, Shedding

_CHARGE = ", ".join(Charge._fields)
_SHEDDING = tuple(Shedding.__dataclass_fields__)


async def append(session: AsyncSession, charges: Sequence[Charge]) -> set[tuple[int, datetime]]:
    """Store charges, each instant once; returns (controller, instant) of the new ones."""
    connection = await raw(session)
    records = await connection.fetch(
        f"""
        INSERT INTO solar_reading ({_CHARGE})
        SELECT * FROM unnest($1::int[], $2::timestamptz[], $3::real[], $4::real[], $5::real[],
                             $6::real[], $7::bigint[]) ORDER BY 1, 2
        ON CONFLICT DO NOTHING RETURNING controller_key, at
        """,
        *_columns(charges),
    )
    return {(record[0], record[1]) for record in records}


async def newest(session: AsyncSession, keys: Sequence[int]) -> Mapping[int, Charge]:
    """The newest charge of each controller."""
    connection = await raw(session)
    records = await connection.fetch(
        f"""
        SELECT {_CHARGE} FROM unnest($1::int[]) AS k(key), LATERAL (
            SELECT * FROM solar_reading r WHERE r.controller_key = k.key ORDER BY at DESC LIMIT 1
        ) r
        """,
        list(keys),
    )
    return {record[0]: Charge(*record) for record in records}


async def charges(
    session: AsyncSession, key: int, starts_at: datetime, ends_at: datetime, limit: int
) -> list[Charge]:
    """Charges of one controller in [starts_at, ends_at), oldest first."""
    connection = await raw(session)
    records = await connection.fetch(
        f"""
        SELECT {_CHARGE} FROM solar_reading
        WHERE controller_key = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT $4
        """,
        *(key, starts_at, ends_at, limit),
    )
    return [Charge(*record) for record in records]


async def save_forecasts(
    session: AsyncSession, made: Mapping[UUID, Autonomy], at: datetime
) -> None:
    """What was forecast replaces what was forecast before."""
    connection = await raw(session)
    rows = [
        (point, at, int(one.lit_time.total_seconds()), one.dark_at) for point, one in made.items()
    ]
    await connection.execute(
        """
        INSERT INTO solar_forecast (light_point_id, made_at, lit_time_s, dark_at)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::int[], $4::timestamptz[])
        ON CONFLICT (light_point_id) DO UPDATE SET made_at = excluded.made_at,
            lit_time_s = excluded.lit_time_s, dark_at = excluded.dark_at
        """,
        *_columns(rows),
    )


async def forecast(session: AsyncSession, light_point_id: UUID) -> Autonomy | None:
    """How long the light of one luminaire lasts."""
    connection = await raw(session)
    record = await connection.fetchrow(
        "SELECT lit_time_s, dark_at FROM solar_forecast WHERE light_point_id = $1", light_point_id
    )
    return None if record is None else Autonomy(timedelta(seconds=record[0]), record[1])


async def save_sheddings(session: AsyncSession, decided: Sequence[Shedding]) -> None:
    """Keep what was decided."""
    connection = await raw(session)
    rows = [tuple(getattr(one, name) for name in _SHEDDING) for one in decided]
    await connection.execute(
        f"""
        INSERT INTO solar_shedding ({", ".join(_SHEDDING)})
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::smallint[],
                             $5::smallint[], $6::real[], $7::real[], $8::real[])
        ON CONFLICT DO NOTHING
        """,
        *_columns(rows),
    )


async def sheddings_at(
    session: AsyncSession, at: datetime, light_point_id: UUID | None = None
) -> list[Shedding]:
    """The decision that holds for each luminaire at an instant."""
    connection = await raw(session)
    records = await connection.fetch(
        f"""
        SELECT DISTINCT ON (light_point_id) {", ".join(_SHEDDING)} FROM solar_shedding
        WHERE decided_at <= $1 AND holds_until > $1
          AND ($2::uuid IS NULL OR light_point_id = $2)
        ORDER BY light_point_id, decided_at DESC
        """,
        *(at, light_point_id),
    )
    return [Shedding(*record) for record in records]


def _columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]

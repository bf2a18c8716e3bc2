"""The queries of the ledger: what was fitted where, days written and read."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.access.scope import visible_ids
from kit.db import raw
from lighting.energy.days import to_ms
from lighting.energy.model import DayTotal, EnergyDay, Lamp


class FittingRow(NamedTuple):
    """A period during which a controller sat on a light point; `end_ms` None while it does."""

    controller_key: int
    light_point_id: UUID
    start_ms: int
    end_ms: int | None


_FITTINGS = """
SELECT c.key, i.light_point_id, i.installed_at, i.removed_at
FROM installation i JOIN controller c ON c.id = i.controller_id
WHERE i.kind = 'controller' AND (i.removed_at IS NULL OR i.removed_at > i.installed_at) AND {only}
ORDER BY c.key, i.installed_at
"""

_AROUND = """c.id IN (
    SELECT controller_id FROM installation
    WHERE kind = 'controller' AND light_point_id = ANY($1::uuid[]))
"""

_LAMPS = """
SELECT p.id, p.organisation_id, o.timezone, t.rated_power_w, t.gear_loss_w, t.standby_power_w,
       t.level_min_percent
FROM light_point p
JOIN organisation o ON o.id = p.organisation_id
LEFT JOIN LATERAL (
    SELECT luminaire_id FROM installation i
    WHERE i.light_point_id = p.id AND i.kind = 'luminaire'
    ORDER BY i.installed_at DESC LIMIT 1
) i ON true
LEFT JOIN luminaire l ON l.id = i.luminaire_id
LEFT JOIN luminaire_type t ON t.id = l.type_id
WHERE p.id = ANY($1::uuid[]) ORDER BY p.id
"""

_COLUMNS: Sequence[tuple[str, str]] = (
    ("light_point_id", "uuid"),
    ("on", "date"),
    ("organisation_id", "uuid"),
    *[
        (name, "bigint")
        for name in ("energy_wh", "measured_wh", "bridged_wh", "estimated_wh", "morning_wh")
    ],
    ("counter_from_wh", "bigint"),
    ("counter_to_wh", "bigint"),
    *[(name, "int") for name in ("expected_s", "measured_s", "estimated_s", "missing_s")],
    ("burning_time_s", "int"),
    ("quality", "text"),
    ("is_settled", "boolean"),
    ("notes", "text"),
)
_NAMES = [f'"{name}"' for name, _ in _COLUMNS]
_ARRAYS = ", ".join(f"${at}::{kind}[]" for at, (_, kind) in enumerate(_COLUMNS, start=1))
_VALUES = ", ".join(f"{name}::jsonb" if name == '"notes"' else name for name in _NAMES)
_REVISION, _COMPUTED_AT = len(_COLUMNS) + 1, len(_COLUMNS) + 2

# Rows are written in the order of their key, so two workers never wait for each other in a ring.
_SAVE = f"""
INSERT INTO energy_day AS kept ({", ".join(_NAMES)}, revision, computed_at)
SELECT {_VALUES}, ${_REVISION}, ${_COMPUTED_AT}
FROM unnest({_ARRAYS}) AS day({", ".join(_NAMES)})
ON CONFLICT (light_point_id, "on") DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _NAMES[2:])},
    revision = excluded.revision, computed_at = excluded.computed_at
WHERE kept.revision < excluded.revision
"""

_UNSETTLED = """
SELECT p.id FROM light_point p
LEFT JOIN energy_day d ON d.light_point_id = p.id AND d."on" = $1
WHERE d.light_point_id IS NULL AND p.state = 'in_service' AND p.created_at < $2
   OR d.missing_s > 0 AND NOT d.is_settled
ORDER BY p.id LIMIT $3
"""

_SUMS = ", ".join(f"sum({name})::bigint" for name in DayTotal._fields[2:])
_DAYS = f"""
SELECT "on", count(*) FILTER (WHERE expected_s > 0), {_SUMS} FROM energy_day
WHERE "on" BETWEEN $1 AND $2 AND ($3::uuid[] IS NULL OR organisation_id = ANY($3))
  AND ($4::uuid[] IS NULL OR organisation_id = ANY($4))
  AND ($5::uuid IS NULL OR light_point_id = $5)
GROUP BY "on" ORDER BY "on"
"""


_NIGHT = """
SELECT sum(CASE WHEN "on" = $1 THEN energy_wh - morning_wh ELSE morning_wh END)::bigint
FROM energy_day
WHERE "on" IN ($1, $1 + 1) AND ($2::uuid[] IS NULL OR organisation_id = ANY($2))
  AND organisation_id = ANY($3::uuid[])
"""


async def fittings_of_controllers(
    session: AsyncSession, controller_keys: Iterable[int]
) -> list[FittingRow]:
    """Every light point these controllers ever sat on."""
    return await _fittings(session, "c.key = ANY($1::int[])", sorted(set(controller_keys)))


async def fittings_around(
    session: AsyncSession, light_point_ids: Iterable[UUID]
) -> list[FittingRow]:
    """Every fitting of every controller that ever sat on these light points."""
    return await _fittings(session, _AROUND, sorted(set(light_point_ids)))


async def _fittings(session: AsyncSession, only: str, keys: Sequence[Any]) -> list[FittingRow]:
    connection = await raw(session)
    return [
        FittingRow(key, light_point_id, to_ms(since), None if until is None else to_ms(until))
        for key, light_point_id, since, until in await connection.fetch(
            _FITTINGS.format(only=only), keys
        )
    ]


async def lamps(session: AsyncSession, light_point_ids: Iterable[UUID]) -> list[Lamp]:
    """Light points, by id, with the luminaire they have or had last."""
    connection = await raw(session)
    rows = await connection.fetch(_LAMPS, sorted(set(light_point_ids)))
    return [
        Lamp(
            light_point_id=row[0],
            organisation_id=row[1],
            timezone=row[2],
            rated_power_w=row[3],
            gear_loss_w=row[4] or 0.0,
            standby_power_w=row[5] or 0.0,
            **({} if row[6] is None else {"level_min_percent": row[6]}),
        )
        for row in rows
    ]


async def next_revision(session: AsyncSession) -> int:
    """A number larger than that of every computation whose marks were taken before."""
    connection = await raw(session)
    return int(await connection.fetchval("SELECT nextval('energy_revision')"))


async def save_days(
    session: AsyncSession, days: Sequence[EnergyDay], revision: int, now: datetime
) -> None:
    """Replace days, except those a later computation has already written."""
    connection = await raw(session)
    rows = [_row(day) for day in days]
    columns = [list(column) for column in zip(*rows, strict=True)]
    await connection.execute(_SAVE, *columns, revision, now)


def _row(day: EnergyDay) -> tuple[Any, ...]:
    plain = (getattr(day, name) for name, _ in _COLUMNS[:-3])
    notes = orjson.dumps([note.as_json() for note in day.notes]).decode()
    return (*plain, day.quality.value, day.is_settled, notes)


async def unsettled(session: AsyncSession, on: date, end: datetime, limit: int) -> list[UUID]:
    """Light points of which a part of a past date is still unknown and was not yet estimated."""
    connection = await raw(session)
    return [row[0] for row in await connection.fetch(_UNSETTLED, on, end, limit)]


async def day_totals(
    session: AsyncSession,
    caller: Caller,
    first: date,
    last: date,
    *,
    organisation_ids: Sequence[UUID] | None = None,
    light_point_id: UUID | None = None,
) -> list[DayTotal]:
    """Dates of what the caller may see, of some organisations or of one light point."""
    connection = await raw(session)
    rows = await connection.fetch(
        _DAYS, first, last, visible_ids(caller), organisation_ids, light_point_id
    )
    return [DayTotal(*row) for row in rows]


async def night_wh(
    session: AsyncSession, caller: Caller, evening: date, organisation_ids: Sequence[UUID]
) -> int | None:
    """The afternoon of a date and the morning of the next, added up."""
    connection = await raw(session)
    found: int | None = await connection.fetchval(
        _NIGHT, evening, visible_ids(caller), list(organisation_ids)
    )
    return found

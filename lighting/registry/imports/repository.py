"""Queries of import runs and their rows, and of what the registry knows that a file touches."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from kit.db import raw
from lighting.registry.history.repository import images_of_source
from lighting.registry.imports.model import Lamp, Outcome, Plan, PlannedLamp, RunState
from lighting.registry.imports.planning import Known
from lighting.registry.imports.tables import ImportRow, ImportRun

ROW_COLUMNS = (
    *("run_id", "line_number", "lamp_number", "outcome", "source_key", "support_key", "code"),
    *("light_point_id", "reason_code", "reason", "raw", "before", "after"),
)
SUPPORT_CODES_SQL = """
SELECT e.value, s.code FROM external_id e JOIN support s ON s.id = e.asset_id
WHERE e.organisation_id = $1 AND e.scheme = $2 AND e.asset_type = 'support'
"""
TAKEN_SUPPORT_CODES_SQL = "SELECT code FROM support WHERE organisation_id = $1"
CODES_SQL = "SELECT code, id FROM light_point WHERE organisation_id = $1 AND code = ANY($2)"
SERIALS_SQL = """
SELECT l.serial, i.light_point_id FROM luminaire l
LEFT JOIN installation i ON i.luminaire_id = l.id AND i.removed_at IS NULL
WHERE l.organisation_id = $1 AND l.serial = ANY($2)
"""
# A controller of another organisation counts as being elsewhere.
CONTROLLERS_SQL = """
SELECT c.address, CASE WHEN c.organisation_id = $1 THEN i.light_point_id ELSE c.id END AS place
FROM controller c
LEFT JOIN installation i ON i.controller_id = c.id AND i.removed_at IS NULL
WHERE c.address = ANY($2)
"""
LAST_NUMBER_SQL = """
SELECT coalesce(max(substring(code FROM length($2) + 1)::bigint), 0) FROM light_point
WHERE organisation_id = $1 AND starts_with(code, $2)
  AND substring(code FROM length($2) + 1) ~ '^[0-9]{1,15}$'
"""


async def lock(session: AsyncSession, organisation_id: UUID) -> None:
    """One import at a time writes to an organisation: a double click waits for the first."""
    key = sa.func.hashtextextended(f"registry import {organisation_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def known(
    session: AsyncSession, organisation_id: UUID, source: str, prefix: str, lamps: Sequence[Lamp]
) -> Known:
    """What the registry knows that these lamps touch."""
    connection = await raw(session)

    async def pairs(sql: str, *arguments: Any) -> Mapping[str, Any]:
        return dict(await connection.fetch(sql, organisation_id, *arguments))

    def said(name: str) -> list[str]:
        return [lamp.facts[name] for lamp in lamps if name in lamp.facts]

    taken = await connection.fetch(TAKEN_SUPPORT_CODES_SQL, organisation_id)
    return Known(
        images=await images_of_source(session, organisation_id, source),
        support_codes=await pairs(SUPPORT_CODES_SQL, source),
        taken_support_codes=frozenset(record[0] for record in taken),
        codes=await pairs(CODES_SQL, said("code")),
        serials=await pairs(SERIALS_SQL, said("luminaire_serial")),
        controllers=await pairs(CONTROLLERS_SQL, said("controller_address")),
        last_number=await connection.fetchval(LAST_NUMBER_SQL, organisation_id, prefix),
    )


async def codes(
    session: AsyncSession, organisation_id: UUID, wanted: Sequence[str]
) -> Mapping[str, UUID]:
    """Which of these numbers are taken, and by which light points."""
    connection = await raw(session)
    return dict(await connection.fetch(CODES_SQL, organisation_id, list(wanted)))


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _records(run_id: UUID, plan: Plan) -> Iterable[tuple[Any, ...]]:
    for lamp in plan.lamps:
        is_news = lamp.outcome is not Outcome.UNCHANGED
        yield (
            *(run_id, lamp.line, lamp.number, lamp.outcome.value, lamp.key, lamp.support_key),
            *(lamp.after.code, lamp.light_point_id, None, None, None),
            _json(lamp.before) if is_news else None,
            _json(lamp.after) if is_news else None,
        )
    for row in plan.rejected:
        yield (
            *(run_id, row.line, 0, Outcome.QUARANTINED.value, row.key, "", "", None),
            *(row.code, row.reason, _json(row.raw), None, None),
        )


async def add_rows(session: AsyncSession, run_id: UUID, plan: Plan) -> None:
    """Keep what becomes of every row."""
    connection = await raw(session)
    await connection.copy_records_to_table(
        "import_row", records=_records(run_id, plan), columns=ROW_COLUMNS
    )


async def news(session: AsyncSession, run_id: UUID) -> list[PlannedLamp]:
    """The lamps that a run creates or changes, as its dry run saw them."""
    connection = await raw(session)
    records = await connection.fetch(
        "SELECT line_number AS line, lamp_number AS number, outcome, source_key AS key, "
        "support_key, light_point_id::text, before::text, after::text FROM import_row "
        "WHERE run_id = $1 AND outcome IN ('created', 'changed') ORDER BY 1, 2",
        run_id,
    )
    return [_planned(dict(record)) for record in records]


def _planned(record: dict[str, Any]) -> PlannedLamp:
    images = {
        name: None if record[name] is None else msgspec.Raw(record[name].encode())
        for name in ("before", "after")
    }
    return msgspec.json.decode(msgspec.json.encode({**record, **images}), type=PlannedLamp)


async def run(session: AsyncSession, caller: Caller, run_id: UUID) -> ImportRun | None:
    """One run, if the caller may see it."""
    query = sa.select(ImportRun).where(
        col(ImportRun.id) == run_id, visible(ImportRun.organisation_id, caller)
    )
    return (await session.scalars(query)).first()


async def runs(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[ImportRun]:
    """Runs, newest first."""
    position = (col(ImportRun.started_at), col(ImportRun.id))
    query = (
        sa.select(ImportRun)
        .where(visible(ImportRun.organisation_id, caller))
        .order_by(*(column.desc() for column in position))
        .limit(limit)
    )
    if organisation_id is not None:
        query = query.where(col(ImportRun.organisation_id) == organisation_id)
    if after is not None:
        query = query.where(sa.tuple_(*position) < sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def rows(
    session: AsyncSession,
    run_id: UUID,
    *,
    outcome: Outcome | None,
    after: tuple[int, int] | None,
    limit: int,
) -> Sequence[ImportRow]:
    """Rows of a run in the order of the file."""
    position = (col(ImportRow.line_number), col(ImportRow.lamp_number))
    query = (
        sa.select(ImportRow).where(col(ImportRow.run_id) == run_id).order_by(*position).limit(limit)
    )
    if outcome is not None:
        query = query.where(col(ImportRow.outcome) == outcome.value)
    if after is not None:
        query = query.where(sa.tuple_(*position) > sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def reasons(session: AsyncSession, run_id: UUID) -> Mapping[str, int]:
    """How many rows each reason keeps out."""
    query = (
        sa.select(ImportRow.reason_code, sa.func.count())  # type: ignore[call-overload]
        .where(col(ImportRow.run_id) == run_id, col(ImportRow.reason_code).is_not(None))
        .group_by(col(ImportRow.reason_code))
        .order_by(sa.func.count().desc())
    )
    return {code: count for code, count in (await session.execute(query)).all()}


async def forget_dry_runs(session: AsyncSession, started_before: datetime) -> int:
    """Delete dry runs that nobody applied, with their rows."""
    statement = sa.delete(ImportRun).where(
        col(ImportRun.state) == RunState.PROPOSED.value,
        col(ImportRun.started_at) < started_before,
    )
    return len((await session.execute(statement.returning(col(ImportRun.id)))).all())

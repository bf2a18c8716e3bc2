"""The queries of reporting: facts of a month, and frozen reports."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from kit.db import raw
from lighting.reporting.files.rendering import MadeFile
from lighting.reporting.model import CabinetFacts, Energy, OutageFacts
from lighting.reporting.tables import Report, ReportFile

_SUMS = ", ".join(f"sum(d.{name})::bigint" for name in Energy._fields)
# Dates before a light point was equipped count for nothing, not even as a light point.
_MONTH = """d.organisation_id = ANY($1::uuid[]) AND d."on" BETWEEN $2 AND $3
  AND d.expected_s > 0"""

_CABINET_DAYS = f"""
SELECT p.cabinet_id, d."on", count(*)::int, {_SUMS}
FROM energy_day d JOIN light_point p ON p.id = d.light_point_id
WHERE {_MONTH} GROUP BY 1, 2
"""
_LIGHT_POINTS = f"""
WITH month AS (SELECT d.light_point_id, {_SUMS} FROM energy_day d WHERE {_MONTH} GROUP BY 1)
SELECT p.code, p.street, p.cabinet_id, month.*
FROM month JOIN light_point p ON p.id = month.light_point_id ORDER BY p.code, p.id
"""
_LIGHT_POINT_COUNT = f"""
SELECT count(*) FROM (SELECT 1 FROM energy_day d WHERE {_MONTH} GROUP BY d.light_point_id) AS one
"""
_TOTAL = f"SELECT {_SUMS} FROM energy_day d WHERE {_MONTH}"
# A hundred thousand light points are grouped in memory rather than on disk.
_WORK_MEMORY = "SET LOCAL work_mem = '256MB'"
_CABINETS = """
SELECT id, code, name, prm, subscribed_power_kva FROM cabinet
WHERE id = ANY($1::uuid[]) ORDER BY code, id
"""
_MIDDLE = """
SELECT avg(lat_deg), avg(lon_deg) FROM light_point WHERE organisation_id = ANY($1::uuid[])
"""
_OUTAGES = """
SELECT p.code, p.street, COALESCE(c.code, ''), a.raised_at, a.cleared_at
FROM alarm a JOIN light_point p ON p.id = a.light_point_id
LEFT JOIN cabinet c ON c.id = p.cabinet_id
WHERE a.cause = 'lamp_failure' AND a.organisation_id = ANY($1::uuid[])
  AND a.raised_at < $3 AND (a.cleared_at IS NULL OR a.cleared_at > $2)
ORDER BY p.code, a.raised_at, a.id
"""
_PENDING = """
SELECT EXISTS (
    SELECT 1 FROM energy_dirty d JOIN controller c ON c.key = d.controller_key
    WHERE c.organisation_id = ANY($1::uuid[]) AND d."on" BETWEEN $2 AND $3)
"""
# Keeps two versions of one month from being made side by side.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


class Month(NamedTuple):
    """Whose month: organisations (one and all below it), first and last day."""

    organisation_ids: Sequence[UUID]
    first: date
    last: date


class StoredFile(NamedTuple):
    """A file without its content."""

    name: str
    media_type: str
    sha256: str
    size_bytes: int


async def cabinet_days(
    session: AsyncSession, month: Month
) -> list[tuple[UUID | None, date, int, Energy]]:
    """Dates by cabinet; None for light points without one."""
    connection = await raw(session)
    rows = await connection.fetch(_CABINET_DAYS, *month)
    return [(row[0], row[1], row[2], Energy(*row[3:])) for row in rows]


async def light_points(
    session: AsyncSession, month: Month
) -> list[tuple[str, str, UUID | None, Energy]]:
    """The month of each light point, by code."""
    connection = await raw(session)
    await connection.execute(_WORK_MEMORY)
    rows = await connection.fetch(_LIGHT_POINTS, *month)
    return [(row[0], row[1], row[2], Energy(*row[4:])) for row in rows]


async def light_point_count(session: AsyncSession, month: Month) -> int:
    """How many light points have energy on file."""
    connection = await raw(session)
    await connection.execute(_WORK_MEMORY)
    return int(await connection.fetchval(_LIGHT_POINT_COUNT, *month))


async def total(session: AsyncSession, month: Month) -> Energy | None:
    """All energy on file; None when there is none."""
    connection = await raw(session)
    row = await connection.fetchrow(_TOTAL, *month)
    return None if row[0] is None else Energy(*row)


async def cabinets(session: AsyncSession, ids: Sequence[UUID]) -> list[CabinetFacts]:
    """Delivery points by code."""
    connection = await raw(session)
    return [
        CabinetFacts(id_, code, name, prm, None if kva is None else Decimal(str(kva)))
        for id_, code, name, prm, kva in await connection.fetch(_CABINETS, list(ids))
    ]


async def middle(
    session: AsyncSession, organisation_ids: Sequence[UUID]
) -> tuple[float, float] | None:
    """Latitude and longitude of the middle of the estate; None when there is none."""
    connection = await raw(session)
    lat_deg, lon_deg = await connection.fetchrow(_MIDDLE, list(organisation_ids))
    return None if lat_deg is None else (lat_deg, lon_deg)


async def outages(
    session: AsyncSession, organisation_ids: Sequence[UUID], start: datetime, end: datetime
) -> list[OutageFacts]:
    """Lamp failures that were open between two instants, as known by the later one."""
    connection = await raw(session)
    rows = await connection.fetch(_OUTAGES, list(organisation_ids), start, end)
    return [OutageFacts(*row) for row in rows]


async def is_pending(session: AsyncSession, month: Month) -> bool:
    """Whether counters of the month still wait to be computed."""
    connection = await raw(session)
    return bool(await connection.fetchval(_PENDING, *month))


async def lock_month(session: AsyncSession, organisation_id: UUID, month: date) -> None:
    """Be alone with a month until the transaction ends."""
    connection = await raw(session)
    await connection.execute(_LOCK, f"report:{organisation_id}:{month.isoformat()}")


async def latest(session: AsyncSession, organisation_id: UUID, month: date) -> Report | None:
    """The newest version of a month."""
    query = (
        sa.select(Report)
        .where(col(Report.organisation_id) == organisation_id, col(Report.month) == month)
        .order_by(col(Report.version).desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def add(session: AsyncSession, report: Report, files: Sequence[MadeFile]) -> None:
    session.add(report)
    await session.flush()
    session.add_all(
        ReportFile(
            report_id=report.id,
            name=one.name,
            media_type=one.media_type,
            sha256=one.sha256,
            content=one.content,
        )
        for one in files
    )
    await session.flush()


async def reports(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None,
    month: date | None,
    after: tuple[date, int, UUID] | None,
    limit: int,
) -> Sequence[Report]:
    """Versions the caller may see, newest month and version first, without their inputs."""
    keys = (col(Report.month), col(Report.version), col(Report.id))
    query = (
        sa.select(Report)
        .options(sa.orm.defer(Report.inputs, raiseload=True))  # type: ignore[arg-type]
        .where(visible(Report.organisation_id, caller))
        .order_by(*(key.desc() for key in keys))
        .limit(limit)
    )
    if organisation_id is not None:
        query = query.where(col(Report.organisation_id) == organisation_id)
    if month is not None:
        query = query.where(col(Report.month) == month)
    if after is not None:
        query = query.where(sa.tuple_(*keys) < sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def report(session: AsyncSession, caller: Caller, report_id: UUID) -> Report | None:
    query = sa.select(Report).where(
        col(Report.id) == report_id, visible(Report.organisation_id, caller)
    )
    return (await session.scalars(query)).first()


async def files(session: AsyncSession, report_ids: Sequence[UUID]) -> dict[UUID, list[StoredFile]]:
    """The files of reports, without their content."""
    size = sa.func.length(ReportFile.content)
    query = (
        sa.select(
            col(ReportFile.report_id),
            col(ReportFile.name),
            col(ReportFile.media_type),
            col(ReportFile.sha256),
            size,
        )
        .where(col(ReportFile.report_id).in_(report_ids))
        .order_by(col(ReportFile.name))
    )
    found: dict[UUID, list[StoredFile]] = {report_id: [] for report_id in report_ids}
    for row in (await session.execute(query)).all():
        found[row[0]].append(StoredFile(*row[1:]))
    return found


async def file(session: AsyncSession, report_id: UUID, name: str) -> ReportFile | None:
    return await session.get(ReportFile, (report_id, name))

"""Queries of the directory: everything in one statement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.access.scope import visible_ids
from kit.db import raw
from lighting.registry.directory.model import ControllerRef, TargetLight

PREFETCH = 2000

# Network, profile, organisation, cabinet, powers, zone, luminaire type, technology, battery, class.
_SHARED_COLUMNS = (3, 4, 6, 7, 8, 9, 13, 17, 18, 19, 20, 21)

REFS_SQL = """
SELECT c.key, c.id, c.address, c.network, c.profile, lp.id, lp.organisation_id, lp.cabinet_id,
       t.rated_power_w, t.standby_power_w, coalesce(t.level_min_percent, 0),
       lp.lon_deg, lp.lat_deg, o.timezone, c.expected_period_s,
       c.state = 'in_service' AND lp.state = 'in_service',
       ic.installed_at, t.id, t.lamp_technology,
       t.battery_capacity_wh, t.panel_peak_w, lp.attributes ->> 'lighting_class'
FROM controller c
JOIN installation ic ON ic.controller_id = c.id AND ic.removed_at IS NULL
JOIN light_point lp ON lp.id = ic.light_point_id
JOIN organisation o ON o.id = lp.organisation_id
LEFT JOIN installation il
       ON il.light_point_id = lp.id AND il.kind = 'luminaire' AND il.removed_at IS NULL
LEFT JOIN luminaire l ON l.id = il.luminaire_id
LEFT JOIN luminaire_type t ON t.id = l.type_id
"""
# Two indexes, one for each side: an OR across both tables would read all of them.
CHANGED_SQL = (
    REFS_SQL
    + """
WHERE c.id IN (
    SELECT id FROM controller WHERE revision > $1
    UNION
    SELECT i.controller_id FROM light_point p
    JOIN installation i ON i.light_point_id = p.id AND i.kind = 'controller'
        AND i.removed_at IS NULL
    WHERE p.revision > $1)
"""
)
ABSENT_SQL = """
SELECT c.key FROM controller c
WHERE c.revision > $1 AND NOT EXISTS (
    SELECT FROM installation i WHERE i.controller_id = c.id AND i.removed_at IS NULL)
"""
TARGETS_SQL = """
SELECT lp.id, lp.organisation_id, lp.cabinet_id, lp.street, c.key
FROM light_point lp
LEFT JOIN installation i
       ON i.light_point_id = lp.id AND i.kind = 'controller' AND i.removed_at IS NULL
LEFT JOIN controller c ON c.id = i.controller_id AND c.state = 'in_service'
WHERE lp.state = 'in_service'
  AND ($1::uuid[] IS NULL OR lp.organisation_id = ANY($1))
  AND ($2::uuid[] IS NULL OR lp.id = ANY($2))
  AND ($3::uuid IS NULL OR lp.cabinet_id = $3)
  AND ($4::uuid IS NULL OR lp.organisation_id IN
       (SELECT descendant_id FROM organisation_closure WHERE ancestor_id = $4))
ORDER BY lp.cabinet_id, lp.code
"""


class _Shared:
    """Gives back one object for equal values: 100,000 refs share a few hundred of them."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def __call__(self, value: Any) -> Any:
        return self._known.setdefault(value, value)


def _ref(record: Any, shared: _Shared) -> ControllerRef:
    values = list(record)
    for column in _SHARED_COLUMNS:
        values[column] = shared(values[column])
    return ControllerRef(*values)


async def _refs(session: AsyncSession, sql: str, *arguments: Any) -> list[ControllerRef]:
    """Refs as they stream in: the records of a whole city never lie in memory at once."""
    shared = _Shared()
    found: list[ControllerRef] = []
    cursor = await (await raw(session)).cursor(sql, *arguments)
    while records := await cursor.fetch(PREFETCH):
        found += [_ref(record, shared) for record in records]
    return found


async def refs(session: AsyncSession) -> list[ControllerRef]:
    """Every installed controller."""
    return await _refs(session, REFS_SQL)


async def changed_refs(session: AsyncSession, revision: int) -> list[ControllerRef]:
    """The installed controllers that changed after a revision."""
    return await _refs(session, CHANGED_SQL, revision)


async def refs_of(session: AsyncSession, controller_keys: Sequence[int]) -> list[ControllerRef]:
    """Some installed controllers."""
    return await _refs(session, REFS_SQL + "WHERE c.key = ANY($1::int[])", list(controller_keys))


async def absent_keys(session: AsyncSession, revision: int) -> frozenset[int]:
    """The controllers that changed after a revision and are installed nowhere now."""
    records = await (await raw(session)).fetch(ABSENT_SQL, revision)
    return frozenset(record["key"] for record in records)


async def targets(
    session: AsyncSession,
    caller: Caller,
    *,
    light_point_ids: Sequence[UUID] | None,
    cabinet_id: UUID | None,
    organisation_id: UUID | None,
) -> list[TargetLight]:
    """Light points in service, by cabinet and number."""
    ids = None if light_point_ids is None else list(light_point_ids)
    connection = await raw(session)
    records = await connection.fetch(
        TARGETS_SQL, visible_ids(caller), ids, cabinet_id, organisation_id
    )
    return [TargetLight(*record) for record in records]

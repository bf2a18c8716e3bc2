"""Queries across all kinds of assets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.access.scope import visible_ids
from kit.db import raw
from lighting.registry.assets.model import (
    CABINETS_SHOWN_MAX,
    LIGHTS_SHOWN_MAX,
    Anchor,
    Found,
    Node,
)
from lighting.registry.model import AssetKind, AssetName

# Each asset as: kind, id, label, detail, organisation, and the ids it hangs on, top first.
_ASSETS = """
SELECT 'organisation' AS kind, id, name AS label, kind AS detail, id AS organisation_id,
       ARRAY[]::uuid[] AS parents
FROM organisation WHERE id = ANY($1)
UNION ALL
SELECT 'cabinet', id, code, name, organisation_id, ARRAY[]::uuid[] FROM cabinet WHERE id = ANY($1)
UNION ALL
SELECT 'circuit', id, code, coalesce(phase, ''), organisation_id, ARRAY[cabinet_id]
FROM circuit WHERE id = ANY($1)
UNION ALL
SELECT 'support', id, code, coalesce(material, ''), organisation_id, ARRAY[]::uuid[]
FROM support WHERE id = ANY($1)
UNION ALL
SELECT 'light_point', id, code, street, organisation_id,
       array_remove(ARRAY[cabinet_id, circuit_id, support_id], NULL)
FROM light_point WHERE id = ANY($1)
UNION ALL
SELECT 'luminaire', l.id, coalesce(l.serial, concat_ws(' ', t.maker, t.model)), t.model,
       l.organisation_id,
       array_remove(ARRAY[p.cabinet_id, p.circuit_id, p.support_id, p.id], NULL)
FROM luminaire l JOIN luminaire_type t ON t.id = l.type_id
LEFT JOIN installation i ON i.luminaire_id = l.id AND i.removed_at IS NULL
LEFT JOIN light_point p ON p.id = i.light_point_id
WHERE l.id = ANY($1)
UNION ALL
SELECT 'controller', c.id, c.address, c.profile, c.organisation_id,
       array_remove(ARRAY[p.cabinet_id, p.circuit_id, p.support_id, p.id], NULL)
FROM controller c
LEFT JOIN installation i ON i.controller_id = c.id AND i.removed_at IS NULL
LEFT JOIN light_point p ON p.id = i.light_point_id
WHERE c.id = ANY($1)
UNION ALL
SELECT 'gateway', id, name, address, organisation_id, ARRAY[]::uuid[]
FROM gateway WHERE id = ANY($1)
"""
ASSETS_SQL = f"SELECT * FROM ({_ASSETS}) a WHERE $2::uuid[] IS NULL OR organisation_id = ANY($2)"

TERRITORY_SQL = """
WITH RECURSIVE up AS (
    SELECT id, parent_id, name, kind, 0 AS height FROM organisation WHERE id = $1
    UNION ALL
    SELECT o.id, o.parent_id, o.name, o.kind, up.height + 1
    FROM organisation o JOIN up ON o.id = up.parent_id)
SELECT id, name, kind FROM up WHERE $2::uuid[] IS NULL OR id = ANY($2) ORDER BY height DESC
"""
CHAINS_SQL = """
SELECT cb.id, cb.code, cb.name, ci.id, ci.code, ci.phase, s.id, s.code, s.material,
       p.id, p.code, p.street, l.id, coalesce(l.serial, ''), concat_ws(' ', t.maker, t.model),
       c.id, c.address, c.profile
FROM light_point p
LEFT JOIN cabinet cb ON cb.id = p.cabinet_id
LEFT JOIN circuit ci ON ci.id = p.circuit_id
LEFT JOIN support s ON s.id = p.support_id
LEFT JOIN installation il
       ON il.light_point_id = p.id AND il.kind = 'luminaire' AND il.removed_at IS NULL
LEFT JOIN luminaire l ON l.id = il.luminaire_id
LEFT JOIN luminaire_type t ON t.id = l.type_id
LEFT JOIN installation ic
       ON ic.light_point_id = p.id AND ic.kind = 'controller' AND ic.removed_at IS NULL
LEFT JOIN controller c ON c.id = ic.controller_id
WHERE p.{column} = $1 AND ($2::uuid[] IS NULL OR p.organisation_id = ANY($2))
ORDER BY ci.code, p.position_on_circuit, p.code
LIMIT $3
"""
CHAIN_COLUMNS: Mapping[AssetKind, str] = {
    AssetKind.CABINET: "cabinet_id",
    AssetKind.CIRCUIT: "circuit_id",
    AssetKind.SUPPORT: "support_id",
    AssetKind.LIGHT_POINT: "id",
}
_CHAIN_KINDS = (
    *(AssetKind.CABINET, AssetKind.CIRCUIT, AssetKind.SUPPORT, AssetKind.LIGHT_POINT),
    *(AssetKind.LUMINAIRE, AssetKind.CONTROLLER),
)
TERRITORY_BELOW_SQL = """
SELECT 'organisation' AS kind, o.id, o.name AS label, o.kind AS detail,
       (SELECT count(*) FROM cabinet c WHERE c.organisation_id = o.id) AS child_count
FROM organisation o
WHERE o.parent_id = $1 AND ($2::uuid[] IS NULL OR o.id = ANY($2))
UNION ALL
SELECT 'cabinet', c.id, c.code, c.name,
       (SELECT count(*) FROM light_point p WHERE p.cabinet_id = c.id)
FROM cabinet c
WHERE c.organisation_id = $1
ORDER BY 1 DESC, 3
LIMIT $3
"""
SEARCH_SQL = """
(SELECT 'cabinet' AS kind, id, code AS label, name AS detail, lon_deg, lat_deg FROM cabinet
 WHERE $1 <> '' AND search_words @@ to_tsquery('simple', $1)
   AND ($3::uuid[] IS NULL OR organisation_id = ANY($3))
 ORDER BY code LIMIT $4)
UNION ALL
(SELECT 'controller', c.id, c.address, coalesce(p.code, ''), p.lon_deg, p.lat_deg
 FROM controller c
 LEFT JOIN installation i ON i.controller_id = c.id AND i.removed_at IS NULL
 LEFT JOIN light_point p ON p.id = i.light_point_id
 WHERE (c.address LIKE lower($2) OR c.serial LIKE $2)
   AND ($3::uuid[] IS NULL OR c.organisation_id = ANY($3))
 ORDER BY c.address LIMIT $4)
UNION ALL
(SELECT 'luminaire', l.id, l.serial, coalesce(p.code, ''), p.lon_deg, p.lat_deg
 FROM luminaire l
 LEFT JOIN installation i ON i.luminaire_id = l.id AND i.removed_at IS NULL
 LEFT JOIN light_point p ON p.id = i.light_point_id
 WHERE l.serial LIKE $2 AND ($3::uuid[] IS NULL OR l.organisation_id = ANY($3))
 ORDER BY l.serial LIMIT $4)
UNION ALL
(SELECT 'light_point', id, code, street, lon_deg, lat_deg FROM light_point
 WHERE $1 <> '' AND search_words @@ to_tsquery('simple', $1)
   AND ($3::uuid[] IS NULL OR organisation_id = ANY($3))
 ORDER BY code LIMIT $4)
"""


async def anchors(
    session: AsyncSession, caller: Caller, asset_ids: Sequence[UUID]
) -> Sequence[Anchor]:
    """The assets of these ids that the caller may see, in the order of the ids."""
    connection = await raw(session)
    records = await connection.fetch(ASSETS_SQL, list(asset_ids), visible_ids(caller))
    found = {
        record["id"]: Anchor(
            Node(AssetKind(record["kind"]), record["id"], record["label"], record["detail"]),
            record["organisation_id"],
            record["parents"],
        )
        for record in records
    }
    return [found[asset_id] for asset_id in asset_ids if asset_id in found]


async def names(session: AsyncSession, asset_ids: Sequence[UUID]) -> Mapping[UUID, AssetName]:
    """What people call these assets, whoever asks."""
    records = await (await raw(session)).fetch(ASSETS_SQL, list(asset_ids), None)
    return {
        record["id"]: AssetName(
            AssetKind(record["kind"]), record["label"], record["organisation_id"]
        )
        for record in records
    }


async def territory(session: AsyncSession, caller: Caller, organisation_id: UUID) -> list[Node]:
    """The organisations from the top that the caller may see, down to this one."""
    connection = await raw(session)
    records = await connection.fetch(TERRITORY_SQL, organisation_id, visible_ids(caller))
    return [Node(AssetKind.ORGANISATION, *record) for record in records]


def _chain(record: Any) -> Iterator[Node]:
    for number, kind in enumerate(_CHAIN_KINDS):
        identifier, label, detail = record[3 * number : 3 * number + 3]
        if identifier is not None:
            yield Node(kind, identifier, label or detail or "", detail or "")


async def chains(session: AsyncSession, caller: Caller, asset: Node) -> list[list[Node]]:
    """For each light under an asset, the assets from its cabinet down to each equipment."""
    sql = CHAINS_SQL.format(column=CHAIN_COLUMNS[asset.kind])
    connection = await raw(session)
    records = await connection.fetch(sql, asset.id, visible_ids(caller), LIGHTS_SHOWN_MAX)
    return [branch for record in records for branch in _branches(list(_chain(record)))]


def _branches(chain: list[Node]) -> Iterator[list[Node]]:
    """One chain per piece of equipment: a luminaire and its controller hang side by side."""
    equipment = [node for node in chain if node.kind in (AssetKind.LUMINAIRE, AssetKind.CONTROLLER)]
    stem = chain[: len(chain) - len(equipment)]
    yield from ([*stem, piece] for piece in equipment) if equipment else [stem]


async def territory_below(
    session: AsyncSession, caller: Caller, organisation_id: UUID
) -> list[Node]:
    """Organisations and cabinets directly under an organisation."""
    connection = await raw(session)
    records = await connection.fetch(
        TERRITORY_BELOW_SQL, organisation_id, visible_ids(caller), CABINETS_SHOWN_MAX
    )
    return [Node(AssetKind(kind), *rest) for kind, *rest in records]


async def search(
    session: AsyncSession, caller: Caller, query: str, beginning: str, limit: int
) -> list[Found]:
    """Assets whose words fit `query`, or whose address or serial begins with `beginning`."""
    connection = await raw(session)
    records = await connection.fetch(SEARCH_SQL, query, beginning, visible_ids(caller), limit)
    return [Found(AssetKind(kind), *rest) for kind, *rest in records][:limit]

"""Map tiles: every light with its state from zoom 12, counts of cells before, circuits from 13."""

from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import numpy as np
from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.http import CurrentCaller
from kit.access.model import Caller
from kit.access.scope import visible_ids
from kit.db import raw
from kit.http import SessionDep
from lighting.registry.tiles.compute import Tile, cell_shift
from lighting.registry.tiles.mvt import Layer, Line, Point, encode_tile

router = APIRouter(tags=["registry"])

ZOOM_OF_LIGHTS = 12
ZOOM_OF_CIRCUITS = 13
# Below zoom 12 a tile falls into 32 × 32 cells, each drawn once.
CELL_BITS = 5
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
LIGHT_KEYS = ("id", "code", "actual", "desired", "cct_k", "fault", "stale", "w", "cabinet_id")
CELL_KEYS = ("count", "lit", "fault")
UNKNOWN = -1

_FROM_LIGHTS = """
    FROM light_point p
    LEFT JOIN installation ic
           ON ic.light_point_id = p.id AND ic.kind = 'controller' AND ic.removed_at IS NULL
    LEFT JOIN controller c ON c.id = ic.controller_id
    LEFT JOIN latest_state t ON t.controller_key = c.key
    LEFT JOIN LATERAL (
        SELECT cause FROM alarm a WHERE a.light_point_id = p.id AND a.cleared_at IS NULL
        ORDER BY a.urgency, a.raised_at LIMIT 1
    ) a ON true
"""
_WHERE = """
    WHERE p.tile_key >= $1 AND p.tile_key < $2 AND p.state = 'in_service'
      AND ($3::uuid[] IS NULL OR p.organisation_id = ANY($3))
"""
_LIGHTS = f"""
    SELECT p.key, p.tile_key, p.id::text, p.code, t.level_percent, s.desired_level_percent,
           y.cct_k, a.cause, y.rated_power_w, p.cabinet_id::text
    {_FROM_LIGHTS}
    LEFT JOIN light_state s ON s.light_point_id = p.id
    LEFT JOIN installation il
           ON il.light_point_id = p.id AND il.kind = 'luminaire' AND il.removed_at IS NULL
    LEFT JOIN luminaire l ON l.id = il.luminaire_id
    LEFT JOIN luminaire_type y ON y.id = l.type_id
    {_WHERE}
"""
_CELLS = f"""
    SELECT p.tile_key >> $4 AS cell, count(*) AS lights,
           count(*) FILTER (WHERE t.level_percent > 0) AS lit,
           count(*) FILTER (WHERE a.cause IS NOT NULL) AS fault
    {_FROM_LIGHTS} {_WHERE} GROUP BY 1
"""
_CIRCUITS = """
    WITH touched AS (
        SELECT DISTINCT circuit_id FROM light_point
        WHERE tile_key >= $1 AND tile_key < $2 AND circuit_id IS NOT NULL
          AND ($3::uuid[] IS NULL OR organisation_id = ANY($3))
    )
    SELECT p.circuit_id, p.tile_key FROM touched
    JOIN light_point p ON p.circuit_id = touched.circuit_id AND p.state = 'in_service'
    ORDER BY p.circuit_id, p.position_on_circuit, p.code
"""


@router.get("/tiles/light-points/{z}/{x}/{y}.mvt", response_class=Response)
async def light_point_tile(
    session: SessionDep, caller: CurrentCaller, z: int, x: int, y: int
) -> Response:
    """A vector tile (MVT) of the lights the caller may see; see docs for layers and properties."""
    content = await read_tile(session, caller, Tile(z, x, y))
    return Response(content, media_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


async def read_tile(session: AsyncSession, caller: Caller, tile: Tile) -> bytes:
    """The layers of one tile."""
    ids = visible_ids(caller)
    if tile.z < ZOOM_OF_LIGHTS:
        return encode_tile([await _cells(session, tile, ids)])
    layers = [await _lights(session, tile, ids)]
    if tile.z >= ZOOM_OF_CIRCUITS:
        layers.insert(0, await _circuits(session, tile, ids))
    return encode_tile(layers)


async def _lights(session: AsyncSession, tile: Tile, ids: list[UUID] | None) -> Layer:
    rows = await (await raw(session)).fetch(_LIGHTS, *tile.key_range(), ids)
    x, y = tile.place(np.array([row[1] for row in rows], dtype=np.int64))
    points = [
        Point(row[0], px, py, _properties(row))
        for row, px, py in zip(rows, x.tolist(), y.tolist(), strict=True)
    ]
    return Layer("light_points", LIGHT_KEYS, points)


def _properties(row: Any) -> tuple[str | int | bool, ...]:
    _, _, light_point_id, code, actual, desired, cct_k, cause, watts, cabinet_id = row
    return (
        light_point_id,
        code,
        UNKNOWN if actual is None else actual,
        UNKNOWN if desired is None else desired,
        cct_k or 0,
        cause or "",
        cause == "communication_loss",
        round(watts or 0),
        cabinet_id or "",
    )


async def _cells(session: AsyncSession, tile: Tile, ids: list[UUID] | None) -> Layer:
    shift = cell_shift(tile, CELL_BITS)
    rows = await (await raw(session)).fetch(_CELLS, *tile.key_range(), ids, shift)
    cells = np.array([row["cell"] for row in rows], dtype=np.int64)
    x, y = tile.place((cells << shift) + (3 << shift - 2))
    points = [
        Point(number, px, py, (row["lights"], row["lit"], row["fault"]))
        for number, (row, px, py) in enumerate(
            zip(rows, x.tolist(), y.tolist(), strict=True), start=1
        )
    ]
    return Layer("clusters", CELL_KEYS, points)


async def _circuits(session: AsyncSession, tile: Tile, ids: list[UUID] | None) -> Layer:
    rows = await (await raw(session)).fetch(_CIRCUITS, *tile.key_range(), ids)
    lines = []
    for number, (circuit_id, members) in enumerate(groupby(rows, itemgetter(0)), start=1):
        x, y = tile.place(np.array([row[1] for row in members], dtype=np.int64))
        if len(x) > 1:
            points = list(zip(x.tolist(), y.tolist(), strict=True))
            lines.append(Line(number, points, (str(circuit_id),)))
    return Layer("circuits", ("id",), lines)

"""Map tiles: the registry's memory of the estate, with the state that three folders know."""

import hashlib
import zlib
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.http import CurrentCaller
from lighting.faults.model import Cause
from lighting.registry.tiles.columns import read_columns
from lighting.registry.tiles.compute import Tile
from lighting.registry.tiles.model import UNKNOWN, LightStates
from lighting.registry.tiles.mvt import MEDIA_TYPE
from lighting.registry.tiles.service import MapMemory

router = APIRouter(tags=["registry"])

# Below this, packing costs more than it spares.
PACKED_BYTES_MIN = 1400
CAUSES = tuple(cause.value for cause in Cause)
_COLUMNS = (
    ("key", ">i4"),
    ("actual", ">i2"),
    ("desired", ">i2"),
    ("fault", ">i2"),
    ("stale", "?"),
)
_STATES = f"""
    SELECT p.key, coalesce(t.level_percent, {UNKNOWN})::smallint,
           coalesce(s.desired_level_percent, {UNKNOWN})::smallint,
           coalesce(array_position($1::text[], a.cause), 0)::smallint,
           coalesce(a.is_silent, false)
    FROM light_point p
    LEFT JOIN installation i
           ON i.light_point_id = p.id AND i.kind = 'controller' AND i.removed_at IS NULL
    LEFT JOIN controller c ON c.id = i.controller_id
    LEFT JOIN latest_state t ON t.controller_key = c.key
    LEFT JOIN light_state s ON s.light_point_id = p.id
    LEFT JOIN (
        SELECT light_point_id, (array_agg(cause ORDER BY urgency, raised_at))[1] AS cause,
               bool_or(cause = '{Cause.COMMUNICATION_LOSS.value}') AS is_silent
        FROM alarm WHERE cleared_at IS NULL GROUP BY light_point_id
    ) a ON a.light_point_id = p.id
    WHERE p.state = 'in_service'
"""


class LightsNow:
    """What telemetry, control and faults say of every light in service."""

    async def states(self, session: AsyncSession) -> LightStates:
        """Levels as last heard and as wanted, the most urgent open alarm, and silence."""
        read = await read_columns(session, _STATES, _COLUMNS, list(CAUSES))
        return LightStates(
            keys=read["key"].astype(np.int64),
            actual=read["actual"].astype(np.int16),
            desired=read["desired"].astype(np.int16),
            faults=read["fault"].astype(np.int16),
            stale=read["stale"].astype(np.bool_),
            fault_words=("", *CAUSES),
        )


def map_memory(request: Request) -> MapMemory:
    """The map's memory of this process."""
    memory = request.app.state.map_memory
    assert isinstance(memory, MapMemory)
    return memory


@router.get("/tiles/light-points/{z}/{x}/{y}.mvt", response_class=Response)
async def light_point_tile(
    request: Request,
    caller: CurrentCaller,
    memory: Annotated[MapMemory, Depends(map_memory)],
    z: int,
    x: int,
    y: int,
) -> Response:
    """A vector tile (MVT) of the lights the caller may see; see docs for layers and properties."""
    content = await memory.tile(caller, Tile(z, x, y))
    tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=headers)
    # Packed here, fast and off the event loop; what names its encoding is packed no further.
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    if is_packed and len(content) >= PACKED_BYTES_MIN:
        content = await run_in_threadpool(packed, content)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def packed(content: bytes) -> bytes:
    """The content as gzip, at its fastest."""
    packer = zlib.compressobj(level=1, wbits=31)
    return packer.compress(content) + packer.flush()

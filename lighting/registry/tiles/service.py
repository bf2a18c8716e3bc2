"""The map's memory: the estate and its state as columns, a few seconds old at most while looked at.

Tiles are made from memory, for a query per tile cannot be fast enough over a whole city. Nobody
waits for a newer memory but the first visitor: it is renewed behind the scenes, when asked for.
"""

import asyncio
from collections.abc import Set
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.db import Database
from kit.log import get_logger
from lighting.registry import repository as registry
from lighting.registry.tiles import repository
from lighting.registry.tiles.compute import Tile, make_tile
from lighting.registry.tiles.model import LightStates, Snapshot
from lighting.registry.tiles.snapshot import make_estate, with_states

MAX_AGE = timedelta(seconds=5)
# Memory that could not be renewed for so long is not shown any more: the error is.
MAX_AGE_IN_TROUBLE = timedelta(minutes=1)

log = get_logger()


class StateSource(Protocol):
    """Tells how all lights are now. Made where telemetry, control and faults meet, above us."""

    async def states(self, session: AsyncSession) -> LightStates: ...


class MapMemory:
    """Makes tiles for many visitors from one memory; one for each process that serves them."""

    def __init__(
        self, database: Database, source: StateSource | None = None, max_age: timedelta = MAX_AGE
    ) -> None:
        self._database = database
        self._source = source
        self._max_age_s = max_age.total_seconds()
        self._snapshot: Snapshot | None = None
        self._read_at_s = 0.0
        self._renewal: asyncio.Task[Snapshot] | None = None

    async def tile(self, caller: Caller, tile: Tile) -> bytes:
        """A vector tile of the lights that the caller may see."""
        snapshot = await self.snapshot()
        seen: Set[UUID] | None = None if caller.is_system else caller.organisation_ids
        return await asyncio.to_thread(make_tile, snapshot, tile, seen)

    async def snapshot(self) -> Snapshot:
        """The memory; made now when there is none, renewed behind the scenes when it is old."""
        age_s = asyncio.get_running_loop().time() - self._read_at_s
        if self._snapshot is not None and age_s < self._max_age_s:
            return self._snapshot
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(self._renewed)
        if self._snapshot is not None and age_s < MAX_AGE_IN_TROUBLE.total_seconds():
            return self._snapshot
        return await asyncio.shield(self._renewal)

    async def close(self) -> None:
        """Wait for a renewal under way, so that its connection is given back."""
        if self._renewal is not None:
            await asyncio.gather(self._renewal, return_exceptions=True)

    async def _renew(self) -> Snapshot:
        known = None if self._snapshot is None else self._snapshot.estate
        async with self._database.session() as session:
            revision = await registry.revision(session)
            if known is None or known.revision != revision:
                records = await repository.estate_records(session)
                known = await asyncio.to_thread(make_estate, revision, records)
            states = LightStates.none()
            if self._source is not None:
                states = await self._source.states(session)
        return await asyncio.to_thread(with_states, known, states)

    def _renewed(self, renewal: asyncio.Task[Snapshot]) -> None:
        self._renewal = None
        if renewal.cancelled():
            return
        error = renewal.exception()
        if error is not None:
            log.warning("map memory not renewed", error=str(error))
            return
        self._snapshot = renewal.result()
        self._read_at_s = asyncio.get_running_loop().time()

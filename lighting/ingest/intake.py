"""Takes batches from a link and lets go of none before it is committed.

A database that is not there is waited for: nothing is acknowledged meanwhile, and what the broker
still holds it delivers again after a restart. A frame that the database refuses is found by
halving its batch and set aside, so that it never holds up the others.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol

from prometheus_client import Counter, Histogram

from drivers.contract import Frame
from kit.clock import Clock
from kit.db import Database
from kit.log import correlated, get_logger
from lighting.ingest.compute import REASON_CHARACTERS_MAX, storable
from lighting.ingest.failures import is_frames_fault
from lighting.ingest.model import BatchReport
from lighting.ingest.service import Ingest
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import QuarantineReason, RefusedFrame

PAUSE_FIRST = timedelta(milliseconds=500)
PAUSE_MAX = timedelta(seconds=30)
# More refused frames than this in one batch are our mistake, not theirs: stop and say so.
ISOLATED_PER_BATCH_MAX = 50

log = get_logger()
FRAMES = Counter("reverbere_ingest_frames", "Frames taken in", ["network"])
READINGS = Counter("reverbere_ingest_readings", "Readings stored", ["network", "novelty"])
REFUSED = Counter("reverbere_ingest_refused", "Frames set aside", ["network", "reason"])
SECONDS = Histogram("reverbere_ingest_batch_seconds", "Time a batch takes", ["network"])
OUTAGES = Counter("reverbere_ingest_outages", "Tries that found no database", ["network"])


# Young objects before the collector looks for cycles. A batch makes some hundred thousand objects,
# none in a cycle; with Python's 700 the collector walks them over and over.
YOUNG_OBJECTS_MAX = 50_000


def quieten_collector() -> None:
    """To be called once by a worker process as it starts: what is loaded by then is no longer
    searched for garbage, and young objects less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, *gc.get_threshold()[1:])


class Batch(Protocol):
    """Frames a link hands over, to be acknowledged together."""

    @property
    def frames(self) -> Sequence[Frame]: ...

    def acknowledge(self) -> None: ...


class TooManyRefusedError(Exception):
    """The database refuses frame after frame of one batch."""


class Intake:
    """Moves batches from a link into the database."""

    def __init__(
        self,
        database: Database,
        ingest: Ingest,
        clock: Clock,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._ingest = ingest
        self._clock = clock
        self._pause = pause

    async def run(self, batches: AsyncIterator[Batch]) -> None:
        """Until the link ends: take each batch in, then let the broker forget it."""
        async for batch in batches:
            await self.take(batch.frames)
            batch.acknowledge()

    async def take(self, frames: Sequence[Frame]) -> None:
        """Return when every frame is committed, as readings or in quarantine."""
        network = self._ingest.network.kind
        attempt = 0
        with correlated(), SECONDS.labels(network).time():
            while not await self._try(frames, attempt):
                attempt += 1
        FRAMES.labels(network).inc(len(frames))

    async def _try(self, frames: Sequence[Frame], attempt: int) -> bool:
        try:
            await self._store(frames, ISOLATED_PER_BATCH_MAX)
        except Exception:  # whatever it is, the frames stay with the broker until it is mended
            pause_s = pause_after(attempt).total_seconds()
            OUTAGES.labels(self._ingest.network.kind).inc()
            log.exception("batch not stored", frames=len(frames), pause_s=pause_s)
            await self._pause(pause_s)
            return False
        return True

    async def _store(self, frames: Sequence[Frame], isolated_max: int) -> int:
        """Store frames in one transaction, or in smaller ones around those the database refuses;
        returns how many it refused."""
        try:
            async with self._database.session() as session:
                report = await self._ingest.handle(session, frames, self._clock.now())
        except Exception as error:
            if not is_frames_fault(error):
                raise
            return await self._isolate(frames, error, isolated_max)
        self._count(report)
        return 0

    async def _isolate(self, frames: Sequence[Frame], error: Exception, isolated_max: int) -> int:
        if len(frames) > 1:
            middle = len(frames) // 2
            refused = await self._store(frames[:middle], isolated_max)
            return refused + await self._store(frames[middle:], isolated_max - refused)
        if isolated_max < 1:
            raise TooManyRefusedError(
                f"more than {ISOLATED_PER_BATCH_MAX} frames of a batch were refused"
            ) from error
        log.warning("frame refused by the database", topic=frames[0].topic, error=str(error))
        async with self._database.session() as session:
            await telemetry.quarantine(session, [self._refused(frames[0], error)])
        REFUSED.labels(self._ingest.network.kind, QuarantineReason.DATABASE_REFUSED.value).inc()
        return 1

    def _refused(self, frame: Frame, error: Exception) -> RefusedFrame:
        reason = f"{type(error).__name__}: {error}"
        return RefusedFrame(
            network=self._ingest.network.name_of(frame),
            topic=storable(frame.topic),
            payload=frame.payload,
            received_at=frame.received_at,
            reason_code=QuarantineReason.DATABASE_REFUSED,
            reason=storable(reason)[:REASON_CHARACTERS_MAX],
        )

    def _count(self, report: BatchReport) -> None:
        network = self._ingest.network.kind
        READINGS.labels(network, "new").inc(report.readings_new)
        READINGS.labels(network, "known").inc(report.readings_known)
        for reason, count in report.refused.items():
            REFUSED.labels(network, reason).inc(count)
        if report.refused:
            log.info("frames set aside", **report.refused)


def pause_after(attempt: int) -> timedelta:
    """Half a second, doubling, at most half a minute."""
    return min(PAUSE_FIRST * (1 << min(attempt, 10)), PAUSE_MAX)

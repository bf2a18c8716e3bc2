"""Frames on their way from a link that listens to whoever stores them.

A broker keeps what has not been acknowledged; a bus that is polled and a socket that is pushed to
do not. The spool stands between: bounded, so that a store that is away slows the link down instead
of filling the memory, and honest about what has been stored.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from drivers.contract import Frame

CAPACITY_FRAMES = 10_000


@dataclass(frozen=True, slots=True)
class SpooledBatch:
    """Frames handed over together; `acknowledge` says that they are stored."""

    frames: Sequence[Frame]
    _stored: Sequence["asyncio.Future[None]"]

    def acknowledge(self) -> None:
        """Tell those who wait that their frames are stored."""
        for each in self._stored:
            if not each.done():
                each.set_result(None)


class Spool:
    """Holds frames, in order, until they are taken; belongs to one event loop."""

    def __init__(self, capacity_frames: int = CAPACITY_FRAMES) -> None:
        self._frames: asyncio.Queue[tuple[Frame, asyncio.Future[None] | None]] = asyncio.Queue(
            capacity_frames
        )

    def __len__(self) -> int:
        return self._frames.qsize()

    async def put(self, frame: Frame) -> None:
        """Hand a frame over; waits while the spool is full."""
        await self._frames.put((frame, None))

    async def put_and_wait(self, frame: Frame) -> None:
        """Hand a frame over, and return once it is stored."""
        stored = asyncio.get_running_loop().create_future()
        await self._frames.put((frame, stored))
        await stored

    async def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[SpooledBatch]:
        """Batches without end: closed by count or by time since their first frame."""
        while True:
            gathered = [await self._frames.get()]
            loop = asyncio.get_running_loop()
            until = loop.time() + max_wait.total_seconds()
            while len(gathered) < max_count and (left_s := until - loop.time()) > 0:
                try:
                    async with asyncio.timeout(left_s):  # wait_for may swallow a cancellation
                        gathered.append(await self._frames.get())
                except TimeoutError:
                    break
            yield SpooledBatch(
                [frame for frame, _ in gathered],
                [stored for _, stored in gathered if stored is not None],
            )

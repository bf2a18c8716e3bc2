"""Frames on their way from the network thread to the event loop: bounded, taken in slices."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from drivers.contract import Frame


class Arrival(NamedTuple):
    """A frame, and what the broker needs to hear once it is safe."""

    frame: Frame
    packet_id: int  # 0: nothing to acknowledge (QoS 0)
    connection: int  # acknowledged only on the connection it came by


class Batch:
    """Some frames in the order of their arrival; to be acknowledged once they are safe."""

    def __init__(self, arrivals: list[Arrival], on_acknowledged: Callable[[], None]) -> None:
        self.arrivals = arrivals
        self.frames = [arrival.frame for arrival in arrivals]
        self.is_acknowledged = False
        self._on_acknowledged = on_acknowledged

    def acknowledge(self) -> None:
        """The frames are safe: the broker may forget them. Doing it again changes nothing."""
        if not self.is_acknowledged:
            self.is_acknowledged = True
            self._on_acknowledged()


class Inbox:
    """One thread puts, the event loop waits and takes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.received_count = 0
        self._arrivals: deque[Arrival] = deque()
        self._loop = asyncio.get_running_loop()
        self._has_arrived = asyncio.Event()
        self._wanted_count = 0  # 0: nobody waits
        self._is_closed = False
        self.failure: BaseException | None = None

    def __len__(self) -> int:
        return len(self._arrivals)

    @property
    def is_full(self) -> bool:
        return len(self._arrivals) >= self.limit

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def put(self, arrival: Arrival) -> None:
        """Network thread: adds one. The thread stops reading while `is_full`."""
        self._arrivals.append(arrival)
        self.received_count += 1

    def notify(self) -> None:
        """Network thread: wakes the waiting loop once it has what it waits for."""
        if 0 < self._wanted_count <= len(self._arrivals):
            self._wanted_count = 0
            self._loop.call_soon_threadsafe(self._has_arrived.set)

    async def wait_for(self, count: int, timeout_s: float | None = None) -> None:
        """Returns with `count` frames here, or the time over, or the inbox closed."""
        self._has_arrived.clear()
        self._wanted_count = min(count, self.limit)
        if len(self._arrivals) >= self._wanted_count or self._is_closed:
            self._wanted_count = 0
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._has_arrived.wait()
        except TimeoutError:
            return  # fewer than wanted is what the caller gets
        finally:
            self._wanted_count = 0

    def take(self, count: int) -> list[Arrival]:
        """Up to `count` frames, oldest first."""
        arrivals = self._arrivals
        return [arrivals.popleft() for _ in range(min(count, len(arrivals)))]

    def close(self, failure: BaseException | None = None) -> None:
        """Event loop: nobody waits any longer; what was not taken comes again."""
        self.failure = self.failure or failure
        self._is_closed = True
        self._has_arrived.set()

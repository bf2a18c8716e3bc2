"""One DALI line, or a gateway to several: who may speak on it next, and the rounds gone on it.

Commands go before what a person waits for, and that before polling; an exchange is kept short so
that a command waits under two seconds.
"""

import asyncio
import heapq
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

from drivers.dali.frames import Forward
from drivers.dali.line import FRAMES_PER_EXCHANGE_MAX, Answer, Carrier, Priority
from drivers.dali.rounds import Pace, Rounds, Task
from drivers.errors import LinkError

log = logging.getLogger(__name__)

Find: TypeAlias = Callable[[], Awaitable[Mapping[int, Mapping[int, float]]]]
"""Looks for gear; how often each is asked what, by address and port. Raises `LinkError`."""
Do: TypeAlias = Callable[[Task], Awaitable[None]]
"""Asks one gear one thing and tells the answer; raises `LinkError`."""


class Line:
    """A line as the driver sees it: exchanges one after the other, the most urgent first."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._is_busy = False
        self._waiting: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    async def exchange(
        self, frames: Sequence[Forward], priority: Priority = Priority.POLL
    ) -> list[Answer]:
        """Put frames on the line in one go; raises `LinkError`."""
        if len(frames) > FRAMES_PER_EXCHANGE_MAX:
            raise ValueError(f"{len(frames)} frames at once; a command would wait too long")
        async with self._turn(priority):
            return await self._carrier.exchange(frames, priority)

    async def ask(self, frame: Forward, priority: Priority = Priority.POLL) -> Answer:
        """The answer to one frame."""
        (answer,) = await self.exchange([frame], priority)
        return answer

    @asynccontextmanager
    async def _turn(self, priority: Priority) -> AsyncIterator[None]:
        if self._is_busy:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (priority, next(self._order), turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on()
                raise
        self._is_busy = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        """Give the line to the most urgent one that still waits; it stays busy meanwhile."""
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._is_busy = False


class Watch:
    """One line, or one gateway, on its rounds."""

    def __init__(self, find: Find, do: Do, pace: Pace) -> None:
        self._find = find
        self._do = do
        self._pace = pace
        self._is_woken = asyncio.Event()
        self.rounds = Rounds(pace)

    async def run(self) -> None:
        """Find and ask until cancelled; what fails on the line is borne and tried again."""
        loop = asyncio.get_running_loop()
        find_at_s = loop.time()
        while True:
            try:
                if loop.time() >= find_at_s:
                    found = await self.find()
                    pause_s = self._pace.find_again_s if found else self._pace.find_first_s
                    find_at_s = loop.time() + pause_s
                task = self.rounds.take(loop.time())
                if task is not None:
                    await self._do(task)
                else:
                    await self._sleep(min(find_at_s, self.rounds.next_due_s() or find_at_s))
            except LinkError as error:
                log.debug("line failed: %s", error)
                await asyncio.sleep(self._pace.after_failure_s)

    async def find(self) -> bool:
        """Look for gear and begin to ask what is there; whether there is any."""
        found = await self._find()
        self.rounds.set_tasks(found, asyncio.get_running_loop().time())
        self._is_woken.set()
        return bool(found)

    def hurry(self, addresses: Iterable[int]) -> None:
        """Look at these as soon as can be."""
        self.rounds.hurry(addresses, asyncio.get_running_loop().time())
        self._is_woken.set()

    async def _sleep(self, until_s: float) -> None:
        self._is_woken.clear()
        left_s = until_s - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(left_s, 0)):
                await self._is_woken.wait()
        except TimeoutError:
            return

"""Goes its rounds on a line for ever: finds what is there, then does what falls due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeAlias

from drivers.dali.rounds import Pace, Rounds, Task
from drivers.errors import LinkError

log = logging.getLogger(__name__)

Find: TypeAlias = Callable[[], Awaitable[Mapping[int, Mapping[int, float]]]]
"""Looks for gear; how often each is asked what, by address and port. Raises `LinkError`."""
Do: TypeAlias = Callable[[Task], Awaitable[None]]
"""Asks one gear one thing and tells the answer; raises `LinkError`."""


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

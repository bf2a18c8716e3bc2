"""The parts of the city that do not speak through the broker: each voice on one event loop, in a
thread beside the street's."""

import asyncio
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from kit.log import get_logger

log = get_logger()


class Voice(Protocol):
    """The devices of one network."""

    @property
    def network(self) -> str:
        """The network they are on."""

    async def speak(self) -> None:
        """Serve and report until cancelled."""


class Wired:
    """Lets voices speak while the block lasts; one that fails is heard of, and starts again."""

    PAUSE_AFTER_FAILURE_S = 5.0

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = voices
        self._thread = threading.Thread(target=self._run, name="wired districts", daemon=True)
        self._loop = asyncio.new_event_loop()
        self._all: asyncio.Task[Any] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()

    def _stop(self) -> None:
        if self._all is not None:
            self._all.cancel()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._all = self._loop.create_task(self._speak())
        try:
            self._loop.run_until_complete(self._all)
        except asyncio.CancelledError:
            log.info("wired districts fall silent")
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _speak(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())  # also with nothing to say, until told
            for voice in self._voices:
                group.create_task(self._keep_speaking(voice), name=voice.network)

    async def _keep_speaking(self, voice: Voice) -> None:
        while True:
            try:
                await voice.speak()
            except Exception:  # one network's trouble is not another's; it is logged
                log.exception("a simulated network failed", network=voice.network)
            await asyncio.sleep(self.PAUSE_AFTER_FAILURE_S)

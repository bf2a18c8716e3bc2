"""Notifications of one path of one device: each stored once, in order, then acknowledged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from drivers.lwm2m.paths import Path
from drivers.lwm2m.server.exchange import Exchange, Watch

log = logging.getLogger(__name__)

# Notifications of one path under way to the store; more are not acknowledged, and come again.
PENDING_MAX = 16
OBSERVE_BITS = 24
# After this long an order of numbers says nothing any more (RFC 7641, 3.4).
NUMBERS_VALID_S = 128.0

Sink = Callable[[Any], Awaitable[None]]
"""Stores what a message says; returns once it is stored."""


class Observation:
    """Listens until the device, or we, end it."""

    def __init__(
        self, exchange: Exchange, path: Path, sink: Sink, ended: Callable[["Observation"], None]
    ) -> None:
        self.path = path
        self._exchange = exchange
        self._sink = sink
        self._ended = ended
        self._watch: Watch | None = None
        self._newest: tuple[int, float] | None = None
        self._pending: dict[int, asyncio.Task[None]] = {}

    @property
    def was_heard(self) -> bool:
        """Whether the device has begun to notify."""
        return self._newest is not None

    def start(self, remote: Any, accept: int | None) -> None:
        """Ask the device to notify."""
        self._watch = self._exchange.watch(remote, self.path, accept, self._hear)

    def stop(self) -> None:
        """Listen no more."""
        if self._watch is not None:
            self._watch.end()
            self._watch = None
        for task in self._pending.values():
            task.cancel()

    def _hear(self, message: Any) -> bool:
        """Whether to go on listening."""
        if message is None or not message.code.is_successful():
            self._ended(self)
            return False
        number = message.opt.observe
        if number is None:  # the device notifies nothing: this is an answer, no more
            self._store(message, 0)
            self._ended(self)
            return False
        if number in self._pending:
            self._exchange.hold(self._pending[number])
        elif len(self._pending) >= PENDING_MAX:
            self._exchange.hold(_never())
        elif self._is_newer(number):
            self._store(message, number)
        return True

    def _is_newer(self, number: int) -> bool:
        now_s = asyncio.get_running_loop().time()
        if self._newest is not None:
            last, at_s = self._newest
            half = 1 << OBSERVE_BITS - 1
            is_next = last < 0 or 0 < number - last < half or last - number > half
            if not is_next and (number == last or now_s - at_s < NUMBERS_VALID_S):
                return False
        self._newest = number, now_s
        return True

    def _store(self, message: Any, number: int) -> None:
        task = asyncio.ensure_future(self._sink(message))
        self._pending[number] = task
        task.add_done_callback(lambda done: self._stored(number, done))
        self._exchange.hold(task)

    def _stored(self, number: int, done: "asyncio.Future[None]") -> None:
        self._pending.pop(number, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            self._newest = None  # it was not acknowledged, so it comes again
            log.warning("notification not stored", exc_info=error, extra={"path": str(self.path)})


def _never() -> "asyncio.Future[None]":
    """What is never acknowledged."""
    refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    refused.cancel()
    return refused

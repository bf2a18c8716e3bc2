"""The planner of one connection: who may speak next, and who must wait.

A bus carries one question at a time. Commands go before what people wait for, and that before
polling; a device that is silent is asked ever more seldom, so that it never holds up the others.
"""

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from drivers.errors import LinkError, UnreachableError
from drivers.modbus.requests import Read, Request, Write

log = logging.getLogger(__name__)


class Priority(IntEnum):
    """Who goes first."""

    COMMAND = 0  # light follows it
    ANSWER = 1  # a person waits for it
    POLL = 2


@dataclass(frozen=True, slots=True)
class BusLimits:
    """What one bus may be asked at once, and how long it may take; in seconds."""

    queue_max: int = 1_000  # questions waiting; more are refused, commands never
    answer_timeout_s: float = 0.9
    # Connecting and answering together: no question keeps a command waiting for longer.
    exchange_timeout_s: float = 1.8
    rest_first_s: float = 2.0  # before a silent device is polled again, doubled each time
    rest_max_s: float = 120.0


class BusBusyError(LinkError):
    """Too many questions are waiting already."""

    code = "bus_busy"


class Exchanges(Protocol):
    """What the planner needs of a connection."""

    async def exchange(self, unit: int, request: Request) -> bytes:
        """The bytes a read asks for, none for a write; raises `LinkError`."""

    def close(self) -> None:
        """Let go of the connection; the next exchange opens it again."""


@dataclass(frozen=True, slots=True)
class _Question:
    unit: int
    request: Request
    answer: "asyncio.Future[bytes]"


@dataclass(slots=True)
class _Silence:
    """A device that did not answer: when it may be polled again."""

    rest_s: float
    until_s: float


class Bus:
    """Asks one question after another, the most urgent first. `run` does the work."""

    def __init__(
        self,
        connection: Exchanges,
        limits: BusLimits = BusLimits(),
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._connection = connection
        self._limits = limits
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._waiting: list[tuple[Priority, int, _Question]] = []
        self._order = itertools.count()
        self._has_work = asyncio.Event()
        self._silent: dict[int, _Silence] = {}

    def unit(self, unit: int) -> "UnitBus":
        """The bus as one device on it is spoken to."""
        return UnitBus(self, unit)

    def is_resting(self, unit: int) -> bool:
        """Whether polling leaves this device alone for now, because it did not answer."""
        silence = self._silent.get(unit)
        return silence is not None and self._clock() < silence.until_s

    async def ask(self, unit: int, request: Request, priority: Priority) -> bytes:
        """What the device answers; raises `LinkError` when it does not, or refuses.

        A poll of a device that fell silent a moment ago fails at once, without costing the bus.
        """
        if priority is Priority.POLL and self.is_resting(unit):
            raise UnreachableError(f"unit {unit} did not answer a moment ago")
        is_full = len(self._waiting) >= self._limits.queue_max
        if is_full and priority is not Priority.COMMAND:
            raise BusBusyError(f"{len(self._waiting)} questions are waiting for this bus")
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        question = _Question(unit, request, answer)
        heapq.heappush(self._waiting, (priority, next(self._order), question))
        self._has_work.set()
        return await answer

    async def run(self) -> None:
        """Serve questions until cancelled; those that still wait are told so."""
        try:
            while True:
                await self._has_work.wait()
                while self._waiting:
                    priority, _, question = heapq.heappop(self._waiting)
                    if not question.answer.done():  # else: nobody waits for it any more
                        await self._serve(priority, question)
                        _heed_cancellation()
                self._has_work.clear()
        finally:
            self._give_up()

    async def _serve(self, priority: Priority, question: _Question) -> None:
        unit, answer = question.unit, question.answer
        if priority is Priority.POLL and self.is_resting(unit):
            answer.set_exception(UnreachableError(f"unit {unit} did not answer a moment ago"))
            return
        try:
            payload = await self._exchange(question)
        except Exception as error:  # whatever it is, the next question must be asked
            if isinstance(error, UnreachableError):
                self._note_silence(unit)
            elif not isinstance(error, LinkError):
                log.exception("exchange with unit %d crashed", unit)
            else:
                self._silent.pop(unit, None)
            _settle(answer, error)
        except asyncio.CancelledError:
            _settle(answer, UnreachableError("the line was closed"))
            raise
        else:
            self._silent.pop(unit, None)
            if not answer.done():
                answer.set_result(payload)

    async def _exchange(self, question: _Question) -> bytes:
        try:
            async with asyncio.timeout(self._limits.exchange_timeout_s):
                return await self._connection.exchange(question.unit, question.request)
        except TimeoutError as error:
            self._connection.close()
            raise UnreachableError(f"no answer of unit {question.unit} in time") from error

    def _note_silence(self, unit: int) -> None:
        before = self._silent.get(unit)
        limits = self._limits
        rest_s = (
            limits.rest_first_s if before is None else min(2 * before.rest_s, limits.rest_max_s)
        )
        self._silent[unit] = _Silence(rest_s, self._clock() + rest_s)

    def _give_up(self) -> None:
        for _, _, question in self._waiting:
            _settle(question.answer, UnreachableError("the line was closed"))
        self._waiting.clear()


@dataclass(frozen=True, slots=True)
class UnitBus:
    """The bus as one device on it is spoken to."""

    bus: Bus
    unit: int

    @property
    def is_resting(self) -> bool:
        """Whether polling leaves the device alone for now, because it did not answer."""
        return self.bus.is_resting(self.unit)

    async def read(self, request: Read, priority: Priority = Priority.POLL) -> bytes:
        """The bytes asked for; raises `LinkError`."""
        return await self.bus.ask(self.unit, request, priority)

    async def write(self, request: Write, priority: Priority = Priority.COMMAND) -> None:
        """Return once the device has confirmed the write; raises `LinkError`."""
        await self.bus.ask(self.unit, request, priority)


def _heed_cancellation() -> None:
    """Stop if this task was told to while it waited for an answer.

    pymodbus waits with `asyncio.wait_for`, which before Python 3.12 loses a cancellation that comes
    together with the answer.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _settle(answer: "asyncio.Future[bytes]", error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)

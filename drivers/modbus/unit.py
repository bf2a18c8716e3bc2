"""What stands behind a unit identifier: which blocks are read when, and how an order is written."""

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from drivers.contract import PortFrame
from drivers.errors import LinkError
from drivers.modbus.bus import UnitBus
from drivers.modbus.connection import ModbusRefusalError
from drivers.modbus.requests import Function, Read, Write

log = logging.getLogger(__name__)

BLOCK_NUMBER_MAX = 127
# Set in the block number of a frame that carries an exception, as in the protocol's own answers.
REFUSED_BIT = 0x80
# A contactor closes in a tenth of a second; then its auxiliary contact has settled.
CONTACT_PAUSE_S = 1.0
# Exceptions that say the profile asks for what the device has not: evidence, not a passing trouble.
_MISFITS = frozenset({1, 2, 3})

Tell: TypeAlias = Callable[[str, int, bytes], Awaitable[None]]
"""Hands on what was read: the rest of the address behind the unit ("" for the unit itself), the
block number, the bytes."""


class Unit(Protocol):
    """A device, or a gateway to devices, on a bus."""

    async def run(self, bus: UnitBus, tell: Tell) -> None:
        """Read what is due and tell it, until cancelled; errors of the line are its to bear."""

    async def send(self, bus: UnitBus, rest: str, order: PortFrame) -> None:
        """Write an order to the unit, or to what stands at `rest` behind it; raises `LinkError`
        or `EncodeError`."""


@runtime_checkable
class StandsOnBus(Protocol):
    """A codec whose device is read and written on a bus."""

    def unit(self) -> Unit:
        """The device, to be served from now on."""


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring registers read together; `number` is the port their codec knows them by."""

    number: int
    read: Read
    period_s: float

    def __post_init__(self) -> None:
        if not 1 <= self.number <= BLOCK_NUMBER_MAX:
            raise ValueError(f"a block has a number from 1 to {BLOCK_NUMBER_MAX}")
        if self.period_s <= 0:
            raise ValueError(f"block {self.number}: period_s must be positive")

    def pause_after_s(self, write: Write) -> float:
        """When to read this block after a write at the latest: at once where it holds what was
        written, soon where it may hold the contacts that prove it, else at its period."""
        if self._holds(write):
            return 0.0
        is_coil = write.function is Function.WRITE_COIL
        reads_contacts = self.read.function is Function.READ_DISCRETE_INPUTS
        return CONTACT_PAUSE_S if is_coil and reads_contacts else self.period_s

    def _holds(self, write: Write) -> bool:
        is_coil = write.function is Function.WRITE_COIL
        wanted = Function.READ_COILS if is_coil else Function.READ_HOLDING_REGISTERS
        end = self.read.start + self.read.count
        is_inside = write.start < end and self.read.start < write.start + len(write.words)
        return self.read.function is wanted and is_inside


class RegisterUnit:
    """A device that is read block by block and written register by register.

    What was written is read back at once, where a block holds it, and contacts soon after a coil:
    the answer of a device says that it has understood, the register and the contact what it does.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = tuple(blocks)
        self._due: list[tuple[float, int]] = []
        self._is_woken = asyncio.Event()

    async def run(self, bus: UnitBus, tell: Tell) -> None:
        """Read each block at its period, until cancelled."""
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        self._due = [(start_s, place) for place in range(len(self._blocks))]
        while self._due:
            await self._sleep_until(self._due[0][0])
            if loop.time() < self._due[0][0]:
                continue  # woken by a write whose block is due now, or too early
            due_s, place = self._due[0]
            block = self._blocks[place]
            heapq.heapreplace(self._due, (max(due_s + block.period_s, loop.time()), place))
            await self._poll(bus, tell, block)

    async def send(self, bus: UnitBus, rest: str, order: PortFrame) -> None:
        """Write the order, whose payload is the request as it travels (`Write.encode`)."""
        if rest:
            raise LinkError(f"nothing stands behind unit {bus.unit}")
        write = Write.decode(order.payload)
        await bus.write(write)
        self._read_back(write)

    async def _poll(self, bus: UnitBus, tell: Tell, block: Block) -> None:
        try:
            payload = await bus.read(block.read)
        except ModbusRefusalError as error:
            log.warning("block %d: %s", block.number, error)
            if error.exception_code in _MISFITS:
                await tell("", block.number | REFUSED_BIT, bytes([error.exception_code]))
        except LinkError as error:
            log.debug("block %d: %s", block.number, error)
        else:
            await tell("", block.number, payload)

    def _read_back(self, write: Write) -> None:
        now_s = asyncio.get_running_loop().time()
        self._due = [
            (min(due_s, now_s + self._blocks[place].pause_after_s(write)), place)
            for due_s, place in self._due
        ]
        heapq.heapify(self._due)
        self._is_woken.set()

    async def _sleep_until(self, at_s: float) -> None:
        self._is_woken.clear()
        left_s = at_s - asyncio.get_running_loop().time()
        if left_s <= 0:
            return
        try:
            async with asyncio.timeout(left_s):
                await self._is_woken.wait()
        except TimeoutError:
            return

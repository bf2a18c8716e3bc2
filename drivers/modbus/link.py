"""The line to one Modbus gateway: what its units say becomes frames, orders are written to them.

A frame's topic is `modbus/<gateway>/<unit>`, followed by what stands behind the unit, if anything
(`modbus/dali-gare/1/0/17`: short address 17 on channel 0). Its payload is the number of the
register block in one byte, then the registers, two bytes each, high byte first; blocks of coils or
discrete inputs have one byte for each eight, the first lowest. When the device refuses to be read,
128 is added to the number and the exception code follows. A controller's address is the topic
without its first word.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from drivers.contract import Found, Frame, PortFrame, Scans
from drivers.errors import UnreachableError
from drivers.modbus.bus import Bus
from drivers.modbus.connection import Connection
from drivers.modbus.settings import LinkSettings
from drivers.modbus.unit import Tell, Unit
from drivers.spool import Spool, SpooledBatch

log = logging.getLogger(__name__)

TOPIC_WORD = "modbus"
PAUSE_AFTER_CRASH_S = 30.0


class ModbusLink:
    """One connection, its bus, and the units on it."""

    def __init__(
        self, settings: LinkSettings, units: Mapping[int, Unit], now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._units = units
        self._now = now
        self._spool = Spool(settings.spool_limit)
        self._connection = Connection(settings.endpoint, settings.limits.answer_timeout_s)
        self.bus = Bus(self._connection, settings.limits)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Begin to serve the bus and to poll; the gateway need not be there yet."""
        gateway = self._settings.gateway
        self._tasks = [asyncio.create_task(self.bus.run(), name=f"bus of {gateway}")]
        for number, unit in self._units.items():
            polling = self._keep_polling(number, unit)
            self._tasks.append(asyncio.create_task(polling, name=f"{gateway}/{number}"))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._connection.close()

    def is_open(self) -> bool:
        """Whether the gateway is connected."""
        return self._connection.is_open

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[SpooledBatch]:
        """What was read, as it comes."""
        return self._spool.batches(max_count, max_wait)

    async def send(
        self, address: str, order: PortFrame, *, order_id: str, expires_at: datetime | None
    ) -> None:
        """Write an order to the device at `address`; it goes before all polling.

        Raises `LinkError` when the device cannot be reached or refuses, or when the order's time
        is over.
        """
        number, rest = self._place(address)
        if expires_at is not None and self._now() >= expires_at:
            raise UnreachableError(f"order {order_id} to {address} is past its time")
        await self._units[number].send(self.bus.unit(number), rest, order)

    async def scan(self) -> list[Found]:
        """What stands behind the units that can look for it, by whole address.

        Raises `LinkError`; a unit without anything behind it is passed over.
        """
        gateway = self._settings.gateway
        return [
            Found(f"{gateway}/{number}/{found.address}", found.evidence)
            for number, unit in self._units.items()
            if isinstance(unit, Scans)
            for found in await unit.scan()
        ]

    def _place(self, address: str) -> tuple[int, str]:
        gateway, _, behind = address.partition("/")
        number, _, rest = behind.partition("/")
        if gateway != self._settings.gateway or not number.isdecimal():
            raise UnreachableError(f"{address} is not behind {self._settings.gateway}")
        if int(number) not in self._units:
            raise UnreachableError(f"unit {number} of {gateway} is not configured")
        return int(number), rest

    def _teller(self, number: int) -> Tell:
        topic = f"{TOPIC_WORD}/{self._settings.gateway}/{number}"

        async def tell(rest: str, block: int, payload: bytes) -> None:
            where = f"{topic}/{rest}" if rest else topic
            await self._spool.put(Frame(where, bytes([block]) + payload, self._now()))

        return tell

    async def _keep_polling(self, number: int, unit: Unit) -> None:
        """Poll one unit for ever; a mistake in its driver stops no other."""
        while True:
            try:
                await unit.run(self.bus.unit(number), self._teller(number))
                return
            except Exception:
                log.exception("polling of unit %d of %s failed", number, self._settings.gateway)
            await asyncio.sleep(PAUSE_AFTER_CRASH_S)

"""A gateway on a real TCP port, polled by our link, and all that the link heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from drivers.contract import Decoded, Listens, Quantity
from drivers.modbus import LinkSettings, ModbusLink, TcpEndpoint, Unit
from simulator.modbus import server
from simulator.modbus.memory import UnitMemory

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


class Heard:
    """All frames of a link, as they come."""

    def __init__(self, link: ModbusLink, codec: Listens) -> None:
        self._link = link
        self._codec = codec
        self.frames: list[tuple[str, int, bytes]] = []

    async def listen(self) -> None:
        async for batch in self._link.batches(50, timedelta(milliseconds=5)):
            self.frames += [(one.topic, one.payload[0], one.payload[1:]) for one in batch.frames]
            batch.acknowledge()

    def of(self, place: str, port: int) -> list[Decoded]:
        """What the frames of `<channel>/<address>` on a port say."""
        topic = f"modbus/gare/1/{place}"
        return [
            self._codec.decode_uplink(port, payload, AT)
            for heard, number, payload in self.frames
            if (heard, number) == (topic, port)
        ]


@asynccontextmanager
async def polled(
    memory: UnitMemory, unit: Unit, codec: Listens
) -> AsyncIterator[tuple[ModbusLink, Heard]]:
    """The gateway is unit 1 of the network `gare`."""
    async with server.tcp({1: memory}) as gateway:
        settings = LinkSettings("gare", TcpEndpoint("127.0.0.1", gateway.port))
        async with ModbusLink(settings, {1: unit}, lambda: AT) as link:
            heard = Heard(link, codec)
            listening = asyncio.create_task(heard.listen())
            try:
                yield link, heard
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)


def values(decoded: Decoded) -> dict[Quantity, float | int]:
    """Readings by quantity."""
    return {reading.quantity: reading.value for reading in decoded.readings}

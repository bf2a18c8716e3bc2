"""Values sent by devices to our LwM2M server a second, on loopback: CoAP request, frame, stored,
answered; with and without OSCORE.

Devices and server share the cores. The bare limit is the same number of datagrams answered by a
server that does nothing else.

    python -m benchmarks.lwm2m_link --devices 20 --messages 100
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from drivers.lwm2m.link import Lwm2mLink, Lwm2mSettings
from drivers.lwm2m.registrations import MemoryStore
from drivers.lwm2m.server.security import EndpointKey
from tests.peers.lwm2m.lamp import LampPeer, now_s
from tests.peers.lwm2m.protection import DeviceProtection

BATCH_MAX = 500
BATCH_WAIT = timedelta(milliseconds=20)
SECRET = "0102030405060708090a0b0c0d0e0f10"


def now() -> datetime:
    return datetime.now(UTC)


async def store(link: Lwm2mLink) -> None:
    """A store that takes no time."""
    async for batch in link.batches(BATCH_MAX, BATCH_WAIT):
        batch.acknowledge()


async def sends(lamp: LampPeer, count: int) -> None:
    for number in range(count):
        await lamp.send(("/3418/0/6", float(number), now_s()))


async def measure(devices: int, messages: int, is_protected: bool) -> float:
    """Messages a second, each answered before its device sends the next."""
    keys = {f"lamp-{one}": EndpointKey(f"{one:04x}", SECRET) for one in range(devices)}
    settings = Lwm2mSettings(
        "bench", "127.0.0.1", 0, keys if is_protected else {}, not is_protected
    )
    async with AsyncExitStack() as stack:
        link = Lwm2mLink(settings, now, store=MemoryStore(), is_known=lambda _: True)
        await stack.enter_async_context(link)
        storing = asyncio.create_task(store(link))
        lamps = []
        for name, key in keys.items():
            protection = DeviceProtection(key.device_id, "", SECRET) if is_protected else None
            lamp = LampPeer(name, link.port, links="</1/0>", protection=protection)
            lamps.append(await stack.enter_async_context(lamp))
            await lamp.register()
        start = time.perf_counter()
        await asyncio.gather(*(sends(lamp, messages) for lamp in lamps))
        spent = time.perf_counter() - start
        storing.cancel()
        with suppress(asyncio.CancelledError):
            await storing
    return devices * messages / spent


class _Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.transport.sendto(data, addr)


class _Asker(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.answered = asyncio.Event()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.answered.set()


async def bare(devices: int, messages: int) -> float:
    """Datagrams answered a second, in the same steps."""
    loop = asyncio.get_running_loop()
    server, _ = await loop.create_datagram_endpoint(_Echo, local_addr=("127.0.0.1", 0))
    address = server.get_extra_info("sockname")

    async def ask() -> None:
        transport, asker = await loop.create_datagram_endpoint(_Asker, remote_addr=address)
        for _ in range(messages):
            asker.answered.clear()
            transport.sendto(b"x" * 60)
            await asker.answered.wait()
        transport.close()

    start = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(devices)))
    spent = time.perf_counter() - start
    server.close()
    return devices * messages / spent


async def run(devices: int, messages: int) -> Sequence[float]:
    plain = await measure(devices, messages, is_protected=False)
    protected = await measure(devices, messages, is_protected=True)
    return plain, protected, await bare(devices, messages)


def main() -> None:
    """Measure and print; the last line is the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=20)
    parser.add_argument("--messages", type=int, default=100, help="of each device")
    asked = parser.parse_args()
    plain, protected, limit = asyncio.run(run(asked.devices, asked.messages))
    print(f"unprotected {plain:,.0f} messages/s, OSCORE {protected:,.0f} messages/s")
    print(
        json.dumps(
            {
                "id": "lwm2m link",
                "value": round(plain),
                "unit": "messages/s",
                "bare_limit": round(limit),
                "ratio": round(plain / limit, 3),
            }
        )
    )


if __name__ == "__main__":
    main()

"""Our server against eclipse-wakaama's example client, where an environment variable names it.

The client is no part of this repository: REVERBERE_WAKAAMA_CLIENT is the path of its
`lwm2mclient`, where there is one. Without it these tests are not collected (see conftest).
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from drivers.contract import EventKind
from drivers.errors import RefusedByDeviceError
from drivers.lwm2m import content
from drivers.lwm2m.content import Format
from drivers.lwm2m.packet import Kind, pack
from drivers.lwm2m.paths import Path
from tests.drivers.lwm2m.test_link import Listening, listening
from tests.polling import eventually

CLIENT = os.environ.get("REVERBERE_WAKAAMA_CLIENT")
ENDPOINT = "wakaama-1"


@asynccontextmanager
async def wakaama(server: Listening) -> AsyncIterator[asyncio.subprocess.Process]:
    """The client, registering with our server."""
    assert CLIENT is not None
    address = ("-h", "127.0.0.1", "-p", str(server.link.port), "-l", "0", "-4")
    process = await asyncio.create_subprocess_exec(
        *(CLIENT, *address, "-n", ENDPOINT, "-t", "60"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_wakaama_registers_is_read_observed_and_written() -> None:
    async with listening() as server, wakaama(server):
        await eventually(lambda: server.said(3) and server.said(5) and server.said(6))
        assert server.events() == [EventKind.NETWORK_REGISTERED]
        (place,) = server.said(6)[0].events
        assert place.kind == EventKind.LOCATION
        assert "state" in server.said(5)[0].events[0].detail
        offset = content.write(Format.TLV, Path(3, 0), [(Path(3, 0, 14), "+02:00")])
        order = pack(Kind.WRITE, Path(3, 0), Format.TLV, offset)
        await server.link.send(ENDPOINT, order, order_id="1", expires_at=None)
        asked = pack(Kind.READ, Path(3, 0, 14), Format.TLV, b"")
        await server.link.send(ENDPOINT, asked, order_id="2", expires_at=None)
        await eventually(lambda: b"+02:00" in server.frames[-1].payload)


async def test_wakaama_refuses_what_it_does_not_have() -> None:
    async with listening() as server, wakaama(server):
        await eventually(lambda: server.link.registration(ENDPOINT))
        missing = pack(Kind.READ, Path(3, 0, 99), Format.TLV, b"")
        with pytest.raises(RefusedByDeviceError, match=r"4\.04"):
            await server.link.send(ENDPOINT, missing, order_id="1", expires_at=None)


async def test_wakaama_says_goodbye() -> None:
    async with listening() as server:
        async with wakaama(server) as client:
            await eventually(lambda: server.said(3))
            assert client.stdin is not None
            client.stdin.write(b"quit\n")
            await client.stdin.drain()
            await client.wait()
        await eventually(lambda: EventKind.NETWORK_DEREGISTERED in server.events())

"""A box between devices and a server that gives them another address, as mobile networks do."""

import asyncio
from collections.abc import Callable
from typing import Any

Filter = Callable[[bytes], int]
"""How many times to pass a datagram on: 0 loses it, 2 repeats it."""


def once(_: bytes) -> int:
    return 1


class _Side(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[bytes, Any], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._heard(data, addr)


class Nat:
    """Forwards between one device and the server. Use as an async context manager."""

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._device: Any = None
        self.up: Filter = once
        self.down: Filter = once

    async def __aenter__(self) -> "Nat":
        self._inner = await self._open(self._from_device)
        self._outer = await self._open(self._from_server)
        self.port: int = self._inner.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._inner.close()
        self._outer.close()

    async def rebind(self) -> None:
        """From now on the device comes from another port."""
        old = self._outer
        self._outer = await self._open(self._from_server)
        old.close()

    def inject(self, data: bytes) -> None:
        """Send the server a datagram as if the device had."""
        self._outer.sendto(data, self._server)

    async def _open(self, heard: Callable[[bytes, Any], None]) -> asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Side(heard), local_addr=("127.0.0.1", 0)
        )
        return transport

    def _from_device(self, data: bytes, address: Any) -> None:
        self._device = address
        for _ in range(self.up(data)):
            self._outer.sendto(data, self._server)

    def _from_server(self, data: bytes, address: Any) -> None:
        for _ in range(self.down(data)):
            self._inner.sendto(data, self._device)

"""A street light device of OSLP: registers, confirms, tells events, obeys."""

import asyncio
import struct
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

OK, REJECTED = 0, 2
RANDOM = 4711


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def chunk(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Field numbers and values: integers, or bytes."""
    at = 0

    def take() -> int:
        nonlocal at
        value, shift = 0, 0
        while True:
            octet = message[at]
            at += 1
            value |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                return value

    while at < len(message):
        tag = take()
        if tag & 7 == 0:
            yield tag >> 3, take()
        else:
            length = take()
            yield tag >> 3, message[at : at + length]
            at += length


class OslpDevice:
    """One device with its own TCP server. Use as an async context manager."""

    def __init__(self, device_id: str, key: Any, platform_key: Any, platform_port: int) -> None:
        self.device_id = device_id
        self.key = key
        self.platform_key = platform_key
        self.platform_port = platform_port
        self.sequence = 100
        self.status = OK
        self.level: int | None = None
        self.resumed = 0
        self.schedule: list[tuple[str, int]] = []
        self.energy_wh = 1234

    async def __aenter__(self) -> "OslpDevice":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    def envelope(self, sequence: int, message: bytes) -> bytes:
        head = struct.pack(">H12sH", sequence, bytes.fromhex(self.device_id), len(message))
        if isinstance(self.key, rsa.RSAPrivateKey):
            signature = self.key.sign(head + message, padding.PKCS1v15(), hashes.SHA256())
        else:
            signature = self.key.sign(head + message, ec.ECDSA(hashes.SHA256()))
        return signature.ljust(128, b"\0") + head + message

    async def tell(self, message: bytes, sequence: int | None = None) -> bytes | None:
        """Send one message to the platform; its answer, None when it ends the connection."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        reader, writer = await asyncio.open_connection("127.0.0.1", self.platform_port)
        try:
            writer.write(self.envelope(sequence, message))
            await writer.drain()
            return (await self._read(reader))[1]
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        octets = await reader.readexactly(144)
        sequence, device, length = struct.unpack(">H12sH", octets[128:])
        message = await reader.readexactly(length)
        assert device.hex() == self.device_id
        signature, signed = octets[:128], octets[128:] + message
        if isinstance(self.platform_key, rsa.RSAPublicKey):
            self.platform_key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            der = signature[: 2 + signature[1]]
            self.platform_key.verify(der, signed, ec.ECDSA(hashes.SHA256()))
        return sequence, message

    async def register(self) -> bool:
        """Register and confirm; whether the platform agreed."""
        said = chunk(1, b"SSLD-1") + chunk(2, bytes([10, 0, 0, 7])) + number(3, 1) + number(4, 0)
        answer = await self.tell(chunk(1, said + number(5, RANDOM)))
        if answer is None:
            return False
        told = dict(fields(dict(fields(answer))[2]))
        assert told[3] == RANDOM
        answer = await self.tell(chunk(37, number(1, RANDOM) + number(2, told[4])))
        return answer is not None and dict(fields(dict(fields(answer))[38]))[1] == OK

    async def notify(self, *events: tuple[int, int, str], sequence: int | None = None) -> bool:
        """Tell events: number, index, time as YYYYMMDDhhmmss."""
        told = b"".join(
            chunk(1, number(1, event) + chunk(2, bytes([index])) + chunk(4, at.encode()))
            for event, index, at in events
        )
        return await self.tell(chunk(17, told), sequence) is not None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            sequence, message = await self._read(reader)
            ((kind, said),) = fields(message)
            self.sequence = sequence
            answer = chunk(kind + 1, number(1, self.status) + self._obey(kind, said))
            writer.write(self.envelope(sequence, answer))
            await writer.drain()
        finally:
            writer.close()

    def _obey(self, kind: int, said: bytes) -> bytes:
        if self.status != OK:
            return b""
        if kind == 9:
            light = dict(fields(next(value for field, value in fields(said) if field == 1)))
            self.level = light.get(3, b"\x64")[0] if light[2] else 0
        elif kind == 13:
            self.resumed += 1
        elif kind == 21:
            entries = [dict(fields(value)) for field, value in fields(said) if field == 1]
            self.schedule = [
                (entry[5].decode(), dict(fields(entry[7])).get(3, b"\0")[0]) for entry in entries
            ]
        elif kind == 29:
            relay = chunk(10, chunk(1, b"\x01") + number(2, 90))
            phases = b"".join(number(field, value) for field, value in enumerate(_PHASES, 1))
            data = chunk(1, b"20261120173000") + number(2, 1) + number(3, self.energy_wh)
            return chunk(2, data + number(4, 150) + chunk(6, phases + relay))
        return b""


_PHASES = (650, 0, 0, 150, 0, 0, 9, 0, 0)

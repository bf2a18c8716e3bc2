"""Envelopes over a TCP connection: read whole, within limits, or not at all."""

import asyncio

from drivers.errors import UnreachableError
from drivers.oslp.envelope import HEAD_BYTES, Envelope, PrivateKey, read_head, write

IDLE_S_MAX = 60.0
ANSWER_S_MAX = 20.0  # a device's own time-out as delivered (oslp.proto, communicationTimeout)


async def read_envelope(reader: asyncio.StreamReader, within_s: float) -> Envelope | None:
    """The next envelope, None when the other side has ended; raises `DecodeError`,
    `TimeoutError`."""
    async with asyncio.timeout(within_s):
        try:
            head = read_head(await reader.readexactly(HEAD_BYTES))
            message = await reader.readexactly(head.length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
    return Envelope(head.sequence_number, head.device_id, message, head.signature)


async def write_envelope(writer: asyncio.StreamWriter, envelope: Envelope, key: PrivateKey) -> None:
    """Send an envelope, signed."""
    writer.write(write(envelope, key))
    await writer.drain()


async def close(writer: asyncio.StreamWriter) -> None:
    """End a connection, whatever became of it."""
    writer.close()
    try:
        await writer.wait_closed()
    except (ConnectionError, TimeoutError):
        return


def unreachable(device_id: str, error: BaseException) -> UnreachableError:
    """Nobody answers at the device's address."""
    return UnreachableError(f"{device_id}: {str(error) or type(error).__name__}")

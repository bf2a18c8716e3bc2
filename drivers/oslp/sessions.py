"""What two parties of OSLP have agreed on: who the device is, and which number comes next.

A session begins with a registration and holds after it is confirmed. Every message of either party
takes the next number; one that is too far ahead, or behind, is refused: it was lost, or repeated.
"""

from datetime import datetime
from typing import Protocol

import msgspec
from msgspec import Struct

SEQUENCE_WINDOW = 6
SEQUENCE_MODULUS = 1 << 16


class Session(Struct, frozen=True):
    """One device as it registered; `number` is the last one that was used, by it or by us, and
    `noted` the digest of the last events it told."""

    device_id: str
    host: str
    number: int
    random_device: int
    random_platform: int
    is_confirmed: bool
    heard_at: datetime
    noted: str = ""


class SessionStore(Protocol):
    """Keeps sessions over a restart of ours. Each call is durable when it returns."""

    async def get(self, device_id: str) -> Session | None:
        """The session of a device."""

    async def put(self, session: Session) -> None:
        """Keep a session; it replaces the device's former one."""


class MemorySessions:
    """A store that lives as long as the process, for tests."""

    def __init__(self) -> None:
        self._kept: dict[str, Session] = {}

    async def get(self, device_id: str) -> Session | None:
        return self._kept.get(device_id)

    async def put(self, session: Session) -> None:
        self._kept[session.device_id] = session


def is_next(last: int, number: int) -> bool:
    """Whether a number follows the last one, within the window."""
    return 0 < (number - last) % SEQUENCE_MODULUS <= SEQUENCE_WINDOW


def following(number: int) -> int:
    """The number after this one."""
    return (number + 1) % SEQUENCE_MODULUS


def to_json(session: Session) -> bytes:
    """A session as one JSON text: what a store keeps."""
    return msgspec.json.encode(session)


def from_json(text: bytes | str) -> Session:
    """The session of a JSON text that `to_json` wrote; raises `ValueError`."""
    return msgspec.json.decode(text, type=Session)

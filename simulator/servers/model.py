"""What passes between a network server and its application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from simulator.model import Lamp


@dataclass(frozen=True, slots=True)
class Message:
    """What is published: topic and JSON bytes."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class QueuedDownlink:
    """A downlink the application asked for; `identifier` is the application's own name for it."""

    address: str
    identifier: str | None
    port: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class HeardFrame:
    """A frame of a lamp's controller as a gateway heard it; `identifier` is the server's."""

    port: int
    payload: bytes
    at: datetime
    number: int
    identifier: UUID
    snr_db: float

    @property
    def rssi_dbm(self) -> int:
        """The strength that goes with such a signal-to-noise ratio here."""
        return int(-100 + 2 * self.snr_db)


class BadCommandError(ValueError):
    """A downlink request that the server would not take."""


class LoraServer(Protocol):
    """A network server's side of the broker."""

    @property
    def kind(self) -> str:
        """The first word of the names of its networks."""

    @property
    def command_filters(self) -> Sequence[str]:
        """Where applications ask for downlinks."""

    def uplink(self, lamp: Lamp, heard: HeardFrame) -> Message:
        """What is published about a frame."""

    def transmitted(
        self, lamp: Lamp, downlink: QueuedDownlink, at: datetime, *, number: int
    ) -> Message:
        """What is published once a gateway has sent a downlink; `number` is its frame counter."""

    def read_command(self, topic: str, payload: bytes) -> QueuedDownlink:
        """The downlink that a message asks for, or `BadCommandError`."""

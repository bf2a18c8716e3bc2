"""Values of field networks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class NetworkKind(StrEnum):
    """How a network speaks; the first word of its name, as in `modbus:dali-gare`."""

    CHIRPSTACK = "chirpstack"
    THE_THINGS_STACK = "tts"
    MODBUS = "modbus"
    LUNATONE = "lunatone"
    LWM2M = "lwm2m"
    OSLP = "oslp"
    CELLULAR_MQTT = "mqtt"


class NetworkState(StrEnum):
    """A network in use, or one that is left alone for now."""

    ACTIVE = "active"
    PAUSED = "paused"


class LineState(StrEnum):
    """The line of a network as its worker sees it."""

    OPEN = "open"
    FAILING = "failing"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class NewNetwork:
    """A network to be listened to; `where` is the second word of its name, `settings` are those of
    its kind (see `kinds`)."""

    organisation_id: UUID
    kind: NetworkKind
    where: str
    title: str
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        """How controllers, frames and logs call it: `kind:where`."""
        return f"{self.kind.value}:{self.where}"


@dataclass(frozen=True, slots=True)
class FieldNetworkView:
    """A network as it is configured."""

    id: UUID
    organisation_id: UUID
    name: str
    kind: NetworkKind
    title: str
    settings: Mapping[str, Any]
    state: NetworkState
    created_at: datetime

    @property
    def where(self) -> str:
        """The second word of the name."""
        return self.name.partition(":")[2]


@dataclass(frozen=True, slots=True)
class LineReport:
    """What a worker says of the line of a network; `detail` is one sentence when it fails."""

    network_id: UUID
    state: LineState
    since: datetime
    detail: str
    last_frame_at: datetime | None
    frame_count: int
    sent_count: int

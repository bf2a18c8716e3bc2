"""Values of ingest: what a network hands over, and what a batch of it says."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from drivers.contract import Decoded, Frame
from lighting.solar.model import Charge
from lighting.telemetry.model import EventNote, Reading, RefusedFrame, Sighting


class Uplink(NamedTuple):
    """What a device sent, out of the network's envelope; `at` is the network's instant."""

    address: str
    at: datetime
    port: int
    payload: bytes
    rssi_dbm: int | None
    snr_db: float | None
    gateway_address: str | None


class NetworkNote(NamedTuple):
    """What the network itself says about a device."""

    address: str
    at: datetime
    kind: str
    detail: Mapping[str, Any]


class Device(Protocol):
    """A device that steers no light, as the part of the product that has it knows it."""

    @property
    def address(self) -> str: ...

    @property
    def profile(self) -> str: ...

    @property
    def organisation_id(self) -> UUID: ...


class DeviceReport(NamedTuple):
    """What a device that steers no light said in one frame; `decoded` is None when the frame was
    empty and only told that the device is there."""

    device: Device
    uplink: Uplink
    decoded: Decoded | None


class Refusal(NamedTuple):
    """Why not all that a frame says may be kept."""

    code: str
    reason: str


class FindsDevices(Protocol):
    """Knows who stands behind an address: the directory of controllers, and those below."""

    def find(self, address: str) -> Device | None:
        """The device with this network address, None when it is none of these."""


class KnowsDevices(FindsDevices, Protocol):
    """A part of the product that has devices of its own, and says what of their words it keeps."""

    def refusal(self, device: Any, decoded: Decoded) -> Refusal | None:
        """What of the frame is not kept, and why: the frame waits in quarantine as a whole, the
        rest of what it says is kept all the same."""


class Stranger(NamedTuple):
    """A device the registry has in no light point, as a network heard it: a frame (`port`,
    `payload`), or a note of the network (`kind`, `detail`)."""

    network: str
    address: str
    at: datetime
    kind: str
    port: int = 0
    payload: bytes = b""
    rssi_dbm: int | None = None
    snr_db: float | None = None
    gateway_address: str | None = None
    detail: Mapping[str, Any] = {}


class DownlinkOutcome(StrEnum):
    """What became of a downlink on its way through the network."""

    TRANSMITTED = "transmitted"
    ACKNOWLEDGED = "acknowledged"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    FAILED = "failed"


class DownlinkReport(NamedTuple):
    """What the network says about one downlink, by the identifier we gave it."""

    queue_item_id: str
    outcome: DownlinkOutcome
    at: datetime
    reason: str = ""


class Network(Protocol):
    """A kind of field network: knows its envelopes, nothing of devices."""

    @property
    def kind(self) -> str:
        """The first word of the names of its networks, for example `chirpstack`."""

    def name_of(self, frame: Frame) -> str:
        """The network a frame came by, as controllers name it: `kind:where`."""

    def read(self, frame: Frame) -> Uplink | NetworkNote | DownlinkReport | None:
        """What a frame is, None when it is of no interest; raises `DecodeError`."""


class LevelHeard(NamedTuple):
    """A level a controller echoed, or reported as the one it holds.

    None: it was sent back to its own program.
    """

    controller_key: int
    level_percent: int | None
    at: datetime


class RefusalHeard(NamedTuple):
    """A controller refused the order it got."""

    controller_key: int
    reason: str
    at: datetime


class PackageHeard(NamedTuple):
    """What a controller said to a LoRaWAN application package: it may want an answer."""

    controller_key: int
    port: int
    payload: bytes
    at: datetime


@dataclass(slots=True)
class Heard:
    """What a batch says about orders: for the side that gave them."""

    echoes: list[LevelHeard] = field(default_factory=list)
    reported: list[LevelHeard] = field(default_factory=list)
    refusals: list[RefusalHeard] = field(default_factory=list)
    downlinks: list[DownlinkReport] = field(default_factory=list)
    packages: list[PackageHeard] = field(default_factory=list)


@dataclass(slots=True)
class Harvest:
    """All that the frames of one batch say."""

    readings: list[Reading] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    events: list[EventNote] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)
    reports: dict[int, list[DeviceReport]] = field(default_factory=dict)
    """Of devices that steer no light, by the place of whoever keeps them."""
    strangers: list[Stranger] = field(default_factory=list)
    refused: list[RefusedFrame] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of one batch."""

    frames: int
    readings_new: int
    readings_known: int
    lamps_looked_at: int
    refused: Mapping[str, int]

    @classmethod
    def of(cls, frames: int, harvest: Harvest, fresh: int, looked_at: int) -> "BatchReport":
        """The figures of a batch that was taken in."""
        refused = Counter(one.reason_code for one in harvest.refused)
        known = len(harvest.readings) - fresh
        return cls(frames, fresh, known, looked_at, dict(refused))

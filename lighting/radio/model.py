"""Values of radio: what may be sent where, what a plan says, how far a campaign has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from drivers.lorawan.airtime import Modulation
from drivers.lorawan.eu868 import SubBand


class Window(StrEnum):
    """When a device listens: without pause, or only after it has spoken."""

    CLASS_A = "class_a"
    CLASS_C = "class_c"


class CampaignState(StrEnum):
    """Life of a campaign; it ends when every light is proven or listed."""

    SENDING = "sending"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What is known of one light of a campaign."""

    PENDING = "pending"
    PROVEN = "proven"
    FAILED = "failed"


class Proof(StrEnum):
    """How a light is known to give its level, strongest first."""

    ECHO = "echo"  # its controller repeated the order
    REPORT = "report"  # its controller reported the level afterwards
    UNCHANGED = "unchanged"  # its controller had confirmed this level before
    SAMPLE = "sample"  # enough members of its group reported, none otherwise
    CABINET_METER = "cabinet_meter"  # the power of its cabinet made the step


class FrameState(StrEnum):
    """A frame of radio's own: to a group, or to a device beside its levels."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class MemberState(StrEnum):
    """Whether a device holds the keys of a group."""

    WANTED = "wanted"
    READY = "ready"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Channel:
    """A gateway's transmitter in one sub-band: what the duty cycle counts."""

    gateway: str
    sub_band: str


@dataclass(frozen=True, slots=True)
class Emission:
    """How a frame goes on air: its sub-band, and how long it holds it."""

    band: SubBand
    airtime: timedelta

    def channel(self, gateway: str) -> Channel:
        """Whose budget it takes from when this gateway sends it."""
        return Channel(gateway, self.band.name)


@dataclass(frozen=True, slots=True)
class RadioSettings:
    """How a network sends: the second window of all its devices."""

    rx2_frequency_hz: int
    rx2_data_rate: int


@dataclass(frozen=True, slots=True)
class RadioLight:
    """A light that radio reaches. `gateway` heard it best; `period` is how often it speaks."""

    light_point_id: UUID
    controller_key: int
    network: str
    gateway: str
    window: Window
    emission: Emission
    period: timedelta


@dataclass(frozen=True, slots=True)
class UnreachedLight:
    """A light that no frame can be planned for, and why."""

    light_point_id: UUID
    controller_key: int
    reason: str


@dataclass(frozen=True, slots=True)
class RadioGroup:
    """A multicast group, its members and the gateways that send for it; without any given, those
    that hear its members. `payload_bytes` is the length of an order of a level."""

    id: UUID
    name: str
    network: str
    profile: str
    gateways: tuple[str, ...]
    payload_bytes: int
    modulation: Modulation
    frequency_hz: int
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class GroupUse:
    """A group a campaign speaks to, and the lights it saves frames for."""

    group: RadioGroup
    gateways: tuple[str, ...]
    light_point_ids: tuple[UUID, ...]
    emission: Emission
    period: timedelta
    """The longest of its lights."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a plan asks of one channel; `finishes_at` counts first tries only."""

    channel: Channel
    frames: int
    airtime: timedelta
    duty_cycle: float
    starts_at: datetime
    finishes_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """How a level reaches lights: by which groups, by how many single frames, until when."""

    groups: Sequence[GroupUse]
    single: Sequence[RadioLight]
    unreached: Sequence[UnreachedLight]
    loads: Sequence[Load]
    waits_for_uplink_count: int
    finishes_at: datetime
    proven_by: datetime

    @property
    def frame_count(self) -> int:
        """Frames on air, each once, whatever the number of its gateways."""
        return len(self.single) + len(self.groups) * GROUP_COPIES

    @property
    def light_count(self) -> int:
        carried = sum(len(use.light_point_ids) for use in self.groups)
        return carried + len(self.single) + len(self.unreached)


@dataclass(frozen=True, slots=True)
class GroupHearing:
    """What was heard of a group's lights since its frame: levels as ordered, and otherwise."""

    light_count: int
    confirmed_count: int
    contradicted_count: int


@dataclass(frozen=True, slots=True)
class PackageHeard:
    """What a device said to an application package."""

    controller_key: int
    port: int
    payload: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class GroupFrame:
    """A frame to a group that leaves now."""

    frame_id: UUID
    network: str
    group_remote_id: str
    port: int
    payload: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """How many lights stand where, by outcome and by proof."""

    outcomes: Mapping[str, int]
    proofs: Mapping[str, int]


# A multicast has no echo, so it is said twice: at 2 % loss one light in 2,500 misses both.
GROUP_COPIES = 2
COPIES_APART = timedelta(seconds=20)
# What we plan of the legal duty cycle; the rest is for the network's own answers and joins.
DUTY_SHARE = 0.9
# Single frames that are lost are sent again: the plan allows for one in five.
REPEATED_RATIO = 0.2
# Time without a look that is made up for at most; the duty cycle has a tenth in hand for it.
ELAPSED_MAX = timedelta(seconds=30)
# Orders that must wait are looked at again at least this often, so that gaps are filled.
HOLD_MAX = timedelta(minutes=1)
# After a frame to a group its lights have so many of their periods to report; then each is sent
# its own order.
PROOF_PERIODS = 1.25
CAMPAIGN_LIGHTS_MAX = 50_000
GROUPS_MAX = 10_000

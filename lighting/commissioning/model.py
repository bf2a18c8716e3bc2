"""Values of commissioning: what was discovered, and how far each is on its way to light."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from lighting.registry.model import Place


class DeviceState(StrEnum):
    """What people decided about a device the registry did not know."""

    NEW = "new"
    IGNORED = "ignored"
    COMMISSIONED = "commissioned"


class CommissioningState(StrEnum):
    """How far a controller is on its way from the box to an accepted light."""

    INSTALLED = "installed"
    TESTING = "testing"
    TESTED = "tested"
    FAILED = "failed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class MatchedBy(StrEnum):
    """How a person came to put this controller on this light point."""

    SCAN = "scan"
    PROPOSAL = "proposal"
    LIST = "list"


class StepKind(StrEnum):
    """What one step of a self-test asks of the light."""

    ON = "on"
    DIM = "dim"
    OFF = "off"
    READING = "reading"


class StepState(StrEnum):
    """How one step of a self-test stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


class FailedBecause(StrEnum):
    """Why a step failed, for people in their own language; the proof has the particulars."""

    REFUSED = "refused"
    HELD = "held"
    NOT_LEFT = "not_left"
    NO_ANSWER = "no_answer"
    NO_READING = "no_reading"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step before it starts; `level_percent` is None where nothing is ordered."""

    kind: StepKind
    level_percent: int | None
    time_max: timedelta


@dataclass(frozen=True, slots=True)
class RunningStep:
    """One step that waits for its proof."""

    kind: StepKind
    level_percent: int | None
    started_at: datetime
    deadline_at: datetime
    readings_since: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What the product knows of the light while a step runs.

    `order_state` is how far the step's order has come, None before there is one; `held_by` names
    the command or schedule that decides about the light now; `is_ours` whether that is the step's.
    """

    confirmed_level_percent: int | None = None
    confirmed_at: datetime | None = None
    order_state: str | None = None
    order_detail: str | None = None
    order_attempts: int = 0
    is_ours: bool = True
    held_by: str | None = None
    reading: Mapping[str, Any] | None = None
    reading_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a step: its proof, and when it failed a `FailedBecause`, or the sentence by
    which the product itself refused the order."""

    state: StepState
    proof: Mapping[str, Any]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GatewayHeard:
    """How a gateway heard a device last."""

    address: str
    rssi_dbm: int | None
    snr_db: float | None
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Guess:
    """A profile whose codec reads what the device says: how many of its frames, and how many
    ports the model may use: of two that read as much, the one that could say less explains more."""

    profile: str
    frames_read: int
    frames_tried: int
    port_count: float

    @property
    def rank(self) -> tuple[float, float]:
        """Smaller is likelier."""
        return -self.frames_read, self.port_count


@dataclass(frozen=True, slots=True)
class Device:
    """A device that was heard or found and stands in no light point."""

    id: UUID
    organisation_id: UUID | None
    network: str
    address: str
    state: DeviceState
    first_seen_at: datetime
    last_seen_at: datetime
    heard_count: int
    rssi_dbm: int | None
    snr_db: float | None
    gateways: Sequence[GatewayHeard]
    profile_guess: str | None
    serial: str | None
    place: Place | None
    evidence: Mapping[str, Any]
    ignored_reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A light point that may be the one, and how far it is from where we look."""

    light_point_id: UUID
    code: str
    street: str
    lon_deg: float
    lat_deg: float
    distance_m: float
    controller_address: str | None


@dataclass(frozen=True, slots=True)
class NewCommissioning:
    """What a person says when putting a controller into service.

    The controller is a discovered device, or what its label says (`address` on `network`); the
    profile may be left out where it was guessed or is registered. `installed_at` is when it went
    up, now when left out.
    """

    light_point_id: UUID
    matched_by: MatchedBy
    discovered_device_id: UUID | None = None
    address: str | None = None
    network: str | None = None
    profile: str | None = None
    serial: str | None = None
    calendar_id: UUID | None = None
    installed_at: datetime | None = None
    distance_m: float | None = None
    remark: str = ""


# Devices kept of one network: a large city's, twice. A stranger's noise must not fill the disk.
DEVICES_PER_NETWORK_MAX = 200_000
# A proposal farther than this is another street.
PROPOSAL_DISTANCE_M_MAX = 150.0
PROPOSALS_MAX = 12

"""Values of firmware campaigns."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class CampaignState(StrEnum):
    """Life of a campaign; `stopped` is what it does by itself when a wave suffers."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    ABORTED = "aborted"
    FINISHED = "finished"


class UpdateState(StrEnum):
    """How far one device has come.

    `update_mode`: the device waits for its maker's own tool, more cannot be done from here.
    """

    WAITING = "waiting"
    DUE = "due"
    SENDING = "sending"
    WATCHED = "watched"
    UPDATED = "updated"
    UPDATE_MODE = "update_mode"
    FAILED = "failed"
    SILENT = "silent"
    FAULTY = "faulty"
    SKIPPED = "skipped"


UNDER_WAY = frozenset({UpdateState.DUE, UpdateState.SENDING, UpdateState.WATCHED})
SUFFERING = frozenset({UpdateState.FAILED, UpdateState.SILENT, UpdateState.FAULTY})


class ProgressKind(StrEnum):
    """What an updater tells while it works."""

    DOWNLOADING = "downloading"
    INSTALLING = "installing"
    UPDATED = "updated"
    UPDATE_MODE = "update_mode"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Package:
    """Firmware as it is given to an updater."""

    profile: str
    version: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """One device to be updated."""

    controller_id: UUID
    controller_key: int
    address: str
    network: str
    profile: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of one update; `detail` says why it failed, or what is left to be done."""

    kind: ProgressKind
    detail: str = ""


class Updater(Protocol):
    """Brings firmware to the devices of one kind of network."""

    def update(self, target: Target, package: Package) -> AsyncIterator[Progress]:
        """Steps of one update; the last is `updated`, `update_mode` or `failed`. Raises OSError or
        TimeoutError when the device cannot be reached, which counts as failed."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """How a campaign goes out.

    `wave_sizes` begins with the canaries; what is left after the last size is one more wave. A
    wave stops the campaign when more of its devices suffer than suffered in as much time before
    it, plus `fault_limit_percent` of the wave.
    """

    wave_sizes: Sequence[int]
    fault_limit_percent: int
    watch: timedelta
    bytes_per_hour: int


@dataclass(frozen=True, slots=True)
class WaveCount:
    """How the devices of one wave stand, by state, and how many suffered before it."""

    number: int
    by_state: Mapping[UpdateState, int]
    baseline_count: int

    @property
    def size(self) -> int:
        return sum(self.by_state.values())

    @property
    def suffering_count(self) -> int:
        return sum(self.by_state.get(state, 0) for state in SUFFERING)

    @property
    def is_ended(self) -> bool:
        """Every device of it is done with, well or badly."""
        waiting = self.by_state.get(UpdateState.WAITING, 0)
        return waiting == 0 and not any(self.by_state.get(state, 0) for state in UNDER_WAY)


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What is known of a device after it got its firmware."""

    updated_at: datetime
    seen_at: datetime | None
    expected_period: timedelta
    alarm_causes: Sequence[str]


# What is allowed of an image: the largest of the profiles we know take less than two megabytes.
IMAGE_BYTES_MAX = 8 * 1024 * 1024
DEVICES_PER_CAMPAIGN_MAX = 200_000
WAVES_MAX = 20

"""Values of telemetry: one reading, one sighting, one event, one frame nobody could read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

# A reading is kept when it is at most this old: a year and a month of a device's own memory, or
# of a replay, and never a partition per year since 1970 for a clock that lost its battery.
READING_AGE_MAX = timedelta(days=400)
# Networks stamp within seconds of us; a day of grace covers a server whose clock is badly set.
READING_AHEAD_MAX = timedelta(days=1)


class Reading(NamedTuple):
    """What one controller measured at one instant; a quantity it did not send is None."""

    controller_key: int
    at: datetime
    level_percent: int | None = None
    active_power_w: float | None = None
    active_energy_wh: int | None = None
    supply_voltage_v: float | None = None
    current_a: float | None = None
    power_factor: float | None = None
    temperature_c: float | None = None
    burning_time_s: int | None = None
    flags: int | None = None


QUANTITIES: Sequence[str] = Reading._fields[2:]


class Sighting(NamedTuple):
    """A controller was heard: when, how well, and through which gateway (the best one)."""

    controller_key: int
    at: datetime
    rssi_dbm: int | None = None
    snr_db: float | None = None
    gateway_address: str | None = None


# A reading on its way into the store, and when and how its controller was heard, by these columns;
# a plain tuple, because the hot path makes one for each uplink.
STAGED_COLUMNS = (*Reading._fields, "turn", "seen_at", *Sighting._fields[2:])
STAGED_TURN = STAGED_COLUMNS.index("turn")
StagedRow: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class LatestState:
    """The newest value of each quantity of one controller, and when it was heard last."""

    controller_key: int
    seen_at: datetime
    level_percent: int | None
    level_at: datetime | None
    active_power_w: float | None
    power_at: datetime | None
    active_energy_wh: int | None
    energy_at: datetime | None
    supply_voltage_v: float | None
    current_a: float | None
    power_factor: float | None
    temperature_c: float | None
    burning_time_s: int | None
    flags: int | None
    rssi_dbm: int | None
    snr_db: float | None
    gateway_address: str | None


class EventNote(NamedTuple):
    """Something a controller reported that is not a measurement."""

    controller_key: int
    at: datetime
    kind: str
    detail: Mapping[str, Any]


class EnergyDay(NamedTuple):
    """A local day whose energy of one controller is to be computed again."""

    controller_key: int
    on: date


class QuarantineReason(StrEnum):
    """Why a frame was set aside by us; a decoder's own codes come beside these."""

    UNKNOWN_CONTROLLER = "unknown_controller"
    NO_CODEC = "no_codec"
    INSTANT_OUT_OF_RANGE = "instant_out_of_range"
    DATABASE_REFUSED = "database_refused"
    CODEC_CRASHED = "codec_crashed"


@dataclass(frozen=True, slots=True)
class RefusedFrame:
    """A frame as it arrived, with the reason it could not be taken in."""

    network: str
    topic: str
    payload: bytes
    received_at: datetime
    reason_code: str
    reason: str
    address: str | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """A frame in quarantine; `repeat_count` times the same bytes came."""

    id: UUID
    received_at: datetime
    last_received_at: datetime
    repeat_count: int
    network: str
    topic: str
    address: str | None
    organisation_id: UUID | None
    payload: bytes
    reason_code: str
    reason: str
    replayed_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuarantineFilter:
    """Which frames in quarantine are meant; what is None does not narrow. `address` is a part of
    one, `frame_ids` the frames picked one by one."""

    reason_code: str | None = None
    network: str | None = None
    address: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    frame_ids: tuple[UUID, ...] = ()
    is_waiting: bool = True


@dataclass(frozen=True, slots=True)
class QuarantineGroup:
    """Frames of one network that wait for one reason; `reason` is that of the newest."""

    network: str
    reason_code: str
    frame_count: int
    repeat_count: int
    address_count: int
    first_received_at: datetime
    last_received_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ControllerStay:
    """A controller that spoke for a light point from one instant to another, or until now."""

    controller_key: int
    starts_at: datetime
    ends_at: datetime | None
    period: timedelta


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without readings, longer than the controller's period explains."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one light in order of time, and the gaps between them."""

    readings: Sequence[Reading]
    gaps: Sequence[Gap]
    is_complete: bool
    """False when the readings asked for were more than one answer holds."""

"""Words and values of cabinets: what contacts mean, what meters say, how contactors switch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from drivers.contract import Quantity

PHASES = ("L1", "L2", "L3")


class Direction(StrEnum):
    """Whether a channel of a device is heard or switched."""

    INPUT = "input"
    OUTPUT = "output"


class ContactRole(StrEnum):
    """What it means when a contact is active, whichever way it is wired."""

    DOOR_OPEN = "door_open"
    BREAKER_TRIPPED = "breaker_tripped"
    RESIDUAL_CURRENT = "residual_current"
    SUPPLY_LOST = "supply_lost"
    DARK = "dark"  # the photocell asks for light
    CONTACTOR_CLOSED = "contactor_closed"  # an output, or the auxiliary contact that proves it
    OTHER = "other"


# Beyond these a cabinet has more than one controller of its own.
CHANNELS_MAX = 64
# A cabinet's largest supply is 400 A on three phases; more than this between two counter values
# is another counter, not consumption.
SUPPLY_POWER_W_MAX = 300_000.0


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A contact or contactor to be entered.

    `channel` is the device's own word for it (`DI1`, `K2`). `is_inverted`: the contact is closed
    while its role is not the case. `follows` names the output whose contactor an input proves.
    `rest_is_closed` is what a contactor returns to when no order holds; None leaves it as it is.
    """

    direction: Direction
    channel: str
    role: ContactRole
    name: str = ""
    is_inverted: bool = False
    follows: str | None = None
    rest_is_closed: bool | None = None


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A channel as the ingest knows it."""

    id: UUID
    direction: Direction
    channel: str
    role: ContactRole
    name: str
    is_inverted: bool
    follows_id: UUID | None


@dataclass(frozen=True, slots=True)
class DeviceRef:
    """A device of a cabinet: its meter, its controller, or both in one."""

    id: UUID
    controller_id: UUID
    controller_key: int
    address: str
    network: str
    profile: str
    organisation_id: UUID
    cabinet_id: UUID
    phase_count: int
    expected_period: timedelta
    channels: Mapping[tuple[Direction, str], ChannelRef] = field(default_factory=dict, hash=False)


class MeterValues(NamedTuple):
    """What a meter said; a value it did not send is None. Energy counters are whole Wh."""

    active_power_w: float | None = None
    active_power_l1_w: float | None = None
    active_power_l2_w: float | None = None
    active_power_l3_w: float | None = None
    supply_voltage_l1_v: float | None = None
    supply_voltage_l2_v: float | None = None
    supply_voltage_l3_v: float | None = None
    current_l1_a: float | None = None
    current_l2_a: float | None = None
    current_l3_a: float | None = None
    power_factor: float | None = None
    frequency_hz: float | None = None
    active_energy_wh: int | None = None
    active_energy_l1_wh: int | None = None
    active_energy_l2_wh: int | None = None
    active_energy_l3_wh: int | None = None
    exported_energy_wh: int | None = None

    @property
    def supply_voltage_v(self) -> tuple[float | None, ...]:
        """Phase by phase."""
        return self.supply_voltage_l1_v, self.supply_voltage_l2_v, self.supply_voltage_l3_v


def _place(quantity: Quantity, channel: str) -> str:
    """The name of the value for a quantity on a phase, or of the whole."""
    stem, _, unit = quantity.value.rpartition("_")
    return f"{stem}_{channel.lower()}_{unit}" if channel else quantity.value


PLACES: Mapping[tuple[Quantity, str], int] = {
    (quantity, channel): MeterValues._fields.index(_place(quantity, channel))
    for quantity in Quantity
    for channel in ("", *PHASES)
    if _place(quantity, channel) in MeterValues._fields
}
"""Where each quantity of the drivers' vocabulary goes in the values of a meter."""


class MeterReading(NamedTuple):
    """What one meter said in one minute, at which `at` begins."""

    device_id: UUID
    at: datetime
    values: MeterValues


class ContactHeard(NamedTuple):
    """A contact as a device told it, already in the sense of its role."""

    channel_id: UUID
    at: datetime
    is_active: bool


@dataclass(frozen=True, slots=True)
class ContactState:
    """The newest state of a contact: active or not since when, and when that was last said."""

    channel: ChannelRef
    is_active: bool
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class MeterState:
    """The newest value of each quantity of a meter."""

    phase_count: int
    seen_at: datetime
    values: MeterValues


@dataclass(frozen=True, slots=True)
class CabinetSeen:
    """All that is known of a cabinet at an instant, as the rules look at it.

    Contacts and meters that have been silent for too long are not among it.
    """

    at: datetime
    contacts: tuple[ContactState, ...] = ()
    meters: tuple[MeterState, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say about one cause, with what they saw."""

    is_faulty: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CabinetWatch:
    """How long a cause has been the case, or not any more; `alarm_id` once it is an alarm."""

    faulty_since: datetime
    judged_at: datetime
    healthy_since: datetime | None = None
    alarm_id: UUID | None = None


class Consumption(NamedTuple):
    """What a counter says was consumed; `reset_count` breaks were left out."""

    energy_wh: int
    reset_count: int


class PowerStep(NamedTuple):
    """How much the cabinet's power changed over an event."""

    before_w: float
    after_w: float
    samples_before: int
    samples_after: int

    @property
    def step_w(self) -> float:
        """After less before: negative when lights were dimmed."""
        return self.after_w - self.before_w

"""Words and values of luminaires on sun and battery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from drivers.contract import Quantity

# The share of its capacity that a battery keeps for itself: its management cuts out before a
# lithium cell is empty, and a cold one gives less than its plate says.
RESERVE_PERCENT = 10
# Sun that may come is not counted on; light is looked ahead for this many nights.
FORECAST_NIGHTS = 7
# Nights after tonight whose floor is kept in the battery: grey days come in runs, and a battery
# spent on one full night leaves the next ones dark.
NIGHTS_KEPT = 2
# The level is shed in steps of five hundredths, and raised again only when it is worth an order.
SHARE_STEP_PERCENT = 5
SHARE_RISE_MIN_PERCENT = 10
FULL_SHARE_PERCENT = 100
# What a road keeps whatever the battery says, where nobody entered its lighting class.
FLOOR_PERCENT_DEFAULT = 30
FLOOR_PERCENT_MIN = 10

# Maintained light by lighting class (EN 13201-2): mean luminance in cd/m² of M, mean illuminance
# in lx of P. The floor of a class is the light of the lowest class of its row.
LIGHT_OF_CLASS: Mapping[str, Mapping[str, float]] = {
    "M": {"M1": 2.0, "M2": 1.5, "M3": 1.0, "M4": 0.75, "M5": 0.5, "M6": 0.3},
    "P": {"P1": 15.0, "P2": 10.0, "P3": 7.5, "P4": 5.0, "P5": 3.0, "P6": 2.0},
}

# Below this share the next night is in danger; above the second it is not any more.
CHARGE_LOW_PERCENT = 20
CHARGE_RECOVERED_PERCENT = 30
# A full battery takes nothing: its controller turns panel and current down.
CHARGE_FULL_PERCENT = 95
# With the Sun this high even an overcast sky gives a panel some hundredths of its peak.
SUN_HIGH_DEG = 20.0
PANEL_DARK_RATIO_MAX = 0.005
PANEL_GIVING_RATIO_MIN = 0.02
CHARGING_A_MIN = 0.05


class Charge(NamedTuple):
    """What one luminaire said of its battery and panel at one instant; None where it did not."""

    controller_key: int
    at: datetime
    battery_charge_percent: float | None = None
    battery_voltage_v: float | None = None
    charge_current_a: float | None = None
    panel_power_w: float | None = None
    panel_energy_wh: int | None = None


CHARGE_QUANTITIES: Mapping[Quantity, int] = {
    Quantity(name): place for place, name in enumerate(Charge._fields) if place >= 2
}
"""Where each quantity of the drivers' vocabulary goes."""


@dataclass(frozen=True, slots=True)
class SolarLight:
    """A luminaire on sun and battery as the rules need it."""

    light_point_id: UUID
    organisation_id: UUID
    controller_key: int
    capacity_wh: float
    panel_peak_w: float | None
    rated_power_w: float
    level_min_percent: int
    floor_percent: int
    lat_deg: float
    lon_deg: float
    timezone: str


class Stretch(NamedTuple):
    """Time at one level of the programme."""

    starts_at: datetime
    ends_at: datetime
    level_percent: int

    @property
    def hours(self) -> float:
        return (self.ends_at - self.starts_at) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Autonomy:
    """Light left at the programme's levels without any sun: how long, and when it ends.

    `dark_at` is None when it lasts through the nights looked at.
    """

    lit_time: timedelta
    dark_at: datetime | None


def shed_level(level_percent: int, share_percent: int, floor_percent: int) -> int:
    """A level of the programme at a share of its light: never under the floor, never raised."""
    if level_percent <= floor_percent:
        return level_percent
    return max(floor_percent, round(level_percent * share_percent / FULL_SHARE_PERCENT))


@dataclass(frozen=True, slots=True)
class Shedding:
    """The share of the programme's light that a night gets, and what it follows from."""

    light_point_id: UUID
    decided_at: datetime
    holds_until: datetime
    share_percent: int
    floor_percent: int
    charge_percent: float
    available_wh: float
    needed_wh: float

    def level_percent(self, programmed_percent: int) -> int:
        """What is left of a level of the programme."""
        return shed_level(programmed_percent, self.share_percent, self.floor_percent)


@dataclass(frozen=True, slots=True)
class SolarState:
    """How one luminaire stands: its newest word, its autonomy, the share it gets."""

    light_point_id: UUID
    capacity_wh: float
    panel_peak_w: float | None
    floor_percent: int
    charge: Charge | None
    autonomy: Autonomy | None
    shedding: Shedding | None

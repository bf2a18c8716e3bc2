"""Sun, panel and battery of simulated luminaires, on arrays: what they gather, hold and give."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from schedules.sun import elevation_deg

Floats = npt.NDArray[np.float64]

# Of a clear sky's light a thick overcast leaves a tenth.
OVERCAST_RATIO = 0.1
# Lithium iron phosphate of four cells: nearly flat between empty and full.
EMPTY_V, FULL_V = 12.0, 13.6
CHARGE_EFFICIENCY = 0.92


def panel_power_w(peak_w: Floats, sun_deg: Floats, cloud: float) -> Floats:
    """What panels could give with the Sun this high; `cloud` from 0 (clear) to 1 (overcast)."""
    clear = np.clip(np.sin(np.radians(sun_deg)), 0.0, None) ** 1.2
    light = clear * (1 - (1 - OVERCAST_RATIO) * cloud)
    power: Floats = peak_w * light
    return power


def cloud_of(day: int, seed: int) -> float:
    """How overcast a day of the year is: grey days come in runs, from a seed."""
    run = np.random.default_rng([seed, day // 3]).random()
    return float(np.clip(run + 0.3 * np.random.default_rng([seed, day]).normal(), 0.0, 1.0))


@dataclass(slots=True)
class Batteries:
    """The batteries and panels of some luminaires."""

    capacity_wh: Floats
    peak_w: Floats
    charge_wh: Floats
    lat_deg: Floats
    lon_deg: Floats
    produced_wh: Floats
    panel_w: Floats
    draw_w: Floats

    @classmethod
    def of(
        cls, capacity_wh: Floats, peak_w: Floats, lat_deg: Floats, lon_deg: Floats, share: float
    ) -> "Batteries":
        """Batteries charged to a share (0 to 1) of their capacity."""
        none = np.zeros_like(capacity_wh)
        charge = capacity_wh * share
        return cls(
            capacity_wh, peak_w, charge, lat_deg, lon_deg, none.copy(), none.copy(), none.copy()
        )

    def advance(self, at: datetime, elapsed: timedelta, draw_w: Floats, cloud: float) -> None:
        """Live through a short stretch that ends at `at`; an empty battery gives no light."""
        hours = elapsed / timedelta(hours=1)
        sun_deg = elevation_deg(self.lat_deg, self.lon_deg, np.full(len(draw_w), at.timestamp()))
        offered = panel_power_w(self.peak_w, sun_deg, cloud)
        room_w = (self.capacity_wh - self.charge_wh) / (CHARGE_EFFICIENCY * hours)
        self.panel_w = np.minimum(offered, room_w + draw_w)
        self.produced_wh += self.panel_w * hours
        drawn = np.minimum(draw_w, self.charge_wh / hours + self.panel_w)
        self.draw_w = drawn
        surplus = self.panel_w - drawn
        gained = np.where(surplus > 0, surplus * CHARGE_EFFICIENCY, surplus) * hours
        self.charge_wh = np.clip(self.charge_wh + gained, 0.0, self.capacity_wh)

    @property
    def charge_percent(self) -> Floats:
        return 100 * self.charge_wh / self.capacity_wh

    @property
    def voltage_v(self) -> Floats:
        return EMPTY_V + (FULL_V - EMPTY_V) * self.charge_wh / self.capacity_wh

    @property
    def current_a(self) -> Floats:
        """Into the battery; negative while it gives."""
        current: Floats = (self.panel_w - self.draw_w) / self.voltage_v
        return current


# What a lamp on sun gives through an ordinary night, as a share of its power.
NIGHT_RATIO = 0.55
SUN_DOWN_DEG = -0.833


def night_draw_w(batteries: Batteries, at: datetime, rated_power_w: float) -> Floats:
    """What each luminaire draws in an ordinary night, nothing by day."""
    count = len(batteries.capacity_wh)
    sun_deg = elevation_deg(batteries.lat_deg, batteries.lon_deg, np.full(count, at.timestamp()))
    draw: Floats = np.where(sun_deg < SUN_DOWN_DEG, NIGHT_RATIO * rated_power_w, 0.0)
    return draw

"""Lamp physics on arrays: power from level, the effect of faults, mains voltage."""

from datetime import datetime

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# LED gear at a level: a fixed share of its own and the rest in proportion, down to 10 % of light.
GEAR_SHARE = 0.05
LEVEL_PERCENT_MIN = 10
# A lamp whose modules have partly failed: half the power it should draw.
WEAK_RATIO = 0.5
MAINS_V = 230.0
# Evening load pulls the low-voltage network down by some volts.
EVENING_SAG_V = 4.0
# Air of a Mediterranean town, °C: mean of the year, swing of the seasons, swing of the day.
YEAR_MEAN_C, YEAR_SWING_C, DAY_SWING_C = 15.0, 8.0, 4.0
COLDEST_DAY, WARMEST_UTC = 20, 14
# A luminaire of 60 W runs some 10 °C warmer than the air around it.
HEATING_C_PER_W = 0.17


def burning_power_w(rated_power_w: Floats, level_percent: npt.NDArray[np.int16]) -> Floats:
    """Power of healthy lit luminaires at a level, 0 where the level is 0."""
    level = np.maximum(level_percent, LEVEL_PERCENT_MIN) / 100
    return np.where(level_percent > 0, rated_power_w * (GEAR_SHARE + (1 - GEAR_SHARE) * level), 0.0)


def power_w(
    rated_power_w: Floats,
    standby_power_w: Floats,
    level_percent: npt.NDArray[np.int16],
    is_dead: npt.NDArray[np.bool_],
    is_weak: npt.NDArray[np.bool_],
) -> Floats:
    """Power each luminaire draws, controller included."""
    burning = burning_power_w(rated_power_w, level_percent)
    burning = np.where(is_weak, burning * WEAK_RATIO, burning)
    return standby_power_w + np.where(is_dead, 0.0, burning)


def power_factor(level_percent: npt.NDArray[np.int16]) -> Floats:
    """LED gear: 0.97 at full light, falling and capacitive when dimmed deep."""
    return np.where(level_percent > 0, 0.72 + 0.25 * np.sqrt(level_percent / 100), 0.35)


def mains_voltage_v(at: datetime, noise: Floats) -> Floats:
    """Supply voltage: nominal, less an evening sag, with each lamp's own small deviation."""
    hour = at.hour + at.minute / 60
    sag = EVENING_SAG_V * np.exp(-(((hour - 18.5) / 2.5) ** 2))
    voltage: Floats = MAINS_V - sag + noise
    return voltage


def temperature_c(at: datetime, active_power_w: Floats) -> Floats:
    """In the luminaire: the air by season and hour (UTC), warmer where power turns into heat."""
    day = at.timetuple().tm_yday
    season_c = YEAR_MEAN_C - YEAR_SWING_C * np.cos(2 * np.pi * (day - COLDEST_DAY) / 365)
    hours_from_warmest = at.hour + at.minute / 60 - WARMEST_UTC
    air_c = season_c + DAY_SWING_C * np.cos(2 * np.pi * hours_from_warmest / 24)
    temperature: Floats = air_c + HEATING_C_PER_W * active_power_w
    return temperature

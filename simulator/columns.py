"""What passes and what the air is like at a simulated column, as pure functions of time and seed,
and the frames in which its devices say it."""

import struct
from datetime import datetime

import numpy as np

from drivers.contract import PortFrame
from drivers.lorawan.parametric import encode_counts
from simulator.physics import temperature_c

QUARTER_S = 900
# Vehicles in a quarter of an hour and one direction, by hour of the day (UTC): two rushes, a quiet
# night.
VEHICLES_BY_HOUR = (
    *(3, 2, 1, 1, 2, 8, 28, 52, 45, 34, 32, 36),
    *(38, 34, 33, 38, 54, 56, 40, 24, 16, 11, 8, 5),
)
WEEKEND_RATIO = 0.6
CO2_OUTDOORS_PPM = 421.0
# A busy street adds some parts per million for each vehicle of the quarter.
CO2_PPM_PER_VEHICLE = 0.55
CO2_NOISE_PPM = 4.0
MILESIGHT_PORT = 85
_AIR = struct.Struct("<2sB2sh2sB2sH2sH")


def _random(seed: int, at: datetime, what: int) -> np.random.Generator:
    return np.random.default_rng([seed, what, int(at.timestamp()) // QUARTER_S])


def vehicles(at: datetime, seed: int, direction: int) -> int:
    """How many passed in the quarter of an hour that ends at an instant."""
    mean = VEHICLES_BY_HOUR[at.hour] * (WEEKEND_RATIO if at.weekday() >= 5 else 1.0)
    return int(_random(seed, at, direction).poisson(mean))


def co2_ppm(at: datetime, seed: int) -> int:
    """What the air of the street holds."""
    traffic = vehicles(at, seed, 0) + vehicles(at, seed, 1)
    noise = _random(seed, at, 2).normal(0, CO2_NOISE_PPM)
    return round(CO2_OUTDOORS_PPM + CO2_PPM_PER_VEHICLE * traffic + noise)


def air_c(at: datetime, seed: int) -> float:
    """How warm the street is, in tenths of a degree."""
    air = float(temperature_c(at, np.zeros(1))[0])
    return round(air + float(_random(seed, at, 3).normal(0, 0.3)), 1)


def traffic_frame(at: datetime, seed: int) -> PortFrame:
    """What the radar counter sends at the end of a quarter of an hour."""
    left, right = (vehicles(at, seed, direction) for direction in (0, 1))
    return PortFrame(*encode_counts(left, right, battery_mv=12_900, panel_mw=0))


def air_frame(at: datetime, seed: int) -> PortFrame:
    """What the air sensor sends: battery, temperature, humidity, CO2, pressure."""
    warm = round(air_c(at, seed) * 10)
    said = (b"\x01\x75", 96, b"\x03\x67", warm, b"\x04\x68", 116, b"\x05\x7d")
    return PortFrame(MILESIGHT_PORT, _AIR.pack(*said, co2_ppm(at, seed), b"\x06\x73", 10_150))

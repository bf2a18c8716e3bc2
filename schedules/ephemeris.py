"""Where the Sun is: declination, hour angle and elevation, in numpy over any array of instants.

Instants are POSIX seconds (float64), angles in degrees at the edge and radians inside.
Formulas: J. Meeus, "Astronomical Algorithms", 2nd ed., chapters 12, 22 and 25 (low precision),
the ones NOAA's solar calculator uses, with the Earth's lag behind uniform time added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

DAY_S = 86_400.0
J2000_S = 946_728_000.0  # 2000-01-01T12:00:00Z
DAYS_PER_CENTURY = 36_525.0

# Terrestrial time minus universal time, about 2026 (IERS bulletins): the Sun moves 3" meanwhile.
DELTA_T_S = 69.2

# Horizontal parallax of the Sun at one astronomical unit: 8.794".
PARALLAX_DEG = 8.794 / 3600

# The Sun's declination and equation of time are nearly straight over a quarter of a day: between
# such samples linear interpolation keeps within 1e-4 degrees of the formula (0.02 s of time).
SAMPLE_STEP_S = DAY_S / 4


@dataclass(frozen=True, slots=True)
class SunPosition:
    """Declination, and equation of time as an angle: apparent minus mean solar hour angle."""

    declination_rad: FloatArray
    equation_rad: FloatArray


def sun_position(at_s: npt.ArrayLike) -> SunPosition:
    """Apparent place of the Sun at each instant, within about 0.005 degrees in this century."""
    days = (np.asarray(at_s, dtype=np.float64) - J2000_S) / DAY_S
    centuries = (days + DELTA_T_S / DAY_S) / DAYS_PER_CENTURY
    node_rad = np.radians(125.04 - 1934.136 * centuries)
    nutation_deg = -0.00478 * np.sin(node_rad)
    longitude_rad = np.radians(_true_longitude_deg(centuries) - 0.00569 + nutation_deg)
    obliquity_rad = np.radians(_mean_obliquity_deg(centuries) + 0.00256 * np.cos(node_rad))
    right_ascension_rad = np.arctan2(
        np.cos(obliquity_rad) * np.sin(longitude_rad), np.cos(longitude_rad)
    )
    # Sidereal less mean solar hour angle, both at Greenwich: what turns daily cancels out.
    sidereal_excess_deg = (
        280.46061837
        + 0.98564736629 * days
        + 0.000387933 * centuries**2
        + nutation_deg * np.cos(obliquity_rad)
    )
    equation_rad = np.radians(sidereal_excess_deg) - right_ascension_rad
    return SunPosition(
        declination_rad=np.arcsin(np.sin(obliquity_rad) * np.sin(longitude_rad)),
        equation_rad=_wrapped(equation_rad),
    )


def elevation_deg(
    lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike, at_s: npt.ArrayLike
) -> FloatArray:
    """Elevation of the Sun's centre above the horizon, without refraction; arguments broadcast."""
    lat_rad, lon_rad = (np.radians(np.asarray(deg, np.float64)) for deg in (lat_deg, lon_deg))
    at_s = np.asarray(at_s, dtype=np.float64)
    return _elevation_deg(lat_rad, lon_rad, at_s, sun_position(at_s))


@dataclass(frozen=True, slots=True)
class SunPath:
    """The Sun's place sampled over a stretch of time, to be read between the samples.

    Samples lie on multiples of their step, so that an instant reads the same whatever else is
    asked for at the same time.
    """

    first: int  # number of the first sample, counted from 1970-01-01T00:00Z
    samples: SunPosition

    @classmethod
    def covering(cls, since_s: float, until_s: float) -> SunPath:
        first, last = int(since_s // SAMPLE_STEP_S), int(until_s // SAMPLE_STEP_S) + 1
        return cls(first, sun_position(SAMPLE_STEP_S * np.arange(first, last + 1)))

    def position(self, at_s: FloatArray) -> SunPosition:
        steps = at_s / SAMPLE_STEP_S - self.first
        before = steps.astype(np.int64)
        weight = steps - before
        return SunPosition(
            _between(self.samples.declination_rad, before, weight),
            _between(self.samples.equation_rad, before, weight),
        )

    def elevation_deg(
        self, lat_rad: FloatArray, lon_rad: FloatArray, at_s: FloatArray
    ) -> FloatArray:
        return _elevation_deg(lat_rad, lon_rad, at_s, self.position(at_s))


def _true_longitude_deg(centuries: FloatArray) -> FloatArray:
    mean_deg = 280.46646 + centuries * (36000.76983 + centuries * 0.0003032)
    anomaly_rad = np.radians(357.52911 + centuries * (35999.05029 - 0.0001537 * centuries))
    centre_deg = (
        (1.914602 - centuries * (0.004817 + 0.000014 * centuries)) * np.sin(anomaly_rad)
        + (0.019993 - 0.000101 * centuries) * np.sin(2 * anomaly_rad)
        + 0.000289 * np.sin(3 * anomaly_rad)
    )
    longitude_deg: FloatArray = mean_deg + centre_deg
    return longitude_deg


def _mean_obliquity_deg(centuries: FloatArray) -> FloatArray:
    arc_s = 84381.448 - centuries * (46.8150 + centuries * (0.00059 - centuries * 0.001813))
    return arc_s / 3600


def _elevation_deg(
    lat_rad: FloatArray, lon_rad: FloatArray, at_s: FloatArray, sun: SunPosition
) -> FloatArray:
    hour_angle_rad = (2 * np.pi / DAY_S) * (at_s - DAY_S / 2) + sun.equation_rad + lon_rad
    sine = np.sin(lat_rad) * np.sin(sun.declination_rad) + np.cos(lat_rad) * np.cos(
        sun.declination_rad
    ) * np.cos(hour_angle_rad)
    geocentric_rad = np.arcsin(np.clip(sine, -1.0, 1.0))
    topocentric_deg: FloatArray = np.degrees(geocentric_rad) - PARALLAX_DEG * np.cos(geocentric_rad)
    return topocentric_deg


def _between(samples: FloatArray, before: npt.NDArray[np.int64], weight: FloatArray) -> FloatArray:
    return samples[before] * (1.0 - weight) + samples[before + 1] * weight


def _wrapped(angle_rad: FloatArray) -> FloatArray:
    """The same angle in [-pi, pi)."""
    return (angle_rad + np.pi) % (2 * np.pi) - np.pi

"""When the Sun passes a given height, from one solar noon to the next, for many places at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from schedules.ephemeris import DAY_S, PARALLAX_DEG, FloatArray, SunPath

BoolArray = npt.NDArray[np.bool_]

DEGREE_S = DAY_S / 360  # mean solar time of one degree of longitude
RADIAN_S = DAY_S / (2 * np.pi)

# Each step divides the error of an ordinary event by a hundred or more.
ITERATIONS = 4
SETTLED_S = 0.05
# Events grazing the horizon are found by halving half a day, down to less than a millisecond.
HALVINGS = 26


class SunHeight(Enum):
    """Heights of the Sun's centre at which the day changes, in degrees."""

    HORIZON = -0.8333  # refraction 34' and semi-diameter 16': sunrise and sunset
    CIVIL = -6.0  # civil twilight


@dataclass(frozen=True, slots=True)
class SolarNights:
    """For each place and solar night, when the Sun goes below a height and when it comes back.

    Solar night `n` runs from the solar noon of mean solar day `n` (days since 1970-01-01) to the
    next. POSIX seconds. Where there is no such instant: `down_s` is -inf when the Sun was down
    already at noon, +inf when it stays up all night; `up_s` is +inf when the Sun is still down at
    the next noon, -inf when it never went down. So `down_s <= t < up_s` means "down" throughout.
    """

    down_s: FloatArray
    up_s: FloatArray


def solar_nights(
    lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike, nights: npt.ArrayLike, height: SunHeight
) -> SolarNights:
    """Passages through `height` in each solar night; the three arguments broadcast.

    Within a degree of the poles, where the Sun circles at one height, they are approximate.
    """
    lat, lon, night = np.broadcast_arrays(
        *(np.asarray(part, dtype=np.float64) for part in (lat_deg, lon_deg, nights))
    )
    if night.size == 0:
        return SolarNights(np.empty(night.shape), np.empty(night.shape))
    mean_noon_s = (night + 0.5) * DAY_S - lon * DEGREE_S
    path = SunPath.covering(mean_noon_s.min() - DAY_S, mean_noon_s.max() + 2 * DAY_S)
    sky = _Sky(path, np.radians(lat), np.radians(lon), height.value)

    noon_s = sky.transit_s(mean_noon_s)
    midnight_s = sky.transit_s(mean_noon_s + DAY_S / 2)
    next_noon_s = sky.transit_s(mean_noon_s + DAY_S)
    starts_up, is_white, ends_up = map(sky.is_up, (noon_s, midnight_s, next_noon_s))

    down_s = sky.passage_s(mean_noon_s, +1, noon_s, midnight_s)
    up_s = sky.passage_s(mean_noon_s + DAY_S, -1, midnight_s, next_noon_s)
    return SolarNights(
        down_s=np.where(is_white, np.inf, np.where(starts_up, down_s, -np.inf)),
        up_s=np.where(is_white, -np.inf, np.where(ends_up, up_s, np.inf)),
    )


@dataclass(frozen=True, slots=True)
class _Sky:
    """The Sun's path over places, and the height that divides up from down."""

    path: SunPath
    lat_rad: FloatArray
    lon_rad: FloatArray
    height_deg: float

    def transit_s(self, mean_s: FloatArray) -> FloatArray:
        """Apparent noon or midnight next to the mean one."""
        return mean_s - self.path.position(mean_s).equation_rad * RADIAN_S

    def is_up(self, at_s: FloatArray) -> BoolArray:
        return self.path.elevation_deg(self.lat_rad, self.lon_rad, at_s) > self.height_deg

    def passage_s(
        self, mean_noon_s: FloatArray, side: int, since_s: FloatArray, until_s: FloatArray
    ) -> FloatArray:
        """The passage after (`side` +1) or before (-1) a noon; meaningless where there is none."""
        at_s, settled = since_s, np.zeros(since_s.shape, dtype=np.bool_)
        for _ in range(ITERATIONS):
            before_s, at_s = at_s, mean_noon_s + self._after_mean_noon_s(at_s, side)
            settled = np.abs(at_s - before_s) < SETTLED_S
        grazing = ~settled & (self.is_up(since_s) != self.is_up(until_s))
        if grazing.any():
            at_s = np.asarray(at_s)  # a single place may have become a plain number
            at_s[grazing] = self._at(grazing).halved_s(since_s[grazing], until_s[grazing])
        return at_s

    def _after_mean_noon_s(self, at_s: FloatArray, side: int) -> FloatArray:
        sun = self.path.position(at_s)
        sine = np.sin(sun.declination_rad)
        cos_hour_angle = (self._sin_height() - np.sin(self.lat_rad) * sine) / (
            np.cos(self.lat_rad) * np.sqrt(1.0 - sine * sine)
        )
        hour_angle_rad: FloatArray = np.arccos(np.clip(cos_hour_angle, -1.0, 1.0))
        return (side * hour_angle_rad - sun.equation_rad) * RADIAN_S

    def _sin_height(self) -> float:
        """Of the height seen from the centre of the Earth, where declinations are counted."""
        return float(np.sin(np.radians(self.height_deg + PARALLAX_DEG)))

    def _at(self, places: BoolArray) -> _Sky:
        return _Sky(self.path, self.lat_rad[places], self.lon_rad[places], self.height_deg)

    def halved_s(self, since_s: FloatArray, until_s: FloatArray) -> FloatArray:
        """Where up and down meet between two instants of which only one is up."""
        began_up = self.is_up(since_s)
        for _ in range(HALVINGS):
            middle_s = (since_s + until_s) / 2
            is_same = self.is_up(middle_s) == began_up
            since_s = np.where(is_same, middle_s, since_s)
            until_s = np.where(is_same, until_s, middle_s)
        return (since_s + until_s) / 2

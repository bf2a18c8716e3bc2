"""Sunrise, sunset and civil twilight of calendar days, for many places and dates at once.

A day's events are those that fall on its local date in an IANA time zone. Without a zone the
date is that of local mean solar time (UTC plus 4 minutes per degree east), which depends on
the longitude alone and keeps a place's morning and evening together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from schedules.ephemeris import DAY_S, FloatArray, elevation_deg
from schedules.night import day_bounds
from schedules.solar_nights import DEGREE_S, SunHeight, solar_nights

__all__ = ["DayKind", "SunDay", "SunDays", "day_as_json", "elevation_deg", "sun_events"]

LAT_DEG_MAX, LON_DEG_MAX = 90.0, 180.0
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

# A local day touches at most four solar nights, whatever the offset of its clock from the Sun.
NIGHTS_AROUND = np.arange(-2, 2)
EVENTS_PER_DAY_MAX = 2


class DayKind(StrEnum):
    """What a day looks like; the Sun that never rises or never sets is a result, not an error."""

    NORMAL = "normal"
    SUN_ALWAYS_UP = "sun_always_up"
    SUN_ALWAYS_DOWN = "sun_always_down"
    NO_CIVIL_TWILIGHT = "no_civil_twilight"
    ONE_EVENT_ONLY = "one_event_only"
    TWO_SAME_EVENTS = "two_same_events"


KINDS = tuple(DayKind)


@dataclass(frozen=True, slots=True)
class SunDay:
    """The events of one day in UTC, in order of time; none, one or two of each."""

    civil_dawn: tuple[datetime, ...]
    sunrise: tuple[datetime, ...]
    sunset: tuple[datetime, ...]
    civil_dusk: tuple[datetime, ...]
    kind: DayKind


@dataclass(frozen=True, slots=True)
class SunDays:
    """Events of places (first axis) on dates (second axis), as POSIX seconds.

    The third axis holds up to two events of a day, then NaN; `kind` indexes `KINDS`.
    """

    civil_dawn_s: FloatArray
    sunrise_s: FloatArray
    sunset_s: FloatArray
    civil_dusk_s: FloatArray
    kind: npt.NDArray[np.int8]

    def day(self, place: int, on: int) -> SunDay:
        """One day as plain values."""
        return SunDay(
            civil_dawn=_instants(self.civil_dawn_s[place, on]),
            sunrise=_instants(self.sunrise_s[place, on]),
            sunset=_instants(self.sunset_s[place, on]),
            civil_dusk=_instants(self.civil_dusk_s[place, on]),
            kind=KINDS[self.kind[place, on]],
        )


def sun_events(
    lat_deg: npt.ArrayLike,
    lon_deg: npt.ArrayLike,
    dates: Sequence[date],
    timezone: str | None = None,
) -> SunDays:
    """Events of every place on every date; all places share the time zone, if one is given."""
    lat = np.atleast_1d(np.asarray(lat_deg, dtype=np.float64))[:, np.newaxis]
    lon = np.atleast_1d(np.asarray(lon_deg, dtype=np.float64))[:, np.newaxis]
    starts_s, ends_s = _bounds_s(lon, dates, timezone)
    middle_nights = np.rint((starts_s + lon * DEGREE_S) / DAY_S)
    nights = middle_nights[:, :, np.newaxis] + NIGHTS_AROUND
    bounds_s = starts_s[:, :, np.newaxis], ends_s[:, :, np.newaxis]
    place = lat[:, :, np.newaxis], lon[:, :, np.newaxis]
    above_horizon = solar_nights(*place, nights, SunHeight.HORIZON)
    above_twilight = solar_nights(*place, nights, SunHeight.CIVIL)
    rises, sets, dawns, dusks = (
        _within(instants_s, *bounds_s)
        for instants_s in (
            above_horizon.up_s,
            above_horizon.down_s,
            above_twilight.up_s,
            above_twilight.down_s,
        )
    )
    height_deg = elevation_deg(lat, lon, starts_s)
    return SunDays(dawns, rises, sets, dusks, _kinds(rises, sets, dawns, dusks, height_deg))


def day_as_json(
    lat_deg: float, lon_deg: float, on: date, timezone: str | None = None
) -> dict[str, Any]:
    """One day's events ready for `json.dumps`: lists of UTC instants to the second, or null.

    Without a time zone the date is that of local mean solar time. ValueError says what to correct.
    """
    _check_place(lat_deg, lon_deg, timezone)
    day = sun_events(lat_deg, lon_deg, [on], timezone).day(0, 0)
    return {
        "date": on.isoformat(),
        "timezone": timezone,
        "lat_deg": lat_deg,
        "lon_deg": lon_deg,
        "civil_dawn": _texts(day.civil_dawn),
        "sunrise": _texts(day.sunrise),
        "sunset": _texts(day.sunset),
        "civil_dusk": _texts(day.civil_dusk),
        "day_type": day.kind.value,
    }


def _check_place(lat_deg: float, lon_deg: float, timezone: str | None) -> None:
    if not abs(lat_deg) <= LAT_DEG_MAX or not abs(lon_deg) <= LON_DEG_MAX:
        raise ValueError("latitude lies between -90 and 90 degrees, longitude between -180 and 180")
    try:
        ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"{timezone!r} is not an IANA time zone; write for example Europe/Paris"
        ) from error


def _bounds_s(
    lon_deg: FloatArray, dates: Sequence[date], timezone: str | None
) -> tuple[FloatArray, FloatArray]:
    if timezone is None:
        starts_s = np.array([(on.toordinal() - EPOCH_ORDINAL) * DAY_S for on in dates])
        return starts_s - lon_deg * DEGREE_S, starts_s + DAY_S - lon_deg * DEGREE_S
    bounds = [day_bounds(on, timezone) for on in dates]
    shape = (len(lon_deg), len(dates))
    starts_s, ends_s = (np.array([pair[i].timestamp() for pair in bounds]) for i in (0, 1))
    return np.broadcast_to(starts_s, shape), np.broadcast_to(ends_s, shape)


def _within(instants_s: FloatArray, start_s: FloatArray, end_s: FloatArray) -> FloatArray:
    """The first two instants of the last axis inside [start, end), NaN where there are fewer."""
    inside = np.where((instants_s >= start_s) & (instants_s < end_s), instants_s, np.nan)
    return np.sort(inside, axis=-1)[..., :EVENTS_PER_DAY_MAX]  # NaN sorts last


def _kinds(
    rises: FloatArray,
    sets: FloatArray,
    dawns: FloatArray,
    dusks: FloatArray,
    height_deg: FloatArray,
) -> npt.NDArray[np.int8]:
    rise_count, set_count = _count(rises), _count(sets)
    has_twilight = (_count(dawns) + _count(dusks) > 0) | (height_deg > SunHeight.CIVIL.value)
    conditions = {
        DayKind.TWO_SAME_EVENTS: (rise_count > 1) | (set_count > 1),
        DayKind.ONE_EVENT_ONLY: rise_count + set_count == 1,
        DayKind.NORMAL: rise_count + set_count == 2,
        DayKind.SUN_ALWAYS_UP: height_deg > SunHeight.HORIZON.value,
        DayKind.SUN_ALWAYS_DOWN: has_twilight,
    }
    codes = [KINDS.index(kind) for kind in conditions]
    otherwise = KINDS.index(DayKind.NO_CIVIL_TWILIGHT)
    return np.select(list(conditions.values()), codes, otherwise).astype(np.int8)


def _count(events_s: FloatArray) -> npt.NDArray[np.int64]:
    counts: npt.NDArray[np.int64] = np.count_nonzero(~np.isnan(events_s), axis=-1)
    return counts


def _instants(events_s: FloatArray) -> tuple[datetime, ...]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return tuple(epoch + timedelta(seconds=float(at)) for at in events_s if not np.isnan(at))


def _texts(events: Sequence[datetime]) -> list[str] | None:
    half_second = timedelta(milliseconds=500)
    return [f"{at + half_second:%Y-%m-%dT%H:%M:%SZ}" for at in events] or None

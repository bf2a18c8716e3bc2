"""What moments of a program mean in given nights of given places: instants, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from schedules.ephemeris import DAY_S, FloatArray
from schedules.model import EVENING_EVENTS, ClockMoment, Moment, SolarEvent, SolarMoment
from schedules.night import NOON, Occurrence, wall_instant
from schedules.solar_nights import DEGREE_S, SolarNights, SunHeight, solar_nights

IntArray = npt.NDArray[np.int64]

BEFORE, THE_NIGHT, AFTER = 0, 1, 2  # positions on the last axis of the instants of a moment
AROUND = np.array([-1, 0, 1])

HEIGHTS = {
    SolarEvent.SUNSET: SunHeight.HORIZON,
    SolarEvent.SUNRISE: SunHeight.HORIZON,
    SolarEvent.CIVIL_DUSK: SunHeight.CIVIL,
    SolarEvent.CIVIL_DAWN: SunHeight.CIVIL,
}


@dataclass(frozen=True, slots=True)
class Places:
    """Coordinates of places that live by one clock (an IANA name)."""

    lat_deg: FloatArray
    lon_deg: FloatArray
    timezone: str

    def __getitem__(self, chosen: slice) -> Places:
        return Places(self.lat_deg[chosen], self.lon_deg[chosen], self.timezone)

    def __len__(self) -> int:
        return len(self.lat_deg)


class NightClock:
    """Wall times of lighting nights, each with the night before and the night after.

    Arrays are [night, around], POSIX seconds.
    """

    def __init__(self, evenings: Sequence[date], timezone: str) -> None:
        self.evenings = evenings
        self.timezone = timezone
        self._known: dict[tuple[time, Occurrence], FloatArray] = {}

    @cached_property
    def noons_s(self) -> FloatArray:
        """Noons that start the night before, the night, the night after, and the one after that."""
        return self._on_dates_s(NOON, Occurrence.FIRST, (-1, 0, 1, 2))

    def instants_s(self, at: time, occurrence: Occurrence) -> FloatArray:
        """The instant of a wall time in each night."""
        if (at, occurrence) not in self._known:
            shifts = (-1, 0, 1) if at >= NOON else (0, 1, 2)
            self._known[at, occurrence] = self._on_dates_s(at, occurrence, shifts)
        return self._known[at, occurrence]

    def _on_dates_s(self, at: time, occurrence: Occurrence, shifts: Sequence[int]) -> FloatArray:
        ordinals = sorted({on.toordinal() + shift for on in self.evenings for shift in shifts})
        known = {
            ordinal: wall_instant(
                date.fromordinal(ordinal), at, self.timezone, occurrence
            ).timestamp()
            for ordinal in ordinals
        }
        return np.array(
            [[known[on.toordinal() + shift] for shift in shifts] for on in self.evenings]
        )


class NightGrid:
    """The instants moments stand for, in nights (second axis) of places (first axis)."""

    def __init__(self, places: Places, clock: NightClock) -> None:
        self._places = places
        self._clock = clock
        self._nights: dict[SunHeight, SolarNights] = {}

    def __len__(self) -> int:
        """How many places."""
        return len(self._places)

    def instants_s(self, moment: Moment, occurrence: Occurrence, nights: IntArray) -> FloatArray:
        """[place, night, around]: -inf for an event past before the night began, +inf for never.

        The first axis has length one where the moment does not depend on the place.
        """
        match moment:
            case ClockMoment(at):
                return self._clock.instants_s(at, occurrence)[np.newaxis, nights]
            case SolarMoment(event, offset):
                return self._solar_s(event)[:, nights] + offset / timedelta(seconds=1)

    def noons_s(self, nights: IntArray) -> FloatArray:
        """[1, night, 4]: the noons around, from the one that starts the night before."""
        return self._clock.noons_s[np.newaxis, nights]

    def _solar_s(self, event: SolarEvent) -> FloatArray:
        height = HEIGHTS[event]
        if height not in self._nights:
            self._nights[height] = self._solar_nights(height)
        found = self._nights[height]
        return found.down_s if event in EVENING_EVENTS else found.up_s

    def _solar_nights(self, height: SunHeight) -> SolarNights:
        """Each solar night is worked out once, then looked up for the nights it is around of."""
        lat, lon = self._places.lat_deg[:, np.newaxis], self._places.lon_deg[:, np.newaxis]
        noons_s = self._clock.noons_s
        middle_s = (noons_s[:, THE_NIGHT] + noons_s[:, AFTER]) / 2
        numbers = np.rint((middle_s + lon * DEGREE_S) / DAY_S).astype(np.int64) - 1
        first = int(numbers.min()) - 1
        found = solar_nights(lat, lon, np.arange(first, numbers.max() + 2), height)
        place = np.arange(len(lat))[:, np.newaxis, np.newaxis]
        wanted = numbers[:, :, np.newaxis] + AROUND - first
        # To the second: what a controller's clock can keep.
        return SolarNights(np.rint(found.down_s[place, wanted]), np.rint(found.up_s[place, wanted]))

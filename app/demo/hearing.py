"""What a stretch of simulated time sounds like: the city is moved, its lamps report, some frames
are lost. No database, no network: values in, arrays out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from app.demo.programme import Programme
from drivers.contract import StatusFlag
from lighting.telemetry.history import ReadingColumns
from lighting.telemetry.model import Sighting
from schedules.sun import elevation_deg
from simulator.city import City, Snapshot

# The past is told at a coarser rhythm than the present: hourly while the Sun is down, every other
# hour by day, a quarter of the lamps each quarter-hour. Reports come some minutes after the hour,
# when steps taken on the hour have settled.
SLOT = timedelta(minutes=15)
SLOTS_PER_HOUR = 4
AFTER_THE_HOUR = timedelta(minutes=7, seconds=30)
DAY_HOURS = 2
SUN_DOWN_DEG = 0.0
# Share of reports that never arrive.
LOST_RATIO = 0.02
SNR_BEST_DB, SNR_SPREAD_DB = 9.0, 5.0

NOBODY = np.empty(0, dtype=np.intp)
_LIT = int(StatusFlag.RELAY_CLOSED | StatusFlag.LAMP_ON)
_DEAD = int(StatusFlag.RELAY_CLOSED | StatusFlag.LAMP_FAILURE)
_OFF = int(StatusFlag.RELAY_CLOSED)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Everything heard in a stretch of time."""

    lamps: npt.NDArray[np.intp]
    """The lamp of each reading."""
    readings: ReadingColumns
    sightings: Sequence[Sighting]
    """The last time each lamp was heard; every time for one that was silent meanwhile."""

    def chosen(self, which: npt.NDArray[Any]) -> "Stretch":
        """The readings at these places, or those marked true."""
        return Stretch(self.lamps[which], self.readings.chosen(which), self.sightings)

    def newest(self) -> "Stretch":
        """The last reading of each lamp that has one."""
        _, first_of_reversed = np.unique(self.lamps[::-1], return_index=True)
        return self.chosen(len(self.lamps) - 1 - first_of_reversed)

    def then(self, later: "Stretch") -> "Stretch":
        """This stretch and the one after it."""
        return Stretch(
            np.concatenate([self.lamps, later.lamps]),
            ReadingColumns.joined([self.readings, later.readings]),
            [*self.sightings, *later.sightings],
        )


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears the lamps of a city: their keys in telemetry, gateways, quality of each link."""

    keys: npt.NDArray[np.int64]
    gateways: Sequence[str]
    snr_db: npt.NDArray[np.float64]

    @classmethod
    def of(cls, keys: Sequence[int], gateways: Sequence[str], seed: int) -> "Ears":
        """Links of a quality that stays the same for each lamp."""
        random = np.random.default_rng(seed)
        snr_db = np.round(random.normal(SNR_BEST_DB, SNR_SPREAD_DB, len(keys)), 1)
        return cls(np.array(keys, dtype=np.int64), gateways, snr_db)

    def sighting(self, lamp: int, at: datetime) -> Sighting:
        """A frame of a lamp, as the best gateway heard it; without a gateway it came by wire."""
        if not self.gateways[lamp]:
            return Sighting(int(self.keys[lamp]), at, None, None, None)
        snr_db = float(self.snr_db[lamp])
        return Sighting(
            int(self.keys[lamp]), at, int(-100 + 2 * snr_db), snr_db, self.gateways[lamp]
        )


def live(
    city: City, programme: Programme, ears: Ears, until: datetime, random: np.random.Generator
) -> Stretch:
    """Move the city to `until` under its calendars, and say what was heard on the way."""
    since = city.at
    heard_at: dict[int, list[datetime]] = defaultdict(list)
    silent: set[int] = set()
    told = [(NOBODY, readings_of(city.snapshot(), NOBODY, ears.keys))]
    reports = dict(report_times(since, until, _place(city)))
    changes = set(programme.changes_between(since, until))
    for at in sorted({*reports, *changes}):
        city.advance(at)
        if at in changes:
            city.order_all(programme.levels_at(at))
        if at not in reports:
            continue
        shown = city.snapshot()
        lamps = np.arange(reports[at], len(city.lamps), SLOTS_PER_HOUR)
        silent.update(lamps[~shown.is_heard[lamps]].tolist())
        lamps = lamps[shown.is_heard[lamps]]
        for lamp in lamps.tolist():
            heard_at[lamp].append(at)
        arrived = lamps[random.random(len(lamps)) >= LOST_RATIO]
        told.append((arrived, readings_of(shown, arrived, ears.keys)))
    city.advance(until)
    return Stretch(
        np.concatenate([lamps for lamps, _ in told]),
        ReadingColumns.joined([readings for _, readings in told]),
        [
            ears.sighting(lamp, at)
            for lamp, instants in sorted(heard_at.items())
            for at in (instants if lamp in silent else instants[-1:])
        ],
    )


def report_times(
    since: datetime, until: datetime, place: tuple[float, float]
) -> Iterator[tuple[datetime, int]]:
    """Instants in (since, until] at which a quarter of the lamps report, and which quarter."""
    hour = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour <= until:
        is_dark = float(elevation_deg(*place, hour.timestamp())) < SUN_DOWN_DEG
        if is_dark or hour.hour % DAY_HOURS == 0:
            for phase in range(SLOTS_PER_HOUR):
                at = hour + AFTER_THE_HOUR + phase * SLOT
                if since < at <= until:
                    yield at, phase
        hour += timedelta(hours=1)


def _place(city: City) -> tuple[float, float]:
    return city.lamps[0].lat_deg, city.lamps[0].lon_deg


def readings_of(
    shown: Snapshot, lamps: npt.NDArray[np.intp], keys: npt.NDArray[np.int64]
) -> ReadingColumns:
    """The meters and states of some lamps, rounded as their frames round them."""
    level = shown.level_percent[lamps].astype(np.int64)
    lit = np.where(shown.is_dead[lamps], _DEAD, _LIT)
    return ReadingColumns(
        controller_key=keys[lamps],
        at_us=np.full(len(lamps), int(shown.at.timestamp()) * 1_000_000),
        level_percent=level,
        active_power_w=np.round(shown.active_power_w[lamps]),
        active_energy_wh=shown.active_energy_wh[lamps],
        supply_voltage_v=np.round(shown.supply_voltage_v[lamps]),
        power_factor=np.round(shown.power_factor[lamps], 2),
        temperature_c=np.round(shown.temperature_c[lamps]),
        burning_time_s=shown.burning_time_s[lamps],
        flags=np.where(level > 0, lit, _OFF),
    )

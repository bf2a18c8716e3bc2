"""Decisions about readings, pure: which instants are kept, local days, gaps, newest values."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from lighting.telemetry.model import (
    QUANTITIES,
    READING_AGE_MAX,
    READING_AHEAD_MAX,
    EnergyDay,
    Gap,
    Reading,
    Sighting,
)

# Every civil clock in use differs from UTC by whole quarters of an hour, so within one quarter of
# UTC the local date cannot change.
QUARTER_S = 900
# One missed report is radio weather; more than two and a half periods without one is a gap.
GAP_PERIODS = 2.5
FINGERPRINT_BYTES = 16


def is_kept(at: datetime, now: datetime) -> bool:
    """Whether a reading of this instant has a place in the store."""
    return now - READING_AGE_MAX <= at <= now + READING_AHEAD_MAX


@lru_cache(maxsize=4096)
def _date_of_quarter(quarter: int, timezone: str) -> date:
    return datetime.fromtimestamp(quarter * QUARTER_S, UTC).astimezone(ZoneInfo(timezone)).date()


def local_date(at: datetime, timezone: str) -> date:
    """The date on a wall calendar of the zone at an instant."""
    return _date_of_quarter(int(at.timestamp()) // QUARTER_S, timezone)


def energy_days(readings: Iterable[Reading], timezone_of: Mapping[int, str]) -> set[EnergyDay]:
    """The local days whose energy new counters may change."""
    return {
        EnergyDay(one.controller_key, local_date(one.at, timezone_of[one.controller_key]))
        for one in readings
        if one.active_energy_wh is not None and one.controller_key in timezone_of
    }


def fingerprint(*parts: bytes) -> bytes:
    """A short name for bytes: the same parts give the same, others in practice never do."""
    digest = hashlib.blake2b(digest_size=FINGERPRINT_BYTES)
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return digest.digest()


def gaps(
    instants: Sequence[datetime], period: timedelta, starts_at: datetime, ends_at: datetime
) -> list[Gap]:
    """Stretches of [starts_at, ends_at) without a reading, longer than the period explains."""
    longest = period * GAP_PERIODS
    edges = [starts_at, *instants, ends_at]
    return [Gap(before, after) for before, after in pairwise(edges) if after - before > longest]


def newest_states(
    readings: Sequence[Reading], sightings: Sequence[Sighting]
) -> dict[int, list[Any]]:
    """By controller: when heard, how, and the newest value of each quantity with its instant.

    `readings` come in order of (controller, instant). The lists are rows for the staging table:
    [seen_at, rssi_dbm, snr_db, gateway_address, value, instant, value, instant, …].
    """
    states: dict[int, list[Any]] = {}
    for heard in sightings:
        state = states.get(heard.controller_key)
        if state is None:
            states[heard.controller_key] = [*heard[1:], *_NOTHING]
        elif heard.at > state[0]:
            state[:4] = heard[1:]
    for reading in readings:
        state = states.get(reading[0])
        if state is None:
            state = states[reading[0]] = [reading[1], None, None, None, *_NOTHING]
        at = reading[1]
        place = _FIRST_VALUE
        for value in reading[2:]:
            if value is not None:
                state[place] = value
                state[place + 1] = at
            place += 2
    return states


_NOTHING = (None,) * (2 * len(QUANTITIES))
_FIRST_VALUE = 4

"""Decisions about readings, pure: which instants are kept, local days, gaps, newest values."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from lighting.telemetry.model import (
    QUANTITIES,
    READING_AGE_MAX,
    READING_AHEAD_MAX,
    EnergyDay,
    Gap,
    Reading,
    Sighting,
    StagedRow,
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


def merge(readings: Iterable[Reading]) -> dict[tuple[int, datetime], Reading]:
    """One reading for each controller and instant; the first value of a quantity stays."""
    merged: dict[tuple[int, datetime], Reading] = {}
    for reading in readings:
        key = reading[:2]
        known = merged.get(key)
        if known is not None:
            reading = Reading._make(
                old if old is not None else new for old, new in zip(known, reading, strict=True)
            )
        merged[key] = reading
    return merged


def staged(readings: Iterable[Reading], sightings: Iterable[Sighting]) -> list[StagedRow]:
    """Rows for the staging table: readings numbered by their turn within a controller, the first
    beside the controller's newest sighting; then the controllers heard that measured nothing."""
    heard: dict[int, Sighting] = {}
    for one in sightings:
        known = heard.get(one[0])
        if known is None or one[1] > known[1]:
            heard[one[0]] = one
    rows: list[StagedRow] = []
    turns: dict[int, int] = {}
    for reading in readings:
        key = reading[0]
        turn = turns.get(key, 0)
        turns[key] = turn + 1
        if turn:
            rows.append((*reading, turn, NEVER, None, None, None))
        else:
            seen = heard.pop(key, None) or (key, reading[1], None, None, None)
            rows.append((*reading, 0, *seen[1:]))
    rows += [(key, None, *_NOTHING, 0, *seen[1:]) for key, seen in heard.items()]
    return rows


_NOTHING = (None,) * len(QUANTITIES)
# Older than any sighting: says nothing about when a controller was heard.
NEVER = datetime.min.replace(tzinfo=UTC)

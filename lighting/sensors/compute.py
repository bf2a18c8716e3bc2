"""Calculations on values of sensors, pure: which period each belongs to, and their sums."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from lighting.sensors.model import PERIOD, KeptReading, Period

_PERIOD_S = int(PERIOD.total_seconds())


def period_start(at: datetime) -> datetime:
    """The start of the quarter of an hour that a report made at `at` is about.

    A count is of the time before it: the one of 10:15 belongs to 10:00.
    """
    ticks = -(-at.timestamp() // _PERIOD_S)  # rounded up
    return datetime.fromtimestamp((ticks - 1) * _PERIOD_S, UTC)


def first_of_each(readings: Iterable[KeptReading]) -> list[KeptReading]:
    """One value for each sensor and instant: the first that came."""
    found: dict[tuple[UUID, datetime], KeptReading] = {}
    for one in readings:
        found.setdefault((one.sensor_id, one.at), one)
    return list(found.values())


def periods(readings: Iterable[KeptReading]) -> dict[tuple[UUID, datetime], Period]:
    """What new readings add to the periods of their sensors."""
    found: dict[tuple[UUID, datetime], Period] = {}
    for sensor_id, at, value in readings:
        starts_at = period_start(at)
        known = found.get((sensor_id, starts_at), Period(starts_at, 0.0, value, value, 0))
        found[sensor_id, starts_at] = Period(
            starts_at,
            known.total + value,
            min(known.minimum, value),
            max(known.maximum, value),
            known.samples + 1,
        )
    return found

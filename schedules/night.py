"""Local days, wall times and the lighting night, which runs from noon to noon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

NOON = time(12)
ONE_DAY = timedelta(days=1)


class Occurrence(StrEnum):
    """Which of the two instants an ambiguous wall time means, when clocks go back."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class LightingNight:
    """One night of a place, named by the date of its evening: local noon to next local noon."""

    evening: date
    timezone: str
    starts_at: datetime
    ends_at: datetime


def wall_instant(
    on: date, wall_time: time, timezone: str, occurrence: Occurrence = Occurrence.FIRST
) -> datetime:
    """The UTC instant of a local wall time.

    A time skipped when clocks go forward is moved forward by the length of the gap (02:30 becomes
    03:30). A time that occurs twice when clocks go back means the occurrence asked for.
    """
    local = datetime.combine(on, wall_time, ZoneInfo(timezone))
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    # In a gap the second reading of the clock is the earlier instant (PEP 495).
    return first if occurrence is Occurrence.FIRST else max(first, second)


def day_bounds(on: date, timezone: str) -> tuple[datetime, datetime]:
    """First instant of a local date and of the next, in UTC: 23, 24 or 25 hours apart."""
    midnight = time(0)
    return wall_instant(on, midnight, timezone), wall_instant(on + ONE_DAY, midnight, timezone)


def night_bounds(evening: date, timezone: str) -> tuple[datetime, datetime]:
    """Noon of the evening's date and noon of the next, in UTC."""
    return wall_instant(evening, NOON, timezone), wall_instant(evening + ONE_DAY, NOON, timezone)


def night_of(evening: date, timezone: str) -> LightingNight:
    """The night that begins on a date."""
    return LightingNight(evening, timezone, *night_bounds(evening, timezone))


def lighting_night(at: datetime, timezone: str) -> date:
    """The evening date of the night an instant belongs to."""
    local = at.astimezone(ZoneInfo(timezone))
    return local.date() if local.time() >= NOON else local.date() - ONE_DAY

"""Local days cut at midnight and noon, and the pieces of a span that fall into them.

Energy is attributed to civil dates, as bills and load curves are (46, 48 or 50 half-hours); the
cut at noon lets lighting nights, which run noon to noon, be exact sums of the same cells.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lighting.energy.model import Fitting
from schedules.night import NOON, ONE_DAY, wall_instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_MS = timedelta(milliseconds=1)


class HalfDays(NamedTuple):
    """First instant, noon and end of a local date, in milliseconds of UTC."""

    start_ms: int
    noon_ms: int
    end_ms: int


class Piece(NamedTuple):
    """A part of a span: on which light point, date and half of the day it fell."""

    lamp: int
    on: date
    is_morning: bool
    start_ms: int
    end_ms: int

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


def to_ms(at: datetime) -> int:
    """Whole milliseconds of UTC."""
    return (at - _EPOCH) // _ONE_MS


def from_ms(at_ms: int) -> datetime:
    """The instant of whole milliseconds of UTC."""
    return _EPOCH + timedelta(milliseconds=at_ms)


@lru_cache(maxsize=16_384)
def half_days(on: date, timezone: str) -> HalfDays:
    """Midnight, noon and next midnight of a local date."""
    start, noon, end = (
        to_ms(wall_instant(day, at, timezone))
        for day, at in ((on, time(0)), (on, NOON), (on + ONE_DAY, time(0)))
    )
    return HalfDays(start, noon, end)


def local_date(at_ms: int, timezone: str) -> date:
    """The date a wall clock shows."""
    return from_ms(at_ms).astimezone(ZoneInfo(timezone)).date()


def dates_between(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    return (first + timedelta(days=day) for day in range((last - first).days + 1))


def pieces(
    fittings: Sequence[Fitting], timezones: Sequence[str], start_ms: int, end_ms: int
) -> list[Piece]:
    """The parts of a device's span in which it sat on a light point, cut at midnight and noon.

    `timezones` are those of the light points by position; time spent in stock has no piece.
    """
    found = []
    for fitting in fittings:
        since, until = max(fitting.start_ms, start_ms), min(fitting.end_ms, end_ms)
        if since < until:
            found += cut(fitting.lamp, timezones[fitting.lamp], since, until)
    return found


def cut(lamp: int, timezone: str, start_ms: int, end_ms: int) -> list[Piece]:
    """A span on one light point, cut at every local midnight and noon."""
    last = local_date(end_ms - 1, timezone)
    found = []
    for on in dates_between(local_date(start_ms, timezone), last):
        day = half_days(on, timezone)
        for is_morning, since, until in (
            (True, day.start_ms, day.noon_ms),
            (False, day.noon_ms, day.end_ms),
        ):
            since, until = max(since, start_ms), min(until, end_ms)
            if since < until:
                found.append(Piece(lamp, on, is_morning, since, until))
    return found

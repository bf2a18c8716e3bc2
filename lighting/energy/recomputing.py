"""Computing light-point days again from the database: which ones, from what, and writing them."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from lighting.energy import repository
from lighting.energy.book import Estate
from lighting.energy.compute import complete, count
from lighting.energy.counter_copy import Span, load_counters, surroundings
from lighting.energy.days import dates_between, from_ms, half_days, local_date, to_ms
from lighting.energy.estimate import Samples
from lighting.energy.model import (
    SETTLED_AFTER,
    UNKNOWN_LEVEL,
    Fitting,
    Lamp,
    Levels,
)
from lighting.energy.repository import FittingRow

# Light-point days computed in one piece: at a reading every quarter-hour, a million readings.
DAYS_PER_PIECE = 10_000
_FOR_EVER_MS = 2**42 - 1

LightPointDay = tuple[UUID, date]

# The level a lamp should have had, for pairs of light point and instant: 0 to 100, or -1 where
# nobody can know. `app` gives the one that knows calendars and overrides.
ExpectedLevels: TypeAlias = Callable[
    [AsyncSession, Sequence[UUID], Sequence[datetime]], Awaitable[Levels]
]


async def touched_days(
    session: AsyncSession, marks: Iterable[tuple[int, date]]
) -> list[LightPointDay]:
    """The light-point days that readings of these (controller, date) can change, by key.

    A reading decides about intervals up to `REACH` readings away, which may lie days away.
    """
    marks = sorted(marks)
    fittings = await repository.fittings_of_controllers(session, {key for key, _ in marks})
    timezones = {
        lamp.light_point_id: lamp.timezone
        for lamp in await repository.lamps(session, {one.light_point_id for one in fittings})
    }
    by_key = _by_key(fittings)
    spans = [
        _day_span(key, on, timezones[by_key[key][-1].light_point_id])
        for key, on in marks
        if key in by_key
    ]
    touched: set[LightPointDay] = set()
    for span in await surroundings(session, merged(spans)):
        for fitting in by_key[span.controller_key]:
            start_ms = max(span.start_ms, fitting.start_ms)
            end_ms = min(span.end_ms, _end(fitting))
            if start_ms < end_ms:
                zone = timezones[fitting.light_point_id]
                first, last = local_date(start_ms, zone), local_date(end_ms - 1, zone)
                touched.update((fitting.light_point_id, on) for on in dates_between(first, last))
    return sorted(touched)


async def compute_days(
    session: AsyncSession,
    days: Sequence[LightPointDay],
    revision: int,
    now: datetime,
    expected: ExpectedLevels | None,
) -> None:
    """Compute light-point days, given in the order of their key, and replace their rows."""
    for first in range(0, len(days), DAYS_PER_PIECE):
        await _compute_piece(session, days[first : first + DAYS_PER_PIECE], revision, now, expected)


async def _compute_piece(
    session: AsyncSession,
    days: Sequence[LightPointDay],
    revision: int,
    now: datetime,
    expected: ExpectedLevels | None,
) -> None:
    fittings = await repository.fittings_around(session, {point for point, _ in days})
    points = {point for point, _ in days} | {one.light_point_id for one in fittings}
    lamps = await repository.lamps(session, points)
    lamp_of = {lamp.light_point_id: at for at, lamp in enumerate(lamps)}
    device_of = {key: at for at, key in enumerate(sorted({one[0] for one in fittings}))}
    estate = Estate.of(
        lamps,
        [
            Fitting(device_of[one[0]], lamp_of[one.light_point_id], one.start_ms, _end(one))
            for one in fittings
        ],
    )
    spans = await surroundings(session, merged(_spans_of(days, fittings, lamps)))
    energy, burning = await load_counters(session, merged(spans), device_of)
    rows = [(lamp_of[point], on) for point, on in days]
    counted = count(estate, rows, energy, burning, to_ms(now), to_ms(now - SETTLED_AFTER))
    taken = counted.samples()
    levels = await _levels(session, taken, lamps, expected)
    await repository.save_days(session, complete(counted, taken, levels), revision, now)


async def _levels(
    session: AsyncSession,
    taken: Samples,
    lamps: Sequence[Lamp],
    expected: ExpectedLevels | None,
) -> Levels:
    if expected is None or not len(taken.at_ms):
        return np.full(len(taken.at_ms), UNKNOWN_LEVEL, dtype=np.int16)
    points = [lamps[int(at)].light_point_id for at in taken.lamp]
    return await expected(session, points, [from_ms(int(at_ms)) for at_ms in taken.at_ms])


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans by controller, those that touch joined, so that no reading is loaded twice."""
    found: list[Span] = []
    for span in sorted(spans):
        last = found[-1] if found else None
        if last and last.controller_key == span.controller_key and span.start_ms <= last.end_ms:
            found[-1] = last._replace(end_ms=max(last.end_ms, span.end_ms))
        else:
            found.append(span)
    return found


def _spans_of(
    days: Sequence[LightPointDay], fittings: Sequence[FittingRow], lamps: Sequence[Lamp]
) -> Iterator[Span]:
    """The days' stretches of every controller that was fitted on them."""
    timezones = {lamp.light_point_id: lamp.timezone for lamp in lamps}
    by_point: dict[UUID, list[FittingRow]] = {}
    for fitting in fittings:
        by_point.setdefault(fitting.light_point_id, []).append(fitting)
    for point, on in days:
        day = half_days(on, timezones[point])
        for fitting in by_point.get(point, ()):
            if fitting.start_ms < day.end_ms and _end(fitting) > day.start_ms:
                yield Span(fitting.controller_key, day.start_ms, day.end_ms)


def _day_span(key: int, on: date, timezone: str) -> Span:
    day = half_days(on, timezone)
    return Span(key, day.start_ms, day.end_ms)


def _by_key(fittings: Sequence[FittingRow]) -> Mapping[int, list[FittingRow]]:
    by_key: dict[int, list[FittingRow]] = {}
    for fitting in fittings:
        by_key.setdefault(fitting.controller_key, []).append(fitting)
    return by_key


def _end(fitting: FittingRow) -> int:
    return _FOR_EVER_MS if fitting.end_ms is None else fitting.end_ms

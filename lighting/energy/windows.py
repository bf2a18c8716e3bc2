"""The half-days in which each controller's counter speaks for a light point."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from lighting.energy.book import Estate
from lighting.energy.days import Piece, cut, half_days
from lighting.energy.model import Ints


@dataclass(frozen=True, slots=True)
class DayBounds:
    """The rows of a calculation as arrays: light point, midnight, noon and next midnight."""

    lamp: Ints
    start_ms: Ints
    noon_ms: Ints
    end_ms: Ints

    @classmethod
    def of(cls, estate: Estate, rows: Sequence[tuple[int, date]]) -> "DayBounds":
        found = [(lamp, *half_days(on, estate.timezones[lamp])) for lamp, on in rows]
        table = np.array(found, dtype=np.int64).reshape(-1, 4)
        return cls(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


@dataclass(frozen=True, slots=True)
class Windows:
    """Parallel arrays, in order of row and time: row of the book, controller, span, half."""

    row: Ints
    device: Ints
    start_ms: Ints
    end_ms: Ints
    is_morning: Ints


def windows(estate: Estate, bounds: DayBounds, until_ms: int) -> Windows:
    """Every row's half-days cut to the periods in which a controller was fitted."""
    first, count = estate.fittings_of(bounds.lamp)
    row = np.repeat(np.arange(len(bounds.lamp)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    fitting = first[row] + nth
    row, fitting = np.repeat(row, 2), np.repeat(fitting, 2)
    is_morning = np.tile([1, 0], len(row) // 2)
    start_ms = np.where(is_morning, bounds.start_ms[row], bounds.noon_ms[row])
    end_ms = np.where(is_morning, bounds.noon_ms[row], bounds.end_ms[row])
    start_ms = np.maximum(start_ms, estate.fitted_ms[fitting])
    end_ms = np.minimum(np.minimum(end_ms, estate.removed_ms[fitting]), until_ms)
    some = start_ms < end_ms
    device = estate.device[fitting]
    return Windows(row[some], device[some], start_ms[some], end_ms[some], is_morning[some])


def equipped_spans(estate: Estate, bounds: DayBounds, until_ms: int) -> tuple[Ints, Ints]:
    """The span of each row's day in which its light point was equipped.

    From its first controller on; the whole day for a light point that never had one.
    """
    first, count = estate.fittings_of(bounds.lamp)
    since = bounds.start_ms.copy()
    fitted = count > 0
    since[fitted] = np.maximum(since[fitted], estate.fitted_ms[first[fitted]])
    return since, np.maximum(since, np.minimum(bounds.end_ms, until_ms))


def pieces_without_controller(estate: Estate, lamp: int, start_ms: int, end_ms: int) -> list[Piece]:
    """The parts of an equipped span in which no controller was fitted: between two, or never."""
    found: list[Piece] = []
    since = start_ms
    for fitting in estate.by_lamp[lamp]:
        if since < fitting.start_ms < end_ms:
            found += cut(lamp, estate.timezones[lamp], since, fitting.start_ms)
        since = max(since, fitting.end_ms)
    if since < end_ms:
        found += cut(lamp, estate.timezones[lamp], since, end_ms)
    return found

"""The half-days in which each controller's counter speaks for a light point."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from lighting.energy.book import Estate
from lighting.energy.days import Piece, cut, half_days
from lighting.energy.model import Ints


@dataclass(frozen=True, slots=True)
class Windows:
    """Parallel arrays, in order of row and time: row of the book, controller, span, half."""

    row: Ints
    device: Ints
    start_ms: Ints
    end_ms: Ints
    is_morning: Ints


def windows(estate: Estate, rows: Sequence[tuple[int, date]], until_ms: int) -> Windows:
    """Every row's half-days cut to the periods in which a controller was fitted."""
    found: list[tuple[int, int, int, int, int]] = []
    for row, (lamp, on) in enumerate(rows):
        day = half_days(on, estate.timezones[lamp])
        halves = ((day.start_ms, day.noon_ms, 1), (day.noon_ms, day.end_ms, 0))
        for fitting in estate.by_lamp[lamp]:
            until = min(fitting.end_ms, until_ms)
            for start_ms, end_ms, is_morning in halves:
                since, upto = max(start_ms, fitting.start_ms), min(end_ms, until)
                if since < upto:
                    found.append((row, fitting.device, since, upto, is_morning))
    table = np.array(found, dtype=np.int64).reshape(-1, 5)
    return Windows(table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4])


def equipped_spans(
    estate: Estate, rows: Sequence[tuple[int, date]], until_ms: int
) -> list[tuple[int, int]]:
    """For each row, the span of its day in which the light point was equipped.

    From its first controller on; the whole day for a light point that never had one.
    """
    spans = []
    for lamp, on in rows:
        day = half_days(on, estate.timezones[lamp])
        fittings = estate.by_lamp[lamp]
        since = max(day.start_ms, fittings[0].start_ms) if fittings else day.start_ms
        spans.append((since, max(since, min(day.end_ms, until_ms))))
    return spans


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

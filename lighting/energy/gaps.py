"""What the counters do not tell: silence at either end, refused intervals, no controller."""

import numpy as np

from lighting.energy.book import Book, Estate
from lighting.energy.counters import Intervals, Link
from lighting.energy.days import Piece, pieces
from lighting.energy.model import Ints
from lighting.energy.windows import (
    DayBounds,
    Windows,
    equipped_spans,
    pieces_without_controller,
)

_NEVER_MS = 2**62


def enter_durations(
    estate: Estate,
    book: Book,
    bounds: DayBounds,
    view: Windows,
    spans: Intervals,
    until_ms: int,
) -> list[Piece]:
    """Enter how long each row was expected and counted; the pieces that were not counted."""
    gaps = _without_controller(estate, book, bounds, view, until_ms)
    gaps += _at_the_ends(estate, book, view, spans)
    for at in np.flatnonzero(spans.link == Link.REFUSED):
        for piece in span_pieces(estate, spans, int(at)):
            row = book.row(piece)
            if row is not None and piece.start_ms < until_ms:
                book.measured_ms[row] -= piece.duration_ms
                gaps.append(piece)
    return gaps


def span_pieces(estate: Estate, spans: Intervals, at: int) -> list[Piece]:
    """The parts of an interval in which its controller sat on a light point."""
    return pieces(
        estate.by_device[int(spans.device[at])],
        estate.timezones,
        int(spans.start_ms[at]),
        int(spans.end_ms[at]),
    )


def _without_controller(
    estate: Estate, book: Book, bounds: DayBounds, view: Windows, until_ms: int
) -> list[Piece]:
    since_ms, upto_ms = equipped_spans(estate, bounds, until_ms)
    book.expected_ms[:] = upto_ms - since_ms
    uncovered_ms = book.expected_ms.copy()
    np.subtract.at(uncovered_ms, view.row, view.end_ms - view.start_ms)
    gaps = []
    for row in np.flatnonzero(uncovered_ms):
        span = int(since_ms[row]), int(upto_ms[row])
        gaps += pieces_without_controller(estate, book.rows[int(row)][0], *span)
    return gaps


def _at_the_ends(estate: Estate, book: Book, view: Windows, spans: Intervals) -> list[Piece]:
    """Enter the time within each controller's first and last reading; what lies outside."""
    first, last = _known_spans(spans, len(estate.by_device))
    known_from = np.clip(first[view.device], view.start_ms, view.end_ms)
    known_to = np.clip(last[view.device], known_from, view.end_ms)
    np.add.at(book.measured_ms, view.row, known_to - known_from)
    found = []
    for starts, ends in ((view.start_ms, known_from), (known_to, view.end_ms)):
        for at in np.flatnonzero(starts < ends):
            lamp, on = book.rows[int(view.row[at])]
            is_morning = bool(view.is_morning[at])
            found.append(Piece(lamp, on, is_morning, int(starts[at]), int(ends[at])))
    return found


def _known_spans(spans: Intervals, device_count: int) -> tuple[Ints, Ints]:
    """First and last reading of each controller; an empty span for one that never spoke."""
    first = np.full(device_count, _NEVER_MS, dtype=np.int64)
    last = np.full(device_count, -_NEVER_MS, dtype=np.int64)
    np.minimum.at(first, spans.device, spans.start_ms)
    np.maximum.at(last, spans.device, spans.end_ms)
    return first, last

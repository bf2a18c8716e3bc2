"""What the counters do not tell: silence at either end, refused intervals, no controller."""

import numpy as np

from lighting.energy.book import Book, Estate
from lighting.energy.counters import Intervals, Link
from lighting.energy.days import Piece, pieces
from lighting.energy.model import Ints
from lighting.energy.windows import (
    Windows,
    equipped_spans,
    pieces_without_controller,
)

_NEVER_MS = 2**62


def enter_durations(
    estate: Estate, book: Book, view: Windows, spans: Intervals, until_ms: int
) -> list[Piece]:
    """Enter how long each row was expected and counted; the pieces that were not counted."""
    gaps = _without_controller(estate, book, until_ms) + _at_the_ends(book, view, spans, estate)
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


def _without_controller(estate: Estate, book: Book, until_ms: int) -> list[Piece]:
    gaps = []
    for row, (start_ms, end_ms) in enumerate(equipped_spans(estate, book.rows, until_ms)):
        book.expected_ms[row] = end_ms - start_ms
        gaps += pieces_without_controller(estate, book.rows[row][0], start_ms, end_ms)
    return gaps


def _at_the_ends(book: Book, view: Windows, spans: Intervals, estate: Estate) -> list[Piece]:
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

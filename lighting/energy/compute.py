"""From counter readings to energy days, in two pure steps with the expected levels in between.

`count` takes what the counters tell and lists what they do not; the caller asks which levels
the lamps should have had there; `complete` fills in and gives the days. Values in, values out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from lighting.energy import counters
from lighting.energy.book import NO_COUNTER, Book, Estate
from lighting.energy.counters import Curve, Intervals, Link, Readings, device_key
from lighting.energy.days import Piece, half_days
from lighting.energy.entries import (
    energy_pace,
    enter_burning,
    enter_energy,
    enter_notes,
    enter_registers,
)
from lighting.energy.estimate import Profile, Samples, profile, samples, split_exactly
from lighting.energy.gaps import enter_durations, span_pieces
from lighting.energy.model import BRIDGED_AFTER, EnergyDay, Flags, Levels
from lighting.energy.windows import DayBounds, windows

BRIDGED_AFTER_MS = int(BRIDGED_AFTER.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Whole:
    """A counted amount that belongs to several pieces: a bridge, or what a reset left."""

    counted_wh: int
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the counters told (in the book), and what the model is to be asked about."""

    estate: Estate
    book: Book
    gaps: Sequence[Piece]
    bridges: Sequence[Whole]
    resets: Sequence[Whole]
    settled_ms: int

    def asked(self) -> list[Piece]:
        """The pieces whose expected level is wanted: of gaps, then bridges, then resets."""
        wholes = [*self.bridges, *self.resets]
        return [*self.gaps, *(piece for whole in wholes for piece in whole.pieces)]

    def samples(self) -> Samples:
        """The instants at which the expected level is wanted."""
        return samples(self.asked())


def count(
    estate: Estate,
    rows: Sequence[tuple[int, date]],
    energy: Readings,
    burning: Readings,
    until_ms: int,
    settled_ms: int,
) -> Counted:
    """Enter what the counters tell of `rows` up to `until_ms`; list what they do not, for days
    that ended by `settled_ms` (before that, what has not come may still come)."""
    book = Book(rows)
    pace = energy_pace(estate)
    left_out = counters.outliers(energy, pace)
    accepted = energy.without(left_out)
    spans = counters.intervals(accepted, pace)
    bounds = DayBounds.of(estate, rows)
    view = windows(estate, bounds, until_ms)
    is_bridge, bridges = _bridges(estate, spans)
    enter_energy(book, view, Curve(spans, np.where(is_bridge, 0, spans.counted)))
    enter_registers(book, view, accepted)
    enter_burning(book, view, estate, burning)
    enter_notes(book, estate, spans, energy, left_out, pace)
    silent = enter_durations(estate, book, bounds, view, spans, until_ms)
    gaps = [piece for piece in silent if _end_of(estate, piece.lamp, piece.on) <= settled_ms]
    resets = [
        Whole(int(spans.counted[at]), span_pieces(estate, spans, int(at)))
        for at in np.flatnonzero(spans.link == Link.RESET)
    ]
    return Counted(estate, book, gaps, bridges, resets, settled_ms)


def complete(counted: Counted, taken: Samples, levels: Levels) -> list[EnergyDay]:
    """Fill gaps from the levels found at the samples, split bridges, and give every day."""
    estate, book = counted.estate, counted.book
    model = profile(len(counted.asked()), taken, levels, estate.lamps)
    position = len(counted.gaps)
    for at, piece in enumerate(counted.gaps):
        if model.is_known[at]:
            book.add_estimated(piece, round(model.energy_wh[at]), piece.duration_ms)
    for bridge in counted.bridges:
        _split_bridge(book, bridge, model, position)
        position += len(bridge.pieces)
    for reset in counted.resets:
        _estimate_lost(book, reset, model, position)
        position += len(reset.pieces)
    return [_day(estate, book, row, counted.settled_ms) for row in range(len(book.rows))]


def _bridges(estate: Estate, spans: Intervals) -> tuple[Flags, list[Whole]]:
    """Intervals whose split is not a matter of minutes: long ones across midnight, and those
    during which the controller was moved. All they counted goes to time on a light point."""
    long = spans.end_ms - spans.start_ms > BRIDGED_AFTER_MS
    suspects = (long | _moved(estate, spans)) & (spans.counted > 0)
    is_bridge = np.zeros(len(spans.counted), dtype=bool)
    bridges = []
    for at in np.flatnonzero(suspects):
        found = span_pieces(estate, spans, int(at))
        whole_ms = int(spans.end_ms[at] - spans.start_ms[at])
        is_cut = sum(piece.duration_ms for piece in found) < whole_ms
        if found and (is_cut or len({piece[:2] for piece in found}) > 1):
            is_bridge[at] = True
            bridges.append(Whole(int(spans.counted[at]), found))
    return is_bridge, bridges


def _moved(estate: Estate, spans: Intervals) -> Flags:
    """Intervals during which their controller was fitted or taken off."""
    moved = np.zeros(len(spans.counted), dtype=bool)
    if not len(moved):
        return moved
    changes = [
        (fitting.device, at_ms)
        for fitting in estate.fittings
        for at_ms in (fitting.start_ms, fitting.end_ms)
    ]
    device, at_ms = np.array(changes, dtype=np.int64).reshape(-1, 2).T
    at_ms = np.clip(at_ms, 0, spans.end_ms.max())
    starts = device_key(spans.device, spans.start_ms)
    before = np.searchsorted(starts, device_key(device, at_ms), side="left") - 1
    inside = (before >= 0) & (spans.device[before] == device) & (at_ms < spans.end_ms[before])
    moved[before[inside]] = True
    return moved


def _split_bridge(book: Book, bridge: Whole, model: Profile, position: int) -> None:
    """By what the model expects of each piece; by time where it does not know them all."""
    part = slice(position, position + len(bridge.pieces))
    weights = [float(energy_wh) for energy_wh in model.energy_wh[part]]
    if not (model.is_known[part].all() and sum(weights) > 0):
        weights = [float(piece.duration_ms) for piece in bridge.pieces]
    parts = split_exactly(bridge.counted_wh, weights)
    for piece, energy_wh in zip(bridge.pieces, parts, strict=True):
        book.add_bridged(piece, energy_wh)


def _estimate_lost(book: Book, reset: Whole, model: Profile, position: int) -> None:
    """What a counter had gained before it was reset: the model's energy less what it shows."""
    part = slice(position, position + len(reset.pieces))
    weights = [float(energy_wh) for energy_wh in model.energy_wh[part]]
    lost_wh = round(sum(weights)) - reset.counted_wh
    if model.is_known[part].all() and lost_wh > 0:
        for piece, energy_wh in zip(reset.pieces, split_exactly(lost_wh, weights), strict=True):
            book.add_estimated(piece, energy_wh, 0)


def _day(estate: Estate, book: Book, row: int, settled_ms: int) -> EnergyDay:
    lamp, on = book.rows[row]
    expected_s = int(book.expected_ms[row]) // 1000
    estimated_s = int(book.estimated_ms[row]) // 1000
    unknown_ms = book.expected_ms[row] - book.measured_ms[row] - book.estimated_ms[row]
    missing_s = int(unknown_ms) // 1000
    has_counter = book.counter_from[row] != NO_COUNTER
    return EnergyDay(
        light_point_id=estate.lamps[lamp].light_point_id,
        organisation_id=estate.lamps[lamp].organisation_id,
        on=on,
        measured_wh=int(book.measured_wh[row]),
        bridged_wh=int(book.bridged_wh[row]),
        estimated_wh=int(book.estimated_wh[row]),
        morning_wh=int(book.morning_wh[row]),
        expected_s=expected_s,
        measured_s=expected_s - estimated_s - missing_s,
        estimated_s=estimated_s,
        missing_s=missing_s,
        burning_time_s=int(book.burning_s[row]) if book.has_burning[row] else None,
        counter_from_wh=int(book.counter_from[row]) if has_counter else None,
        counter_to_wh=int(book.counter_to[row]) if has_counter else None,
        is_settled=_end_of(estate, lamp, on) <= settled_ms,
        notes=tuple(book.notes[row]),
    )


def _end_of(estate: Estate, lamp: int, on: date) -> int:
    return half_days(on, estate.timezones[lamp]).end_ms

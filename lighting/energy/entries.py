"""Entering into the book what the counters tell: energy, registers, burning time, traces."""

from collections.abc import Iterable

import numpy as np

from lighting.energy import counters
from lighting.energy.book import Book, Estate
from lighting.energy.counters import Curve, Intervals, Link, Pace, Readings, device_key
from lighting.energy.days import from_ms, pieces
from lighting.energy.model import Flags, Note, NoteKind
from lighting.energy.windows import Windows

# A lamp cannot draw more than this share of its rated power: what is more is a wrong reading.
POWER_SHARE_MAX = 1.2
# Registers coarser than 1 Wh move in steps; a step of ten is no jump.
SLACK_WH = 10
# Where the rated power is not known, a large floodlight is assumed.
RATED_POWER_UNKNOWN_W = 2000.0

# Burning counters run in real time; some are kept in whole hours.
BURNING_PACE_MAX = 1.02
SLACK_BURNING_S = 3600

_KIND_OF_LINK = {
    Link.ROLLED_OVER: NoteKind.ROLLOVER,
    Link.RESET: NoteKind.RESET,
    Link.REFUSED: NoteKind.JUMP,
}


def energy_pace(estate: Estate) -> Pace:
    """The fastest each energy counter may run, by the strongest lamp its controller sat on."""
    strongest_w = np.zeros(len(estate.by_device))
    for fitting in estate.fittings:
        lamp = estate.lamps[fitting.lamp]
        rated_w = lamp.rated_power_w or RATED_POWER_UNKNOWN_W
        power_w = rated_w + lamp.gear_loss_w + lamp.standby_power_w
        strongest_w[fitting.device] = max(strongest_w[fitting.device], power_w)
    return Pace(strongest_w * POWER_SHARE_MAX / 3_600_000, SLACK_WH)


def enter_energy(book: Book, view: Windows, curve: Curve) -> None:
    """Enter what each counter gained in each half-day."""
    gained_wh = curve.between(view.device, view.start_ms, view.end_ms)
    np.add.at(book.measured_wh, view.row, gained_wh)
    np.add.at(book.morning_wh, view.row, gained_wh * view.is_morning)


def enter_registers(book: Book, view: Windows, accepted: Readings) -> None:
    """Enter the first and the last accepted register of each day, as evidence."""
    keys = device_key(accepted.device, accepted.at_ms)
    low = np.searchsorted(keys, device_key(view.device, view.start_ms), side="left")
    high = np.searchsorted(keys, device_key(view.device, view.end_ms), side="left") - 1
    seen = np.flatnonzero(high >= low)
    book.counter_to[view.row[seen]] = accepted.value[high[seen]]
    backwards = seen[::-1]  # a row's first window is written last, and stays
    book.counter_from[view.row[backwards]] = accepted.value[low[backwards]]


def enter_burning(book: Book, view: Windows, estate: Estate, burning: Readings) -> None:
    """Enter burning seconds where the controller counts them; refused intervals count nothing."""
    pace = Pace(np.full(len(estate.by_device), BURNING_PACE_MAX / 1000), SLACK_BURNING_S)
    accepted = burning.without(counters.outliers(burning, pace))
    spans = counters.intervals(accepted, pace)
    speaks = np.zeros(len(estate.by_device), dtype=bool)
    speaks[spans.device] = True
    gained_s = Curve(spans, spans.counted).between(view.device, view.start_ms, view.end_ms)
    np.add.at(book.burning_s, view.row, gained_s)
    book.has_burning[view.row[speaks[view.device]]] = True


def enter_notes(
    book: Book, estate: Estate, spans: Intervals, energy: Readings, left_out: Flags, pace: Pace
) -> None:
    """Leave a trace of every rollover, reset, refusal and outlier on the day it ended."""
    notes = [*_interval_notes(spans), *_outlier_notes(energy, left_out, pace)]
    for device, end_ms, note in sorted(notes, key=lambda one: one[:2]):
        fittings = estate.by_device[device]
        for piece in pieces(fittings, estate.timezones, end_ms - 1, end_ms):
            row = book.row(piece)
            if row is not None:
                book.notes[row].append(note)


def _interval_notes(spans: Intervals) -> Iterable[tuple[int, int, Note]]:
    for at in np.flatnonzero(spans.link != Link.COUNTED):
        end_ms = int(spans.end_ms[at])
        kind = _KIND_OF_LINK[Link(int(spans.link[at]))]
        values = (int(x[at]) for x in (spans.from_value, spans.to_value, spans.allowed))
        yield int(spans.device[at]), end_ms, Note(from_ms(end_ms), kind, *values)


def _outlier_notes(
    energy: Readings, left_out: Flags, pace: Pace
) -> Iterable[tuple[int, int, Note]]:
    at = np.flatnonzero(left_out)
    durations_ms = energy.at_ms[at] - energy.at_ms[at - 1]
    for index, allowed_wh in zip(at, pace.allowed(energy.device[at], durations_ms), strict=True):
        at_ms = int(energy.at_ms[index])
        before, value = int(energy.value[index - 1]), int(energy.value[index])
        note = Note(from_ms(at_ms), NoteKind.OUTLIER, before, value, int(allowed_wh))
        yield int(energy.device[index]), at_ms, note

"""The sums of a calculation, one row per light point and date, filled as pieces are accounted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from lighting.energy.days import Piece
from lighting.energy.model import Fitting, Ints, Lamp, Note

NO_COUNTER = -1


@dataclass(frozen=True, slots=True)
class Estate:
    """Light points and the controllers that sat on them, by position; fittings also as arrays in
    order of light point and time."""

    lamps: Sequence[Lamp]
    timezones: Sequence[str]
    by_lamp: Sequence[Sequence[Fitting]]
    by_device: Sequence[Sequence[Fitting]]
    device: Ints
    fitted_ms: Ints
    removed_ms: Ints
    first_fitting: Ints

    @classmethod
    def of(cls, lamps: Sequence[Lamp], fittings: Sequence[Fitting]) -> "Estate":
        """Index fittings by light point and by controller, in order of time."""
        ordered = sorted(fittings, key=lambda one: (one.lamp, one.start_ms))
        by_lamp: list[list[Fitting]] = [[] for _ in lamps]
        by_device: list[list[Fitting]] = [
            [] for _ in range(1 + max((one.device for one in ordered), default=-1))
        ]
        for fitting in ordered:
            by_lamp[fitting.lamp].append(fitting)
        for fitting in sorted(fittings, key=lambda one: one.start_ms):
            by_device[fitting.device].append(fitting)
        table = np.array(
            [(one.device, one.start_ms, one.end_ms) for one in ordered], dtype=np.int64
        ).reshape(-1, 3)
        first = np.concatenate(([0], np.cumsum([len(found) for found in by_lamp], dtype=np.int64)))
        zones = [lamp.timezone for lamp in lamps]
        return cls(lamps, zones, by_lamp, by_device, table[:, 0], table[:, 1], table[:, 2], first)

    def fittings_of(self, lamp: Ints) -> tuple[Ints, Ints]:
        """Where the fittings of light points begin in the arrays, and how many there are."""
        first = self.first_fitting[lamp]
        return first, self.first_fitting[lamp + 1] - first

    @property
    def fittings(self) -> Iterator[Fitting]:
        return (one for found in self.by_lamp for one in found)


class Book:
    """Rows to be filled; pieces of other rows are passed over."""

    def __init__(self, rows: Sequence[tuple[int, date]]) -> None:
        self.rows = rows
        self.at = {row: position for position, row in enumerate(rows)}
        self.measured_wh, self.bridged_wh = self._zeros(), self._zeros()
        self.estimated_wh, self.morning_wh = self._zeros(), self._zeros()
        self.expected_ms, self.measured_ms = self._zeros(), self._zeros()
        self.estimated_ms = self._zeros()
        self.burning_s = self._zeros()
        self.has_burning = np.zeros(len(rows), dtype=bool)
        self.counter_from = np.full(len(rows), NO_COUNTER, dtype=np.int64)
        self.counter_to = np.full(len(rows), NO_COUNTER, dtype=np.int64)
        self.notes: list[list[Note]] = [[] for _ in rows]

    def _zeros(self) -> Ints:
        return np.zeros(len(self.rows), dtype=np.int64)

    def row(self, piece: Piece) -> int | None:
        """Where a piece belongs, or None when its day is not being computed."""
        return self.at.get((piece.lamp, piece.on))

    def add_bridged(self, piece: Piece, energy_wh: int) -> None:
        """Measured as a total, given to this day by a split."""
        row = self.row(piece)
        if row is not None:
            self.measured_wh[row] += energy_wh
            self.bridged_wh[row] += energy_wh
            self.morning_wh[row] += energy_wh if piece.is_morning else 0

    def add_estimated(self, piece: Piece, energy_wh: int, duration_ms: int) -> None:
        """What the model says of a piece, and the time it stands for."""
        row = self.row(piece)
        if row is not None:
            self.estimated_wh[row] += energy_wh
            self.estimated_ms[row] += duration_ms
            self.morning_wh[row] += energy_wh if piece.is_morning else 0

"""Steps of many nights of many places at once, as arrays.

Every lighting night is cut, noon to noon, out of what its program would light for ever: the
active periods of the night before, the night itself and the night after. So consecutive nights
meet without gap or overlap, whatever the Sun, the clock or the program does around noon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
import numpy.typing as npt

from schedules.changes import NONE, Changes, LevelArray, changes_of
from schedules.ephemeris import FloatArray
from schedules.model import CalendarRule, CalendarSet, ControlProgram
from schedules.moments import AFTER, IntArray, NightClock, NightGrid, Places
from schedules.rules import program_id_of, rule_of_night

# Places times nights worked on together: bounds the memory of the intermediate arrays.
CELLS_MAX = 65_536


@dataclass(frozen=True, slots=True)
class NightArrays:
    """What holds in each night (second axis) of each place (first axis), change after change.

    A change holds until the next, the last until `ends_s` of its night. Nights with fewer changes
    than others are filled up with changes at their end, which hold for no time.
    """

    evenings: tuple[date, ...]
    rules: tuple[CalendarRule | None, ...]  # of each night; None: the default program
    programs: tuple[ControlProgram, ...]  # of each night
    ends_s: FloatArray  # of each night, POSIX seconds
    changes: Changes

    def durations_s(self) -> FloatArray:
        """How long each change holds: [place, night, change]."""
        starts_s = self.changes.starts_s
        ends_s = np.broadcast_to(self.ends_s[:, np.newaxis], (*starts_s.shape[:2], 1))
        return np.diff(starts_s, axis=-1, append=ends_s)

    def burning_s(self) -> FloatArray:
        """Seconds lit, at whatever level: [place, night]."""
        lit_s = np.where(self.changes.level_percent > 0, self.durations_s(), 0.0)
        burning_s: FloatArray = lit_s.sum(axis=-1)
        return burning_s

    def levels_at(self, place: npt.ArrayLike, at_s: npt.ArrayLike) -> LevelArray:
        """The level of places (by position) at instants (POSIX seconds).

        `NONE` (-1) outside the nights covered. The evenings must be in order of time.
        """
        rows = np.asarray(place, dtype=np.int64)
        starts_s = self.changes.starts_s
        origin_s, row_length = starts_s[0, 0, 0], starts_s[0].size
        stretch_s = self.ends_s[-1] - origin_s + 2.0
        since_s = np.clip(np.asarray(at_s, dtype=np.float64) - origin_s, -1.0, stretch_s - 1.0)
        # One long line of all places, each on a stretch of its own, to be searched at once.
        line = starts_s.reshape(len(starts_s), -1) - origin_s
        line = (line + stretch_s * np.arange(len(line))[:, np.newaxis]).ravel()
        found = np.searchsorted(line, since_s + stretch_s * rows, side="right") - 1
        night = found // starts_s.shape[-1] % len(self.evenings)
        is_covered = (found >= rows * row_length) & (since_s < self.ends_s[night] - origin_s)
        return np.where(is_covered, self.changes.level_percent.ravel()[found], np.int16(NONE))


def many_nights(calendar_set: CalendarSet, places: Places, evenings: Sequence[date]) -> NightArrays:
    """The steps of every evening's night at every place; neither may be empty.

    KeyError if the set lacks a program its calendar names.
    """
    calendar = calendar_set.calendar
    rules = tuple(rule_of_night(calendar, evening) for evening in evenings)
    programs = tuple(calendar_set.programs[program_id_of(calendar, rule)] for rule in rules)
    clock = NightClock(evenings, places.timezone)
    blocks = [
        (chunk, nights, changes_of(program, grid, nights, calendar.ambiguous_time))
        for chunk in _chunks(len(places), len(evenings))
        for grid in [NightGrid(places[chunk], clock)]
        for program, nights in _nights_by_program(programs)
    ]
    ends_s = clock.noons_s[:, AFTER]
    changes = _filled(blocks, len(places), ends_s)
    return NightArrays(tuple(evenings), rules, programs, ends_s, changes)


_Block = tuple[slice, IntArray, Changes]


def _chunks(place_count: int, night_count: int) -> Iterator[slice]:
    size = max(1, CELLS_MAX // night_count)
    return (slice(start, start + size) for start in range(0, place_count, size))


def _nights_by_program(
    programs: Sequence[ControlProgram],
) -> Iterator[tuple[ControlProgram, IntArray]]:
    nights: dict[UUID, list[int]] = {}
    for night, program in enumerate(programs):
        nights.setdefault(program.id, []).append(night)
    return ((programs[chosen[0]], np.array(chosen)) for chosen in nights.values())


def _filled(blocks: Sequence[_Block], place_count: int, ends_s: FloatArray) -> Changes:
    """The blocks in one array, filled up with changes at the end of the night."""
    width = max(changes.starts_s.shape[-1] for _, _, changes in blocks)
    shape = (place_count, len(ends_s), width)
    whole = Changes(
        starts_s=np.broadcast_to(ends_s[:, np.newaxis], shape).copy(),
        level_percent=np.zeros(shape, np.int16),
        period=np.full(shape, NONE, np.int8),
        step=np.full(shape, NONE, np.int8),
    )
    for chunk, nights, changes in blocks:
        target = chunk, nights, slice(changes.starts_s.shape[-1])
        whole.starts_s[target] = changes.starts_s
        whole.level_percent[target] = changes.level_percent
        whole.period[target] = changes.period
        whole.step[target] = changes.step
    return whole

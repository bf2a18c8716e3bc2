"""What a program does in its nights: every instant at which something of it begins or ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schedules.ephemeris import FloatArray
from schedules.model import ActivePeriod, AmbiguousTime, ClockMoment, ControlProgram, night_order
from schedules.moments import AFTER, BEFORE, THE_NIGHT, IntArray, NightGrid

IndexArray = npt.NDArray[np.int8]
LevelArray = npt.NDArray[np.int16]

NONE = -1  # no period, no step, no level known


@dataclass(frozen=True, slots=True)
class Changes:
    """What is in force from each instant on: [place, night, change].

    The first change begins with the night, and instants never decrease; `starts_s` is in POSIX
    seconds. `period` and `step` are indices into the program of the night, or `NONE`.
    """

    starts_s: FloatArray
    level_percent: LevelArray
    period: IndexArray
    step: IndexArray


@dataclass(frozen=True, slots=True)
class _Span:
    """One time a period lights: [place, night]."""

    period: int
    since_s: FloatArray
    until_s: FloatArray


def changes_of(
    program: ControlProgram, grid: NightGrid, nights: IntArray, policy: AmbiguousTime
) -> Changes:
    """The changes of `program` in the chosen nights of the grid."""
    noons_s = grid.noons_s(nights)
    start_s, end_s = noons_s[..., THE_NIGHT], noons_s[..., AFTER]
    spans = [
        span
        for index, period in enumerate(program.active_periods)
        for span in _spans(index, period, grid, nights, policy)
        if ((span.since_s < end_s) & (span.until_s > start_s)).any()
    ]
    steps_s = _steps_s(program, grid, nights, policy)
    edges_s = [edge_s for span in spans for edge_s in (span.since_s, span.until_s)]
    starts_s = _in_order(edges_s + steps_s, start_s, end_s, (len(grid), len(nights)))
    period = _period_in_force(spans, starts_s)
    step = _step_in_force(steps_s, starts_s)
    levels = np.array([program.level_percent, *(s.level_percent for s in program.steps)], np.int16)
    level_percent = np.where(period == NONE, np.int16(0), levels[step + 1])
    return Changes(starts_s, level_percent, period, step)


def _spans(
    index: int, period: ActivePeriod, grid: NightGrid, nights: IntArray, policy: AmbiguousTime
) -> Iterator[_Span]:
    """The period as it lights from the night before, in the night, and in the night after."""
    noons_s = grid.noons_s(nights)
    raising, lowering = (policy.occurrence(is_lowering=lowers) for lowers in (False, True))
    since_s = _within_night(grid.instants_s(period.start, raising, nights), noons_s)
    until_s = _within_night(grid.instants_s(period.end, lowering, nights), noons_s)
    later = 1 if _ends_next_night(period) else 0
    for start in (BEFORE, THE_NIGHT, AFTER)[: 3 - later]:
        yield _Span(index, since_s[..., start], until_s[..., start + later])


def _within_night(instants_s: FloatArray, noons_s: FloatArray) -> FloatArray:
    """What the Sun did before its night, or does not do in it, happens at one of its noons."""
    instants_s = np.where(np.isneginf(instants_s), noons_s[..., :-1], instants_s)
    return np.where(np.isposinf(instants_s), noons_s[..., 1:], instants_s)


def _ends_next_night(period: ActivePeriod) -> bool:
    start, end = period.start, period.end
    if start.is_evening != end.is_evening:
        return end.is_evening
    if isinstance(start, ClockMoment) and isinstance(end, ClockMoment):
        return night_order(end.at) <= night_order(start.at)
    return False


def _steps_s(
    program: ControlProgram, grid: NightGrid, nights: IntArray, policy: AmbiguousTime
) -> list[FloatArray]:
    """When each step begins: [place, night], -inf when it has begun before the night."""
    steps_s: list[FloatArray] = []
    level_before, wall_time_before_s = program.level_percent, np.array(-np.inf)
    for step in program.steps:
        occurrence = policy.occurrence(is_lowering=step.level_percent < level_before)
        at_s = grid.instants_s(step.at, occurrence, nights)[..., THE_NIGHT]
        if isinstance(step.at, ClockMoment):
            # A time moved by a clock change never overtakes the wall time written after it.
            at_s = wall_time_before_s = np.maximum(at_s, wall_time_before_s)
        steps_s.append(at_s)
        level_before = step.level_percent
    return steps_s


def _in_order(
    instants_s: Sequence[FloatArray], start_s: FloatArray, end_s: FloatArray, shape: tuple[int, int]
) -> FloatArray:
    """The start of the night and all instants inside sorted; those outside move to its ends."""
    inside = [one for one in instants_s if ((one > start_s) & (one < end_s)).any()]
    columns = [start_s, *(np.clip(one, start_s, end_s) for one in inside)]
    return np.sort(np.stack([np.broadcast_to(one, shape) for one in columns], axis=-1), axis=-1)


def _period_in_force(spans: Sequence[_Span], at_s: FloatArray) -> IndexArray:
    """The first period written that lights at each instant."""
    period = np.full(at_s.shape, NONE, np.int8)
    for span in reversed(spans):
        lights = (at_s >= span.since_s[..., np.newaxis]) & (at_s < span.until_s[..., np.newaxis])
        period[lights] = span.period
    return period


def _step_in_force(steps_s: Sequence[FloatArray], at_s: FloatArray) -> IndexArray:
    """The step begun last at each instant; of several at once, the one written last."""
    step = np.full(at_s.shape, NONE, np.int8)
    begun_s = np.full(at_s.shape, -np.inf)
    for index, step_s in enumerate(steps_s):
        since_s = step_s[..., np.newaxis]
        is_newer = (at_s >= since_s) & (since_s >= begun_s)
        step[is_newer] = index
        begun_s = np.where(is_newer, since_s, begun_s)
    return step

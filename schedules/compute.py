"""The steps of one night at one place, and what they amount to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from uuid import UUID

import numpy as np

from schedules.changes import NONE
from schedules.model import (
    LEVEL_PERCENT_MAX,
    Calendar,
    CalendarRule,
    CalendarSet,
    ControlProgram,
    DimmingStep,
    Place,
    ProgramStep,
    Reason,
)
from schedules.moments import Places
from schedules.night import LightingNight, night_of
from schedules.night_arrays import NightArrays, many_nights

# Electrical power of a dimmed LED luminaire relative to full light: a fixed share of the gear's
# own consumption, the rest in proportion, down to the lowest level gear dims to. A default for
# luminaires whose gear has no measured table.
LED_FIXED_POWER_RATIO = 0.05
LED_LEVEL_PERCENT_MIN = 10


@dataclass(frozen=True, slots=True)
class PlannedNight:
    """One night, the rule (None: the default) and program chosen for it, and their steps."""

    night: LightingNight
    rule: CalendarRule | None
    program: ControlProgram
    steps: list[DimmingStep]


def night_steps(
    calendar: Calendar, programs: Mapping[UUID, ControlProgram], place: Place, night: date
) -> list[DimmingStep]:
    """Steps of one lighting night: the first at local noon, the last until the next noon.

    For many nights of a place `planned_nights`, and for many places too `many_nights`, do the same
    at a fraction of the cost.
    """
    (planned,) = planned_nights(CalendarSet(calendar, programs), place, [night])
    return planned.steps


def planned_nights(
    calendar_set: CalendarSet, place: Place, evenings: Sequence[date]
) -> list[PlannedNight]:
    """The nights of one place, each with its steps."""
    places = Places(np.array([place.lat_deg]), np.array([place.lon_deg]), place.timezone)
    arrays = many_nights(calendar_set, places, evenings)
    return [
        PlannedNight(
            night_of(evening, place.timezone),
            arrays.rules[index],
            arrays.programs[index],
            steps_of(calendar_set.calendar, arrays, place=0, night=index),
        )
        for index, evening in enumerate(evenings)
    ]


def steps_of(calendar: Calendar, arrays: NightArrays, place: int, night: int) -> list[DimmingStep]:
    """One night of one place out of many, in words: only changes that hold and change something."""
    program, changes = arrays.programs[night], arrays.changes
    steps: list[DimmingStep] = []
    step_before = NONE
    for index in np.flatnonzero(arrays.durations_s()[place, night] > 0):
        here = place, night, index
        period, step = int(changes.period[here]), int(changes.step[here])
        in_force = program.steps[step] if step != NONE else None
        is_lit = period != NONE
        found = DimmingStep(
            starts_at=datetime.fromtimestamp(changes.starts_s[here], UTC),
            level_percent=int(changes.level_percent[here]),
            fade=in_force.fade if in_force and is_lit and step != step_before else timedelta(),
            cct_k=_cct_k(program, in_force) if is_lit else None,
            reason=Reason(
                calendar,
                arrays.rules[night],
                program,
                program.active_periods[period] if is_lit else None,
                in_force if is_lit else None,
            ),
        )
        step_before = step
        if not steps or _light(found) != _light(steps[-1]):
            steps.append(found)
    return steps


def expected_level_percent(steps: Sequence[DimmingStep], at: datetime) -> int:
    """Level in force at `at`; before the first step the lamp is off. Steps in order of time."""
    begun = bisect_right(steps, at, key=attrgetter("starts_at"))
    return steps[begun - 1].level_percent if begun else 0


def burning_time(steps: Sequence[DimmingStep], start: datetime, end: datetime) -> timedelta:
    """Time lit in [start, end), at whatever level."""
    return sum((spell for level, spell in _spells(steps, start, end) if level > 0), timedelta())


def full_load_equivalent(
    steps: Sequence[DimmingStep],
    start: datetime,
    end: datetime,
    power_ratio: Callable[[int], float] | None = None,
) -> timedelta:
    """Time at full power that takes the energy of [start, end); fades count as instantaneous."""
    ratio = power_ratio or led_power_ratio
    return sum((spell * ratio(level) for level, spell in _spells(steps, start, end)), timedelta())


def led_power_ratio(level_percent: int) -> float:
    """Power at a level as a share of the power at full light; standby when off is not counted."""
    if level_percent == 0:
        return 0.0
    level = max(level_percent, LED_LEVEL_PERCENT_MIN) / LEVEL_PERCENT_MAX
    return LED_FIXED_POWER_RATIO + (1 - LED_FIXED_POWER_RATIO) * level


def _spells(
    steps: Sequence[DimmingStep], start: datetime, end: datetime
) -> Iterator[tuple[int, timedelta]]:
    """Levels in [start, end) and how long each holds."""
    if start >= end:
        raise ValueError("the stretch of time to look at needs start < end")
    inside = [step.starts_at for step in steps if start < step.starts_at < end]
    for since, until in pairwise([start, *inside, end]):
        yield expected_level_percent(steps, since), until - since


def _cct_k(program: ControlProgram, step: ProgramStep | None) -> int | None:
    return program.cct_k if step is None or step.cct_k is None else step.cct_k


def _light(step: DimmingStep) -> tuple[int, int | None]:
    return step.level_percent, step.cct_k

"""Many nights of many places at once say the same as one at a time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from schedules import night_arrays
from schedules.compute import burning_time, expected_level_percent, night_steps, steps_of
from schedules.library import Sample, sample, samples
from schedules.model import Place
from schedules.night import night_bounds
from schedules.night_arrays import many_nights
from tests.schedules.programs import (
    BREST,
    CLOCKS_BACK,
    CLOCKS_FORWARD,
    DIJON,
    NICE,
    PARIS,
    evenings_of,
    places_of,
)

PLACES = [PARIS, DIJON, NICE, BREST, Place(69.6, 19.0, "Europe/Paris")]
YEAR = evenings_of(2026)
SOME_EVENINGS = [CLOCKS_FORWARD, date(2026, 6, 21), CLOCKS_BACK, date(2026, 12, 31)]


@pytest.mark.parametrize("one", samples(), ids=lambda one: one.slug)
def test_many_nights_are_the_nights_one_by_one(one: Sample) -> None:
    calendar_set = one.calendar_set()
    together = many_nights(calendar_set, places_of(*PLACES), SOME_EVENINGS)
    for row, place in enumerate(PLACES):
        for column, evening in enumerate(SOME_EVENINGS):
            alone = night_steps(calendar_set.calendar, calendar_set.programs, place, evening)
            assert steps_of(calendar_set.calendar, together, row, column) == alone


def test_burning_seconds_are_those_of_the_steps() -> None:
    weekend = sample("weekend").calendar_set()
    together = many_nights(weekend, places_of(*PLACES), SOME_EVENINGS).burning_s()
    for row, place in enumerate(PLACES):
        for column, evening in enumerate(SOME_EVENINGS):
            steps = night_steps(weekend.calendar, weekend.programs, place, evening)
            lit = burning_time(steps, *night_bounds(evening, place.timezone))
            assert timedelta(seconds=float(together[row, column])) == lit


def test_levels_at_instants_are_those_of_the_steps() -> None:
    weekend = sample("weekend").calendar_set()
    evenings = [CLOCKS_BACK + timedelta(days=shift) for shift in range(3)]
    nights = many_nights(weekend, places_of(*PLACES), evenings)
    start, end = (
        night_bounds(evenings[0], "Europe/Paris")[0],
        night_bounds(evenings[-1], "Europe/Paris")[1],
    )
    instants = [
        start + timedelta(minutes=7 * index)
        for index in range((end - start) // timedelta(minutes=7))
    ]
    for row, place in enumerate(PLACES):
        steps = [
            step
            for evening in evenings
            for step in night_steps(weekend.calendar, weekend.programs, place, evening)
        ]
        found = nights.levels_at(row, [at.timestamp() for at in instants])
        assert found.tolist() == [expected_level_percent(steps, at) for at in instants]


def test_a_change_holds_from_its_very_second() -> None:
    nights = many_nights(sample("permanent").calendar_set(), places_of(*PLACES), YEAR)
    starts_s, levels = nights.changes.starts_s, nights.changes.level_percent
    rows = np.broadcast_to(np.arange(len(PLACES))[:, np.newaxis, np.newaxis], starts_s.shape)
    holds = nights.durations_s() > 0
    assert (nights.levels_at(rows, starts_s)[holds] == levels[holds]).all()


def test_levels_are_unknown_outside_the_nights_covered() -> None:
    evenings = [date(2026, 6, 21), date(2026, 6, 23)]  # the night between is left out
    nights = many_nights(sample("permanent").calendar_set(), places_of(PARIS, NICE), evenings)
    between = night_bounds(date(2026, 6, 22), "Europe/Paris")[0]
    outside = [
        night_bounds(date(2026, 6, 20), "Europe/Paris")[0],
        night_bounds(date(2026, 6, 21), "Europe/Paris")[0] - timedelta(seconds=1),
        between,
        between + timedelta(hours=23),
        night_bounds(date(2026, 6, 24), "Europe/Paris")[0],
        night_bounds(date(2026, 8, 1), "Europe/Paris")[0],
    ]
    for row in (0, 1):
        assert nights.levels_at(row, [at.timestamp() for at in outside]).tolist() == [-1] * 6


def test_the_work_is_cut_in_pieces_that_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    weekend = sample("weekend").calendar_set()
    whole = many_nights(weekend, places_of(*PLACES), YEAR)
    monkeypatch.setattr(night_arrays, "CELLS_MAX", 2 * len(YEAR))
    pieces = many_nights(weekend, places_of(*PLACES), YEAR)
    for place, night in np.ndindex(len(PLACES), len(YEAR)):
        assert steps_of(weekend.calendar, pieces, place, night) == steps_of(
            weekend.calendar, whole, place, night
        )


def test_a_program_the_set_lacks_is_refused() -> None:
    weekend = sample("weekend").calendar_set()
    with pytest.raises(KeyError):
        night_steps(weekend.calendar, {}, PARIS, date(2026, 6, 21))

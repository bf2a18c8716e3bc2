"""A year of nights: hours and energy against worked examples."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from schedules.compute import led_power_ratio
from schedules.library import sample
from schedules.model import ActivePeriod, ControlProgram, Place, SolarEvent
from schedules.night_arrays import NightArrays, many_nights
from tests.schedules.programs import (
    ALL_NIGHT,
    BREST,
    CIVIL_DAWN,
    CIVIL_DUSK,
    DIJON,
    LILLE,
    NICE,
    OSLO,
    PARIS,
    SUNRISE,
    SUNSET,
    clock,
    evenings_of,
    only,
    places_of,
    program,
    solar,
)

HOUR_S = 3600.0

SUNSET_TO_SUNRISE = program(*ALL_NIGHT, name="sunset to sunrise")
QUARTER_HOUR_LATER = program(
    ActivePeriod(solar(SolarEvent.SUNSET, 15), solar(SolarEvent.SUNRISE, -15)), name="+15/-15"
)
CIVIL = program(ActivePeriod(CIVIL_DUSK, CIVIL_DAWN), name="civil")
CUT_AT_23 = program(
    ActivePeriod(SUNSET, clock("23:00")), ActivePeriod(clock("05:00"), SUNRISE), name="23 to 5"
)
CUT_AT_0 = program(
    ActivePeriod(SUNSET, clock("00:00")), ActivePeriod(clock("05:00"), SUNRISE), name="0 to 5"
)


def year_2026(chosen: ControlProgram, place: Place) -> NightArrays:
    return many_nights(only(chosen), places_of(place), evenings_of(2026))


def hours(chosen: ControlProgram, place: Place) -> float:
    return float(year_2026(chosen, place).burning_s().sum()) / HOUR_S


@pytest.mark.parametrize(
    ("place", "plain", "shifted", "civil"),
    [
        pytest.param(PARIS, 4287.5, 4105.0, 3857.0, id="Paris"),
        pytest.param(DIJON, 4291.4, 4108.9, 3877.3, id="Dijon"),
        pytest.param(LILLE, 4282.5, 4100.0, 3830.4, id="Lille"),
        pytest.param(NICE, 4299.2, 4116.7, 3917.3, id="Nice"),
        pytest.param(BREST, 4288.7, 4106.2, 3863.4, id="Brest"),
        pytest.param(OSLO, 4240.1, 4057.6, 3563.9, id="Oslo"),
    ],
)
def test_hours_of_a_year(place: Place, plain: float, shifted: float, civil: float) -> None:
    assert hours(SUNSET_TO_SUNRISE, place) == pytest.approx(plain, abs=0.5)
    assert hours(QUARTER_HOUR_LATER, place) == pytest.approx(shifted, abs=0.5)
    assert hours(CIVIL, place) == pytest.approx(civil, abs=0.5)


def test_hours_left_by_an_extinction_in_dijon() -> None:
    assert hours(CUT_AT_23, DIJON) == pytest.approx(2101.4, abs=0.5)
    assert hours(CUT_AT_0, DIJON) == pytest.approx(2466.4, abs=0.5)


def test_an_extinction_from_23_to_5_takes_2190_hours_to_the_second() -> None:
    whole, cut = (year_2026(one, DIJON).burning_s().sum() for one in (SUNSET_TO_SUNRISE, CUT_AT_23))
    assert whole - cut == 2190 * HOUR_S


def test_energy_of_a_dimmed_led_of_64_w_in_dijon() -> None:
    evening_dimming = sample("evening_dimming").calendar_set()
    nights = many_nights(evening_dimming, places_of(DIJON), evenings_of(2026))
    durations_h = nights.durations_s() / HOUR_S
    levels = nights.changes.level_percent
    ratios = np.vectorize(led_power_ratio)(levels)
    assert durations_h[levels == 100].sum() == pytest.approx(1382.55, abs=0.5)
    assert durations_h[levels == 50].sum() == pytest.approx(2908.80, abs=0.5)
    assert (durations_h * ratios).sum() == pytest.approx(2909.7, abs=0.5)
    assert 64 * (durations_h * ratios).sum() / 1000 == pytest.approx(186.22, abs=0.05)


def test_a_year_of_nights_lasts_a_year() -> None:
    total = timedelta(seconds=float(year_2026(CIVIL, DIJON).durations_s().sum()))
    assert total == timedelta(days=365)

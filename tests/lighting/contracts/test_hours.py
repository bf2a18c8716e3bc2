"""Burning hours of a regime: T-21, T-23 and the table of the domain reference."""

from datetime import date, time

import pytest

from lighting.contracts.hours import burning_seconds, by_hours
from lighting.contracts.model import Regime
from schedules.model import Place

DIJON = Place(47.3220, 5.0415, "Europe/Paris")
PARIS = Place(48.8566, 2.3522, "Europe/Paris")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("place", "regime", "hours"),
    [
        pytest.param(DIJON, Regime(), 4291.4, id="Dijon, sunset to sunrise"),
        pytest.param(DIJON, Regime(15, -15), 4108.9, id="Dijon, a quarter-hour off each end"),
        pytest.param(PARIS, Regime(15, -15), 4105.0, id="Paris, a quarter-hour off each end"),
        pytest.param(DIJON, Regime(0, 0, time(23), time(5)), 2101.4, id="Dijon, cut 23 to 05"),
        pytest.param(DIJON, Regime(0, 0, time(0), time(5)), 2466.4, id="Dijon, cut 00 to 05"),
    ],
)
def test_t23_hours_of_2026(place: Place, regime: Regime, hours: float) -> None:
    lit_s = burning_seconds(regime, place, FIRST, LAST)
    assert len(lit_s) == 365
    assert sum(lit_s.values()) / 3600 == pytest.approx(hours, abs=1)


def test_t21_the_cut_lasts_an_hour_less_or_more_when_clocks_change() -> None:
    whole = burning_seconds(Regime(), DIJON, FIRST, LAST)
    cut = burning_seconds(Regime(0, 0, time(1), time(5)), DIJON, FIRST, LAST)
    lengths = {
        on: round((whole[on] - cut[on]) / 3600)
        for on in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25))
    }
    assert list(lengths.values()) == [4, 3, 5]


def test_hours_are_looked_up_by_regime_and_span() -> None:
    table = {Regime(): {date(2026, 1, 1): 3600, date(2026, 1, 2): 1800}}
    hours_of = by_hours(table)
    assert hours_of(Regime(), date(2026, 1, 2), date(2026, 1, 9)) == pytest.approx(0.5)
    assert hours_of(Regime(), date(2026, 1, 1), date(2026, 1, 2)) == pytest.approx(1.5)

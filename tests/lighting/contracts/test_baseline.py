"""Adjusted baseline, savings and settlement: worked examples T-01 to T-04, T-11."""

from datetime import date, time
from decimal import Decimal
from uuid import UUID

import pytest

from lighting.contracts.baseline import adjusted_baseline, energy_kwh, reference_kwh
from lighting.contracts.circuit_power import circuit_power_w
from lighting.contracts.model import (
    Adjustment,
    AdjustmentKind,
    Baseline,
    BaselineGroup,
    Regime,
    Savings,
)
from lighting.contracts.settlement import GapVerdict, Outcome, Terms, reconcile, settle

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
ALL_NIGHT = Regime(15, -15)
CUT = Regime(15, -15, time(23), time(5))


def group(code: str, light_count: int, power_w: int) -> BaselineGroup:
    return BaselineGroup(code, "HPS", light_count, Decimal(power_w))


def baseline(*groups: BaselineGroup, adjustments: tuple[Adjustment, ...] = ()) -> Baseline:
    return Baseline(
        id=UUID(int=1),
        name="2024",
        valid_from=FIRST,
        reference_hours=Decimal(4200),
        regime=ALL_NIGHT,
        lat_deg=47.322,
        lon_deg=5.0415,
        timezone="Europe/Paris",
        source="inventory signed on 2024-12-18",
        groups=groups,
        adjustments=adjustments,
    )


def change(version: int, kind: AdjustmentKind, count: int, power_w: int) -> Adjustment:
    return Adjustment(
        version, kind, FIRST, "quay", light_count=count, circuit_power_w=Decimal(power_w)
    )


def computed_hours(regime: Regime, first: date, last: date) -> Decimal:
    """4,100 h a year all night and 2,100 h with the cut, spread evenly over the days."""
    year_h = 4100 if regime == ALL_NIGHT else 2100
    return Decimal(year_h) * ((last - first).days + 1) / 365


T01 = baseline(
    group("A", 400, 170),
    group("B", 600, 83),
    adjustments=(
        change(1, AdjustmentKind.REMOVAL, 10, 170),
        change(2, AdjustmentKind.ADDITION, 50, 83),
    ),
)
T01_MEASURED_KWH = Decimal(390 * 75 + 650 * 36) * 2870 / 1000


def test_t01_savings_are_counted_against_the_adjusted_baseline() -> None:
    reference = sum(reference_kwh(one, T01.reference_hours) for one in T01.groups)
    assert reference == Decimal(494_760)
    adjusted = adjusted_baseline(T01, FIRST, LAST, computed_hours)
    assert adjusted.energy_kwh == Decimal(493_025)
    assert adjusted.perimeter_version == 2
    assert Decimal("151105.5") == T01_MEASURED_KWH
    savings = Savings(adjusted.energy_kwh, T01_MEASURED_KWH)
    assert savings.saved_kwh == Decimal("341919.5")
    assert savings.share is not None
    assert round(savings.share * 100, 4) == Decimal("69.3514")
    unadjusted = 1 - T01_MEASURED_KWH / reference
    assert round(unadjusted * 100, 4) == Decimal("69.4588")


@pytest.mark.parametrize(
    ("measured_kwh", "outcome", "amount_eur"),
    [
        pytest.param("151105.5", Outcome.BONUS, "2038.05875", id="T-02 bonus"),
        pytest.param("185000", Outcome.MALUS, "2363.8375", id="T-03 malus"),
        pytest.param("172000", Outcome.NEUTRAL, "0", id="T-03 within the dead band"),
    ],
)
def test_t02_t03_settlement(measured_kwh: str, outcome: Outcome, amount_eur: str) -> None:
    terms = Terms(Decimal("0.65"), Decimal("0.19"))
    settled = settle(Decimal(493_025), Decimal(measured_kwh), terms)
    assert settled.target_kwh == Decimal("172558.75")
    assert (settled.outcome, settled.amount_eur) == (outcome, Decimal(amount_eur))


def test_t02_excess_is_negative_when_the_contractor_did_better() -> None:
    settled = settle(Decimal(493_025), Decimal("151105.5"), Terms(Decimal("0.65"), Decimal("0.19")))
    assert settled.excess_kwh == Decimal("-21453.25")


def test_t04_an_extinction_decided_by_the_city_is_not_credited() -> None:
    decision = Adjustment(1, AdjustmentKind.CITY_HOURS, FIRST, "municipal order", regime=CUT)
    cut = baseline(group("A", 1000, 114), adjustments=(decision,))
    raw = 1 - Decimal(94_500) / reference_kwh(cut.groups[0], Decimal(4200))
    assert round(raw * 100, 2) == Decimal("80.26")
    adjusted = adjusted_baseline(cut, FIRST, LAST, computed_hours)
    assert adjusted.energy_kwh == Decimal(239_400)
    savings = Savings(adjusted.energy_kwh, Decimal(94_500))
    assert savings.share is not None
    assert round(savings.share * 100, 4) == Decimal("60.5263")
    settled = settle(
        adjusted.energy_kwh, savings.measured_kwh, Terms(Decimal("0.65"), Decimal("0.19"))
    )
    assert (settled.outcome, settled.excess_kwh) == (Outcome.MALUS, Decimal(10_710))
    assert settled.amount_eur == Decimal("2034.90")


def test_changes_count_from_their_day_to_their_last_day() -> None:
    since = Adjustment(
        1,
        AdjustmentKind.ADDITION,
        date(2026, 7, 1),
        "new street",
        effective_to=date(2026, 7, 31),
        light_count=10,
        circuit_power_w=Decimal(100),
    )
    adjusted = adjusted_baseline(baseline(adjustments=(since,)), FIRST, LAST, computed_hours)
    assert round(adjusted.energy_kwh, 6) == round(Decimal(4100) * 31 / 365, 6)
    before = adjusted_baseline(
        baseline(adjustments=(since,)), FIRST, date(2026, 6, 30), computed_hours
    )
    assert (before.energy_kwh, before.perimeter_version) == (0, 0)


def test_other_loads_on_the_meter_count_by_the_day() -> None:
    lights = Adjustment(
        1,
        AdjustmentKind.OTHER_LOAD,
        date(2026, 12, 1),
        "festive lights",
        effective_to=date(2027, 1, 6),
        kwh_per_day=Decimal("12.5"),
    )
    adjusted = adjusted_baseline(
        baseline(adjustments=(lights,)), date(2026, 12, 1), LAST, computed_hours
    )
    assert adjusted.energy_kwh == Decimal("387.5")


def test_a_later_city_decision_replaces_an_earlier_one() -> None:
    cut = Adjustment(1, AdjustmentKind.CITY_HOURS, FIRST, "order 1", regime=CUT)
    back = Adjustment(2, AdjustmentKind.CITY_HOURS, date(2026, 7, 1), "order 2", regime=ALL_NIGHT)
    adjusted = adjusted_baseline(
        baseline(group("A", 1, 1000), adjustments=(cut, back)), FIRST, LAST, computed_hours
    )
    expected = Decimal(2100) * 181 / 365 + Decimal(4100) * 184 / 365
    assert round(adjusted.applied_hours, 6) == round(expected, 6)
    assert adjusted.reference_hours == 4100


def test_a_metered_baseline_follows_the_length_of_the_nights() -> None:
    metered = BaselineGroup("M", "mixed", 100, Decimal(0), reference_kwh=Decimal(42_000))
    adjusted = adjusted_baseline(baseline(metered), FIRST, LAST, computed_hours)
    assert adjusted.energy_kwh == Decimal(41_000)


def test_t11_theoretical_energy_and_its_gap_to_the_meter() -> None:
    lamps = [
        ("HPS", 70, 120),
        ("HPS", 100, 80),
        ("HPS", 150, 60),
        ("HPS", 250, 20),
        ("MH", 150, 10),
        ("HG", 125, 40),
    ]
    circuit_w = sum((circuit_power_w(kind, watts) or 0) * count for kind, watts, count in lamps)
    lamp_w = sum(watts * count for _, watts, count in lamps)
    assert (circuit_w, lamp_w) == (41_980, 36_900)
    assert energy_kwh(1, Decimal(circuit_w), Decimal(4100)) == Decimal(172_118)
    assert energy_kwh(1, Decimal(lamp_w), Decimal(4100)) == Decimal(151_290)
    assert round(Decimal(circuit_w) / lamp_w - 1, 4) == Decimal("0.1377")
    theory = energy_kwh(1, Decimal(circuit_w), Decimal(4105))
    assert theory == Decimal("172327.9")
    gap, verdict = reconcile(Decimal(168_900), theory)
    assert (round(gap * 100, 4), verdict) == (Decimal("-1.9892"), GapVerdict.OK)


@pytest.mark.parametrize(
    ("metered_kwh", "verdict"), [(106, GapVerdict.REVIEW), (84, GapVerdict.TICKET)]
)
def test_gaps_ask_for_eyes_or_for_a_ticket(metered_kwh: int, verdict: GapVerdict) -> None:
    assert reconcile(Decimal(metered_kwh), Decimal(100))[1] is verdict


def test_an_led_nameplate_is_the_system_and_an_unknown_lamp_is_unknown() -> None:
    assert circuit_power_w("LED", 36) == 36
    assert circuit_power_w("HPS", 123) is None

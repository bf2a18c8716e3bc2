"""Bills from dated rates, to the last digit: T-32, and CO2: T-35."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from lighting.contracts.bill import Usage, bill, power_class, rates_on, stretches, total
from lighting.contracts.co2 import emissions_kg, factor_on, territory_of
from lighting.contracts.model import Co2Factor, Component, FactorKind, PowerClass, Rate

TOWN, SYNDICATE, CABINET = UUID(int=1), UUID(int=2), UUID(int=3)
ON = date(2026, 10, 1)

T32 = {
    Component.SUPPLY_ENERGY: Decimal("0.11"),
    Component.NETWORK_ENERGY: Decimal("0.045"),
    Component.SUPPLY_FIXED: Decimal(310 * 12),
    Component.NETWORK_FIXED: Decimal(140 * 12),
    Component.EXCISE: Decimal("30.85"),
    Component.CTA: Decimal("0.15"),
    Component.VAT: Decimal("0.20"),
}


def rate(component: Component, value: str, since: date = date(2026, 1, 1), **scope: object) -> Rate:
    return Rate(component, since, Decimal(value), "contract", **scope)  # type: ignore[arg-type]


def test_t32_the_bill_to_the_cent() -> None:
    priced = bill(Usage(12_500_000, Decimal(1)), T32)
    amounts = {line.component: line.amount_eur for line in priced.lines}
    assert amounts[Component.EXCISE] == Decimal("385.625")
    assert amounts[Component.CTA] == Decimal(21)
    assert priced.excluding_vat_eur == Decimal("2794.125")
    assert priced.including_vat_eur == Decimal("3352.95")


def test_subscribed_power_is_paid_by_kva_and_carries_cta() -> None:
    rates = {Component.NETWORK_POWER: Decimal(24), Component.CTA: Decimal("0.15")}
    priced = bill(Usage(0, Decimal(1), Decimal(12)), rates)
    assert [line.amount_eur for line in priced.lines] == [Decimal(24), Decimal("3.6")]


def test_bills_add_up_component_by_component() -> None:
    half = bill(Usage(6_250_000, Decimal("0.5")), T32)
    assert total([half, half]).including_vat_eur == Decimal("3352.95")
    assert total([half, half]).lines[0].rate == Decimal(3720)
    assert total([]).lines == []


def test_the_nearest_rate_holds_and_within_it_the_newest() -> None:
    rates = [
        rate(Component.SUPPLY_ENERGY, "0.20"),
        rate(Component.SUPPLY_ENERGY, "0.15", organisation_id=SYNDICATE),
        rate(Component.SUPPLY_ENERGY, "0.12", organisation_id=TOWN),
        rate(Component.SUPPLY_ENERGY, "0.11", date(2026, 7, 1), organisation_id=TOWN),
        rate(Component.SUPPLY_ENERGY, "0.10", date(2026, 12, 1), organisation_id=TOWN),
        rate(Component.SUPPLY_ENERGY, "0.09", cabinet_id=CABINET),
    ]
    near = [TOWN, SYNDICATE]
    found = Component.SUPPLY_ENERGY
    assert rates_on(ON, rates, near)[found] == Decimal("0.11")
    assert rates_on(date(2026, 3, 1), rates, near)[found] == Decimal("0.12")
    assert rates_on(ON, rates, near, cabinet_id=CABINET)[found] == Decimal("0.09")
    assert rates_on(ON, rates, [SYNDICATE])[found] == Decimal("0.15")
    assert rates_on(ON, rates, [])[found] == Decimal("0.20")
    assert rates_on(date(2020, 1, 1), rates, near) == {}


def test_the_excise_depends_on_the_power_subscribed() -> None:
    rates = [
        rate(Component.EXCISE, "30.85", power_class=PowerClass.LOW),
        rate(Component.EXCISE, "26.58", power_class=PowerClass.HIGH),
    ]
    assert power_class(None) is PowerClass.LOW
    assert power_class(Decimal(36)) is PowerClass.LOW
    high = power_class(Decimal(42))
    assert rates_on(ON, rates, [], of_class=high)[Component.EXCISE] == Decimal("26.58")


def test_a_month_is_cut_where_a_rate_changes() -> None:
    first, last = date(2026, 2, 1), date(2026, 2, 28)
    rates = [rate(Component.EXCISE, "1", day) for day in (first, date(2026, 2, 15))]
    assert stretches(first, last, rates) == [
        (first, date(2026, 2, 14)),
        (date(2026, 2, 15), last),
    ]
    assert stretches(first, last, []) == [(first, last)]


def test_t35_emissions_depend_on_the_factor() -> None:
    saved = Decimal("341919.5")
    french = Co2Factor("FR", FactorKind.AVERAGE, ON, Decimal("0.040"), "S47")
    oslo = Co2Factor("NO", FactorKind.AVERAGE, ON, Decimal("0.320"), "implied by S15")
    assert round(emissions_kg(saved, french), 1) == Decimal("13676.8")
    assert round(emissions_kg(saved, oslo)) == 109_414


def test_the_factor_is_that_of_the_territory_and_the_date() -> None:
    factors = [
        Co2Factor("FR", FactorKind.AVERAGE, date(2012, 4, 10), Decimal("0.053"), "2012"),
        Co2Factor("FR", FactorKind.AVERAGE, date(2024, 1, 1), Decimal("0.040"), "2024"),
        Co2Factor("FR", FactorKind.MARGINAL, date(2025, 1, 1), Decimal("0.4"), "marginal"),
        Co2Factor("RE", FactorKind.AVERAGE, date(2012, 4, 10), Decimal("0.764"), "2012"),
    ]
    newest = factor_on(factors, "FR", ON)
    assert newest is not None
    assert newest.kg_per_kwh == Decimal("0.040")
    older = factor_on(factors, "FR", date(2020, 1, 1))
    assert older is not None
    assert older.source == "2012"
    assert factor_on(factors, "FR", date(2000, 1, 1)) is None
    assert factor_on(factors, "DE", ON) is None


def test_overseas_and_corsican_towns_have_their_own_grid() -> None:
    codes = ["21231", "2A004", "2B033", "97105", "97302", "97411", None]
    assert [territory_of(code) for code in codes] == [
        *("FR", "FR-20R", "FR-20R", "GP", "GF", "RE", "FR")
    ]

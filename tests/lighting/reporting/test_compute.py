"""Figures of a month from its facts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from lighting.contracts.model import Component, Rate
from lighting.reporting.availability import light_figures
from lighting.reporting.changes import changes
from lighting.reporting.compute import added, figures
from lighting.reporting.model import (
    NO_CABINET,
    CabinetDay,
    CabinetFacts,
    Change,
    Energy,
    OutageFacts,
)
from lighting.reporting.money import shown, to_cents
from tests.lighting.reporting import samples

MIDNIGHT = datetime(2026, 10, 1, tzinfo=UTC)
MONTH = (MIDNIGHT, MIDNIGHT + timedelta(days=31))
HOUR = timedelta(hours=1)


def test_days_and_cabinets_add_up_to_the_total() -> None:
    found = figures(samples.inputs())
    assert added(day.energy for day in found.days) == found.total
    assert added(cabinet.energy for cabinet in found.cabinets) == found.total
    assert len(found.days) == 31
    assert sum(one.light_point_count for one in found.cabinets) == found.light_point_count


def test_what_is_shown_of_a_bill_adds_up_to_the_cent() -> None:
    found = figures(samples.inputs())
    assert found.cost is not None
    bill = found.cost.bill
    assert sum(line.amount_eur for line in bill.lines) == bill.excluding_vat_eur
    assert bill.including_vat_eur == bill.including_vat_eur.quantize(Decimal("0.01"))
    costs = [one.cost_eur for one in found.cabinets if one.cost_eur is not None]
    assert sum(costs) == found.cost.including_vat_eur


def test_t32_the_month_of_one_delivery_point_is_billed_to_the_cent() -> None:
    def rate(component: Component, value: str) -> Rate:
        return Rate(component, date(2026, 1, 1), Decimal(value), "T-32")

    month = samples.inputs(
        cabinets=[CabinetFacts(UUID(int=1), "A", "", None, None)],
        cabinet_days=[CabinetDay(0, samples.FIRST, 1, Energy(measured_wh=12_500_000))],
        rates=[
            rate(Component.SUPPLY_ENERGY, "0.11"),
            rate(Component.NETWORK_ENERGY, "0.045"),
            rate(Component.SUPPLY_FIXED, "3720"),
            rate(Component.NETWORK_FIXED, "1680"),
            rate(Component.EXCISE, "30.85"),
            rate(Component.CTA, "0.15"),
            rate(Component.VAT, "0.20"),
        ],
    )
    cost = figures(month).cost
    assert cost is not None
    assert cost.including_vat_eur == Decimal("3352.95")


def test_a_rate_that_changes_within_the_month_counts_from_its_day() -> None:
    dearer = Rate(
        Component.SUPPLY_ENERGY,
        date(2026, 10, 16),
        Decimal("0.2284"),
        "amendment",
        organisation_id=samples.TOWN,
    )
    plain = figures(samples.inputs()).cost
    later = figures(samples.inputs(rates=[*samples.rates(), dearer])).cost
    assert plain is not None
    assert later is not None
    second_half_wh = sum(
        day.energy.energy_wh for day in samples.cabinet_days() if day.on >= date(2026, 10, 16)
    )
    dearer_by = Decimal(second_half_wh) / 1000 * Decimal("0.1142") * Decimal("1.2")
    difference = later.including_vat_eur - plain.including_vat_eur
    assert abs(difference - dearer_by) < Decimal("0.02")


def test_without_a_supply_price_there_is_no_cost() -> None:
    rates = [one for one in samples.rates() if one.component is not Component.SUPPLY_ENERGY]
    found = figures(samples.inputs(rates=rates))
    assert found.cost is None
    assert {one.cost_eur for one in found.cabinets} == {None}


def test_light_points_without_a_cabinet_pay_no_standing_charge() -> None:
    alone = CabinetDay(NO_CABINET, samples.FIRST, 3, Energy(measured_wh=1_000_000))
    found = figures(samples.inputs(cabinets=[], cabinet_days=[alone]))
    assert found.cost is not None
    paid = {line.component for line in found.cost.bill.lines}
    assert paid == {Component.SUPPLY_ENERGY, Component.NETWORK_ENERGY, Component.EXCISE}
    assert found.cabinets[0].code == ""


def test_savings_follow_the_adjusted_baseline() -> None:
    found = figures(samples.inputs())
    savings = found.savings
    assert savings is not None
    assert savings.adjusted.perimeter_version == 2
    assert savings.credited_kwh == savings.adjusted.energy_kwh * found.total.covered_share
    assert savings.saved_kwh == savings.credited_kwh - found.total.energy_kwh
    assert savings.is_guarantee_kept is True
    assert found.co2 is not None
    assert found.co2.avoided_kg == savings.saved_kwh * Decimal("0.040")


def test_what_is_not_known_is_not_credited() -> None:
    half = Energy(measured_wh=500_000, expected_s=7200, measured_s=3600, missing_s=3600)
    found = figures(samples.inputs(cabinet_days=[CabinetDay(0, samples.FIRST, 1, half)]))
    assert found.savings is not None
    assert found.savings.credited_kwh == found.savings.adjusted.energy_kwh / 2
    none = Energy(expected_s=7200, missing_s=7200)
    empty = figures(samples.inputs(cabinet_days=[CabinetDay(0, samples.FIRST, 1, none)]))
    assert empty.savings is None


def test_without_baseline_or_factor_nothing_is_claimed() -> None:
    found = figures(samples.inputs(baseline=None, co2_factor=None))
    assert found.savings is None
    assert found.co2 is None


def outage(code: str, start_h: float, end_h: float | None) -> OutageFacts:
    cleared_at = None if end_h is None else MIDNIGHT + end_h * HOUR
    return OutageFacts(code, "rue", "A", MIDNIGHT + start_h * HOUR, cleared_at)


NIGHTS = [(MIDNIGHT + n * 24 * HOUR, MIDNIGHT + (n * 24 + 10) * HOUR) for n in range(31)]


@pytest.mark.parametrize(
    ("outages", "dark_hours"),
    [
        pytest.param([outage("a", 2, 5)], 3, id="within a night"),
        pytest.param([outage("a", 12, 20)], 0, id="by day"),
        pytest.param([outage("a", 8, 26)], 4, id="across a day"),
        pytest.param([outage("a", -50, 1)], 1, id="since the month before"),
        pytest.param([outage("a", 30 * 24 + 5, None)], 5, id="still out"),
        pytest.param([outage("a", 1, 4), outage("a", 3, 6)], 5, id="overlapping, counted once"),
        pytest.param([outage("a", 1, 4), outage("b", 3, 6)], 6, id="two lamps"),
    ],
)
def test_dark_hours_are_outage_within_planned_light(
    outages: list[OutageFacts], dark_hours: int
) -> None:
    found = light_figures(10, NIGHTS, outages, MONTH)
    assert found.dark_hours == dark_hours
    assert found.planned_hours == 3100
    assert found.availability == 1 - Decimal(dark_hours) / 3100


def test_the_longest_outage_comes_first_and_what_is_still_out_is_counted() -> None:
    found = light_figures(10, NIGHTS, [outage("a", 1, 2), outage("b", 1, None)], MONTH)
    assert [one.light_point_code for one in found.outages] == ["b", "a"]
    assert found.still_out_count == 1
    assert light_figures(0, [], [], MONTH).availability == 1


def test_cents_add_up_whatever_the_amounts() -> None:
    thirds = [Decimal(1) / 3] * 3
    assert shown(thirds, Decimal(1)) == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]
    assert to_cents(Decimal("2794.125")) == Decimal("2794.13")


def test_late_data_leaves_a_trace_of_what_changed() -> None:
    before = figures(samples.inputs())
    days = samples.cabinet_days()
    late = days[0]._replace(energy=days[0].energy._replace(measured_wh=60_000))
    after = figures(samples.inputs(cabinet_days=[late, *days[1:]]))
    found = {one.what: one for one in changes(before, after)}
    assert {"energy", "measured", "cost", "saved", "co2", "cabinet:ARM-001"} == set(found)
    gained = Decimal(60_000 - days[0].energy.measured_wh) / 1000
    cabinet = found["cabinet:ARM-001"]
    assert cabinet.after is not None
    assert cabinet.before is not None
    assert cabinet.after - cabinet.before == gained
    assert changes(before, before) == [Change("facts", None, None)]

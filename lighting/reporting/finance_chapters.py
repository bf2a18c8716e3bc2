"""The chapters about money, savings and emissions."""

from decimal import Decimal

from lighting.contracts.model import BillLine, Component, Rate
from lighting.reporting.document import Column, Kind, Row, Section, Table
from lighting.reporting.model import CostFigures, Figures, SavingsFigures
from lighting.reporting.texts import Words
from lighting.reporting.wording import HARD_SPACE, Wording, decimals_of

SHARE_COMPONENTS = (Component.CTA, Component.VAT)


def finance_sections(figures: Figures, words: Words, say: Wording) -> list[Section]:
    """Cost, savings, CO2; each says why when it has nothing to show."""
    return [
        _cost_section(figures.cost, words, say),
        _savings_section(figures.savings, words, say),
        _co2_section(figures, words, say),
    ]


def _cost_section(cost: CostFigures | None, words: Words, say: Wording) -> Section:
    if cost is None:
        return Section(words("costs"), [words("costs_none")])
    columns = [
        Column(words("component"), Kind.TEXT),
        Column(words("quantity"), Kind.QUANTITY, "", 3),
        Column(words("unit"), Kind.TEXT),
        Column(words("rate"), Kind.TEXT),
        Column(words("amount"), Kind.EUR, "€"),
    ]
    rows: list[Row] = [_bill_row(line, words, say) for line in cost.bill.lines]
    blank = ("", "", "")
    rows.append((words("excluding_vat"), *blank, cost.bill.excluding_vat_eur))
    rows.append((words("vat_line"), *blank, cost.bill.vat_eur))
    total = (words("including_vat"), *blank, cost.including_vat_eur)
    bill = Table("bill", words("costs"), columns, rows, total)
    return Section(words("costs"), [words("costs_text")], [bill, _rate_table(cost, words, say)])


def _bill_row(line: BillLine, words: Words, say: Wording) -> Row:
    rate = _rate_text(line.component, line.rate, words, say) if line.rate else words("several")
    return (
        words.components[line.component],
        line.quantity,
        words.units[line.unit],
        rate,
        line.amount_eur,
    )


def _rate_table(cost: CostFigures, words: Words, say: Wording) -> Table:
    columns = [
        Column(words("component"), Kind.TEXT),
        Column(words("rate"), Kind.TEXT),
        Column(words("valid_from"), Kind.TEXT),
        Column(words("source"), Kind.TEXT),
    ]
    rows = [_rate_row(rate, words, say) for rate in cost.rates]
    return Table("rates", words("rates"), columns, rows)


def _rate_row(rate: Rate, words: Words, say: Wording) -> Row:
    name = words.components[rate.component]
    if rate.power_class is not None:
        name += " (> 36 kVA)" if rate.power_class.value == "high" else " (≤ 36 kVA)"
    value = _rate_text(rate.component, rate.value, words, say)
    return name, value, say.day(rate.valid_from), rate.source


_RATE_UNITS = {
    Component.SUPPLY_FIXED: "rate_per_year",
    Component.NETWORK_FIXED: "rate_per_year",
    Component.NETWORK_POWER: "rate_per_kva_year",
    Component.SUPPLY_ENERGY: "rate_per_kwh",
    Component.NETWORK_ENERGY: "rate_per_kwh",
    Component.EXCISE: "rate_per_mwh",
}


def _rate_text(component: Component, value: Decimal, words: Words, say: Wording) -> str:
    """A rate with its unit: a share for levies on amounts, euros per something else."""
    if component in SHARE_COMPONENTS:
        return say.share(value, 2)
    figure = say.number(value, max(2, decimals_of(value)))
    return words(_RATE_UNITS[component], value=figure)


def _savings_section(savings: SavingsFigures | None, words: Words, say: Wording) -> Section:
    if savings is None:
        return Section(words("savings"), [words("savings_none")])
    tables = [_baseline_table(savings, words), _result_table(savings, words, say)]
    return Section(words("savings"), [words("savings_text")], tables)


def _baseline_table(savings: SavingsFigures, words: Words) -> Table:
    columns = [
        Column(words("line"), Kind.TEXT),
        Column("", Kind.TEXT),
        Column(words("points"), Kind.COUNT),
        Column(words("power"), Kind.QUANTITY, "W", 1),
        Column(words("hours"), Kind.HOURS, "h", 2),
        Column(words("energy"), Kind.KWH, "kWh", 1),
    ]
    adjusted = savings.adjusted
    rows = [
        (
            line.label,
            words.baseline_lines[line.kind],
            line.light_count,
            line.circuit_power_w,
            line.hours,
            line.energy_kwh,
        )
        for line in adjusted.lines
    ]
    title = words("baseline_lines", name=savings.baseline.name, version=adjusted.perimeter_version)
    total = (words("adjusted"), "", None, None, None, adjusted.energy_kwh)
    return Table("baseline", title, columns, rows, total, sheet=words("baseline_sheet"))


def _result_table(savings: SavingsFigures, words: Words, say: Wording) -> Table:
    def kwh(value: Decimal) -> str:
        return f"{say.number(value, 1)}{HARD_SPACE}kWh"

    def hours(value: Decimal) -> str:
        return f"{say.number(value, 2)}{HARD_SPACE}h"

    guaranteed = savings.baseline.guaranteed_share
    rows: list[Row] = [
        (words("reference_hours"), hours(savings.adjusted.reference_hours)),
        (words("applied_hours"), hours(savings.adjusted.applied_hours)),
        (words("adjusted"), kwh(savings.adjusted.energy_kwh)),
        (words("covered"), say.share(savings.covered_share, 2)),
        (words("credited"), kwh(savings.credited_kwh)),
        (words("actual"), kwh(savings.actual_kwh)),
        (words("saved"), kwh(savings.saved_kwh)),
        (words("saved_share"), say.share(savings.saved_share, 2)),
    ]
    if guaranteed is not None:
        rows.append((words("guaranteed"), say.share(guaranteed, 2)))
    columns = [Column(words("what"), Kind.TEXT), Column(words("value"), Kind.VALUE)]
    return Table("savings", words("savings_result"), columns, rows)


def _co2_section(figures: Figures, words: Words, say: Wording) -> Section:
    co2 = figures.co2
    if co2 is None:
        return Section(words("co2_title"), [words("co2_none")])
    text = words(
        "co2_text",
        factor=say.number(co2.factor.kg_per_kwh, 3),
        territory=co2.factor.territory,
        since=say.day(co2.factor.valid_from),
        source=co2.factor.source,
    )
    rows: list[Row] = [(words("emitted"), figures.total.energy_kwh, co2.emitted_kg)]
    if figures.savings is not None and co2.avoided_kg is not None:
        rows.append((words("avoided"), figures.savings.saved_kwh, co2.avoided_kg))
    columns = [
        Column(words("what"), Kind.TEXT),
        Column(words("energy"), Kind.KWH, "kWh", 1),
        Column(words("co2"), Kind.KG, "kg", 1),
    ]
    return Section(words("co2_title"), [text], [Table("co2", words("co2_title"), columns, rows)])

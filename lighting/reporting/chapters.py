"""The chapters after the first page: energy, euros, savings, CO2, outages, method."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lighting.reporting.document import Column, Kind, Remark, Row, Section, Table
from lighting.reporting.model import (
    NO_CABINET,
    SECONDS_PER_HOUR,
    CabinetFigure,
    Change,
    DelayFacts,
    Energy,
    Figures,
    ReportInputs,
)
from lighting.reporting.texts import Words
from lighting.reporting.wording import Wording

PRINTED_OUTAGES_MAX = 40
# Below this much energy in a table, a decimal still means something.
WHOLE_KWH_FROM = Decimal(10_000)


def energy_sections(figures: Figures, words: Words) -> list[Section]:
    """Energy by day and by cabinet."""
    return [
        Section(words("days"), tables=[_day_table(figures, words)]),
        Section(words("cabinets"), tables=[_cabinet_table(figures, words)]),
    ]


def _kwh_decimals(whole: Energy) -> int:
    return 0 if whole.energy_kwh >= WHOLE_KWH_FROM else 1


def _energy_columns(words: Words, decimals: int) -> list[Column]:
    return [
        Column(words(key), Kind.KWH, "kWh", decimals)
        for key in ("measured", "bridged", "estimated", "energy")
    ]


def _energy_cells(energy: Energy) -> list[Decimal]:
    amounts = (energy.measured_wh, energy.bridged_wh, energy.estimated_wh, energy.energy_wh)
    return [Decimal(amount) / 1000 for amount in amounts]


def _day_table(figures: Figures, words: Words) -> Table:
    columns = [
        Column(words("date"), Kind.DATE),
        *_energy_columns(words, _kwh_decimals(figures.total)),
        Column(words("covered"), Kind.SHARE, "", 1),
    ]
    rows = [(day.on, *_energy_cells(day.energy), day.energy.covered_share) for day in figures.days]
    total = (words("total"), *_energy_cells(figures.total), figures.total.covered_share)
    return Table("days", words("days"), columns, rows, total, words("days_note"))


def _cabinet_table(figures: Figures, words: Words) -> Table:
    decimals = _kwh_decimals(figures.total)
    columns = [
        Column(words("cabinet"), Kind.TEXT),
        Column(words("name"), Kind.TEXT),
        Column(words("prm"), Kind.TEXT, on_paper=False),
        Column(words("points"), Kind.COUNT),
        Column(words("energy"), Kind.KWH, "kWh", decimals),
        Column(words("estimated"), Kind.KWH, "kWh", decimals),
        Column(words("per_point"), Kind.KWH, "kWh", 1),
        Column(words("covered"), Kind.SHARE, "", 1),
        Column(words("cost"), Kind.EUR, "€"),
        Column(words("co2"), Kind.KG, "kg", 1),
    ]
    rows = [_cabinet_row(one, words) for one in figures.cabinets]
    whole = figures.total
    total = (
        words("total"),
        "",
        "",
        figures.light_point_count,
        whole.energy_kwh,
        Decimal(whole.estimated_wh) / 1000,
        _per_point(whole, figures.light_point_count),
        whole.covered_share,
        figures.cost.including_vat_eur if figures.cost else None,
        figures.co2.emitted_kg if figures.co2 else None,
    )
    return Table("cabinets", words("cabinets"), columns, rows, total, words("cabinets_note"))


def _cabinet_row(one: CabinetFigure, words: Words) -> Row:
    return (
        one.code or words("no_cabinet"),
        one.name,
        one.prm,
        one.light_point_count,
        one.energy.energy_kwh,
        Decimal(one.energy.estimated_wh) / 1000,
        _per_point(one.energy, one.light_point_count),
        one.energy.covered_share,
        one.cost_eur,
        one.co2_kg,
    )


def _per_point(energy: Energy, light_point_count: int) -> Decimal | None:
    return energy.energy_kwh / light_point_count if light_point_count else None


def light_point_table(inputs: ReportInputs, words: Words) -> Table:
    """The month of every light point: for spreadsheets."""
    columns = [
        Column(words("light_point"), Kind.TEXT),
        Column(words("street"), Kind.TEXT),
        Column(words("cabinet"), Kind.TEXT),
        *(Column(words(key), Kind.KWH, "kWh", 3) for key in ("energy", "estimated")),
        Column(words("covered"), Kind.SHARE, "", 1),
    ]
    codes = [cabinet.code for cabinet in inputs.cabinets]
    rows = [
        (
            one.code,
            one.street,
            codes[one.cabinet] if one.cabinet != NO_CABINET else words("no_cabinet"),
            one.energy.energy_kwh,
            Decimal(one.energy.estimated_wh) / 1000,
            one.energy.covered_share,
        )
        for one in inputs.light_points
    ]
    return Table("light_points", words("points_month"), columns, rows)


def light_section(figures: Figures, words: Words, say: Wording) -> Section:
    """Availability and the light points that were out."""
    light = figures.light
    text = words(
        "light_text", dark=say.number(light.dark_hours, 1), planned=say.number(light.planned_hours)
    )
    if not light.outages:
        return Section(words("light"), [text, words("say_no_outage")])
    columns = [
        Column(words("light_point"), Kind.TEXT),
        Column(words("street"), Kind.TEXT),
        Column(words("cabinet"), Kind.TEXT),
        Column(words("outages"), Kind.COUNT),
        Column(words("dark"), Kind.HOURS, "h", 1),
        Column(words("first_at"), Kind.INSTANT),
        Column(words("restored_at"), Kind.INSTANT),
    ]
    note = ""
    if len(light.outages) > PRINTED_OUTAGES_MAX:
        count = say.number(len(light.outages))
        note = words("outages_note", shown=PRINTED_OUTAGES_MAX, count=count)
    table = Table(
        "outages",
        words("outages_title"),
        columns,
        [(*one[:-1], one.restored_at or words("still_out")) for one in light.outages],
        note=note,
        printed_max=PRINTED_OUTAGES_MAX,
    )
    return Section(words("light"), [text], [table])


def delay_sections(delays: Sequence[DelayFacts], words: Words) -> Iterator[Section]:
    """Interventions within their delay, by urgency; nothing when none was due."""
    if not delays:
        return
    columns = [
        Column(words("urgency"), Kind.TEXT),
        Column(words("due"), Kind.COUNT),
        Column(words("in_time"), Kind.COUNT),
        Column(words("respect"), Kind.SHARE, "", 1),
        Column(words("median"), Kind.HOURS, "h", 1),
    ]
    rows = [_delay_row(one) for one in delays]
    yield Section(words("delays"), tables=[Table("delays", words("delays"), columns, rows)])


def _delay_row(one: DelayFacts) -> Row:
    median_s = one.median_restore_s
    return (
        one.urgency,
        one.due_count,
        one.in_time_count,
        Decimal(one.in_time_count) / one.due_count if one.due_count else None,
        None if median_s is None else Decimal(median_s) / SECONDS_PER_HOUR,
    )


def change_sections(changes: Sequence[Change], words: Words) -> Iterator[Section]:
    """What late data changed; nothing in a first version."""
    if not changes:
        return
    columns = [
        Column(words("what"), Kind.TEXT),
        Column(words("before"), Kind.QUANTITY, "", 3),
        Column(words("after"), Kind.QUANTITY, "", 3),
    ]
    rows = [(_named(one.what, words), one.before, one.after) for one in changes]
    table = Table("changes", words("changes"), columns, rows, sheet=words("changes_sheet"))
    yield Section(words("changes"), [words("changes_text")], [table])


def _named(what: str, words: Words) -> str:
    key, _, code = what.partition(":")
    return words(f"change_{key}", code=code or words("no_cabinet"))


def method_section(words: Words) -> Section:
    """How the figures are made and how to verify them."""
    subjects = ("energy", "estimate", "verify")
    remarks = [Remark(words(f"method_{one}"), words(f"method_{one}_text")) for one in subjects]
    return Section(words("method"), remarks=remarks)

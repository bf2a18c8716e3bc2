"""From the facts of a month to its figures: sums, euros, CO2, savings, availability. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from lighting.contracts.baseline import adjusted_baseline
from lighting.contracts.bill import NEEDED, Usage, bill, power_class, rates_on, stretches, total
from lighting.contracts.co2 import emissions_kg
from lighting.contracts.hours import by_hours
from lighting.contracts.model import Bill
from lighting.reporting.availability import light_figures
from lighting.reporting.model import (
    NO_CABINET,
    CabinetFacts,
    CabinetFigure,
    Co2Figures,
    CostFigures,
    DayFigure,
    Energy,
    Figures,
    ReportInputs,
    SavingsFigures,
)
from lighting.reporting.money import in_cents, shown
from schedules.night import day_bounds


class CabinetMonth(NamedTuple):
    """The dates of one cabinet, or of the light points without one (`facts` None)."""

    facts: CabinetFacts | None
    light_point_count: int
    by_day: Mapping[date, Energy]

    @property
    def energy(self) -> Energy:
        return added(self.by_day.values())


def figures(inputs: ReportInputs) -> Figures:
    """Everything the report says."""
    months = _cabinet_months(inputs)
    whole = added(month.energy for month in months)
    bills = [_bill(inputs, month) for month in months]
    savings = _savings(inputs, whole)
    start, end = (
        day_bounds(on, inputs.organisation.timezone) for on in (inputs.first, inputs.last)
    )
    return Figures(
        organisation=inputs.organisation,
        first=inputs.first,
        last=inputs.last,
        light_point_count=inputs.light_point_count,
        total=whole,
        year_before=inputs.year_before,
        days=_days(inputs),
        cabinets=_cabinets(inputs, months, bills),
        cost=_cost(inputs, bills),
        co2=_co2(inputs, whole, savings),
        savings=savings,
        light=light_figures(
            inputs.light_point_count, inputs.nights, inputs.outages, (start[0], end[1])
        ),
        delays=inputs.delays,
    )


def added(parts: Iterable[Energy]) -> Energy:
    """Amounts of energy added up."""
    columns = zip(*parts, strict=True)
    return Energy(*(sum(column) for column in columns))


def dates_of(inputs: ReportInputs) -> list[date]:
    """Every date from the first to the last."""
    count = (inputs.last - inputs.first).days + 1
    return [inputs.first + timedelta(days=day) for day in range(count)]


def _days(inputs: ReportInputs) -> list[DayFigure]:
    by_day: dict[date, list[Energy]] = {on: [] for on in dates_of(inputs)}
    for one in inputs.cabinet_days:
        by_day[one.on].append(one.energy)
    return [DayFigure(on, added(parts)) for on, parts in by_day.items()]


def _cabinet_months(inputs: ReportInputs) -> list[CabinetMonth]:
    """Every cabinet in the order of the inputs, then the light points without one if any."""
    by_day: dict[int, dict[date, Energy]] = {at: {} for at in range(len(inputs.cabinets))}
    counts: dict[int, int] = {}
    for one in inputs.cabinet_days:
        by_day.setdefault(one.cabinet, {})[one.on] = one.energy
        counts[one.cabinet] = max(counts.get(one.cabinet, 0), one.light_point_count)
    facts: dict[int, CabinetFacts | None] = dict(enumerate(inputs.cabinets))
    return [
        CabinetMonth(facts.get(at), counts.get(at, 0), days)
        for at, days in sorted(by_day.items(), key=lambda item: (item[0] == NO_CABINET, item[0]))
    ]


def _bill(inputs: ReportInputs, month: CabinetMonth) -> Bill | None:
    """The bill of a cabinet, stretch by stretch where a rate changes; None without a price."""
    kva = month.facts.subscribed_kva if month.facts else None
    parts = []
    for since, until in stretches(inputs.first, inputs.last, inputs.rates):
        rates = rates_on(
            since,
            inputs.rates,
            inputs.organisation_ids,
            cabinet_id=month.facts.id if month.facts else None,
            of_class=power_class(kva),
        )
        if not rates.keys() >= NEEDED:
            return None
        energy_wh = sum(part.energy_wh for on, part in month.by_day.items() if since <= on <= until)
        months = Decimal((until - since).days + 1) / monthrange(since.year, since.month)[1]
        parts.append(bill(Usage(energy_wh, months, kva, 1 if month.facts else 0), rates))
    return total(parts)


def _cost(inputs: ReportInputs, bills: Sequence[Bill | None]) -> CostFigures | None:
    known = [one for one in bills if one is not None]
    if not known or len(known) < len(bills):
        return None
    return CostFigures(in_cents(total(known)), inputs.rates)


def _cabinets(
    inputs: ReportInputs, months: Sequence[CabinetMonth], bills: Sequence[Bill | None]
) -> list[CabinetFigure]:
    costs: Sequence[Decimal | None] = [None] * len(bills)
    known = [one.including_vat_eur for one in bills if one is not None]
    if len(known) == len(bills):
        costs = shown(known, sum(known, Decimal(0)))
    factor = inputs.co2_factor
    return [
        CabinetFigure(
            code=month.facts.code if month.facts else "",
            name=month.facts.name if month.facts else "",
            prm=month.facts.prm if month.facts else None,
            light_point_count=month.light_point_count,
            energy=month.energy,
            cost_eur=cost,
            co2_kg=emissions_kg(month.energy.energy_kwh, factor) if factor else None,
        )
        for month, cost in zip(months, costs, strict=True)
    ]


def _savings(inputs: ReportInputs, whole: Energy) -> SavingsFigures | None:
    """Against the adjusted baseline, less its part in the time of which nothing is known."""
    if inputs.baseline is None or not whole.covered_share:
        return None
    baseline = inputs.baseline.baseline
    table = {regime: dict(days) for regime, days in inputs.baseline.burning_s}
    adjusted = adjusted_baseline(baseline, inputs.first, inputs.last, by_hours(table))
    credited = adjusted.energy_kwh * whole.covered_share
    if not credited:
        return None
    saved = credited - whole.energy_kwh
    share = saved / credited
    guaranteed = baseline.guaranteed_share
    return SavingsFigures(
        baseline=baseline,
        adjusted=adjusted,
        covered_share=whole.covered_share,
        credited_kwh=credited,
        actual_kwh=whole.energy_kwh,
        saved_kwh=saved,
        saved_share=share,
        is_guarantee_kept=None if guaranteed is None else share >= guaranteed,
    )


def _co2(inputs: ReportInputs, whole: Energy, savings: SavingsFigures | None) -> Co2Figures | None:
    if inputs.co2_factor is None:
        return None
    return Co2Figures(
        inputs.co2_factor,
        emissions_kg(whole.energy_kwh, inputs.co2_factor),
        emissions_kg(savings.saved_kwh, inputs.co2_factor) if savings else None,
    )

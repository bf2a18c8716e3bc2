"""The adjusted baseline: what the frozen reference would have drawn in the period, and savings.

E_adj = Σ n · P · H(period, regime) + additions − removals ± other loads, with the hours the city
imposed where it did: the contractor gets neither credit nor blame for them. P is the frozen one.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from lighting.contracts.model import (
    AdjustedBaseline,
    Adjustment,
    AdjustmentKind,
    Baseline,
    BaselineGroup,
    BaselineLine,
    Regime,
)

WATTS_PER_KILOWATT = Decimal(1000)
_SIGN = {AdjustmentKind.ADDITION: 1, AdjustmentKind.REMOVAL: -1}

# Hours of a regime from one date to another, both included.
HoursOf = Callable[[Regime, date, date], Decimal]


def reference_kwh(group: BaselineGroup, reference_hours: Decimal) -> Decimal:
    """Energy of a group in the reference year: metered where it was, else n · P · H."""
    if group.reference_kwh is not None:
        return group.reference_kwh
    return energy_kwh(group.light_count, group.circuit_power_w, reference_hours)


def energy_kwh(light_count: int, circuit_power_w: Decimal, burning_hours: Decimal) -> Decimal:
    """n · P · H."""
    return light_count * circuit_power_w * burning_hours / WATTS_PER_KILOWATT


def adjusted_baseline(
    baseline: Baseline, first: date, last: date, hours_of: HoursOf
) -> AdjustedBaseline:
    """The baseline of a period, given by its first and last day."""
    in_force = [one for one in baseline.adjustments if _overlap(one, first, last)]
    applied = _applied_hours(baseline, in_force, first, last, hours_of)
    lines = [_group_line(group, baseline.reference_hours, applied) for group in baseline.groups]
    for one in in_force:
        since, until = _overlap(one, first, last) or (first, last)
        if one.kind is AdjustmentKind.OTHER_LOAD:
            lines.append(_load_line(one, (until - since).days + 1))
        elif one.kind in _SIGN:
            burned = _applied_hours(baseline, in_force, since, until, hours_of)
            lines.append(_points_line(one, burned))
    return AdjustedBaseline(
        lines=lines,
        reference_hours=hours_of(baseline.regime, first, last),
        applied_hours=applied,
        perimeter_version=max(
            (one.perimeter_version for one in baseline.adjustments if one.effective_from <= last),
            default=0,
        ),
    )


def _applied_hours(
    baseline: Baseline,
    adjustments: Sequence[Adjustment],
    first: date,
    last: date,
    hours_of: HoursOf,
) -> Decimal:
    """Hours of the reference regime, and of the city's where it decided otherwise.

    The latest decision holds where several overlap.
    """
    decided = [one for one in adjustments if one.kind is AdjustmentKind.CITY_HOURS and one.regime]
    days = [first.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    total = Decimal(0)
    for regime, since, until in _runs(days, lambda on: _regime_on(baseline, decided, on)):
        total += hours_of(regime, since, until)
    return total


def _regime_on(baseline: Baseline, decided: Sequence[Adjustment], on: date) -> Regime:
    holding = [one for one in decided if _overlap(one, on, on)]
    latest = max(holding, key=lambda one: one.perimeter_version, default=None)
    return latest.regime if latest and latest.regime else baseline.regime


def _runs(
    days: Sequence[date], regime_on: Callable[[date], Regime]
) -> list[tuple[Regime, date, date]]:
    runs: list[tuple[Regime, date, date]] = []
    for on in days:
        regime = regime_on(on)
        if runs and runs[-1][0] == regime:
            runs[-1] = (regime, runs[-1][1], on)
        else:
            runs.append((regime, on, on))
    return runs


def _overlap(one: Adjustment, first: date, last: date) -> tuple[date, date] | None:
    since = max(first, one.effective_from)
    until = last if one.effective_to is None else min(last, one.effective_to)
    return (since, until) if since <= until else None


def _group_line(group: BaselineGroup, reference_hours: Decimal, burned: Decimal) -> BaselineLine:
    energy = (
        energy_kwh(group.light_count, group.circuit_power_w, burned)
        if group.reference_kwh is None
        else group.reference_kwh * burned / reference_hours
    )
    return BaselineLine(
        f"{group.code} {group.technology}".strip(),
        "reference",
        group.light_count,
        group.circuit_power_w,
        burned,
        energy,
    )


def _points_line(one: Adjustment, burned: Decimal) -> BaselineLine:
    energy = _SIGN[one.kind] * energy_kwh(one.light_count, one.circuit_power_w, burned)
    return BaselineLine(
        one.label, one.kind.value, one.light_count, one.circuit_power_w, burned, energy
    )


def _load_line(one: Adjustment, days: int) -> BaselineLine:
    zero = Decimal(0)
    return BaselineLine(one.label, one.kind.value, 0, zero, zero, one.kwh_per_day * days)

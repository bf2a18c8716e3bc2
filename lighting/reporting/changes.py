"""What differs between two versions of a month, figure by figure."""

from collections.abc import Iterator
from decimal import Decimal

from lighting.reporting.model import Change, Figures

# Enough for any reader; a month with more has changed altogether.
CABINETS_MAX = 200
_DECIMALS = Decimal("0.001")


def changes(before: Figures, after: Figures) -> list[Change]:
    """The figures that differ; when none of them does, that other inputs do."""
    found = [one for one in _compared(before, after) if one.before != one.after]
    return found or [Change("facts", None, None)]


def _compared(before: Figures, after: Figures) -> Iterator[Change]:
    for what, old, new in (
        ("energy", before.total.energy_kwh, after.total.energy_kwh),
        ("measured", _kwh(before.total.measured_wh), _kwh(after.total.measured_wh)),
        ("covered", before.total.covered_share * 100, after.total.covered_share * 100),
        ("cost", _cost(before), _cost(after)),
        ("saved", _saved(before), _saved(after)),
        ("co2", _emitted(before), _emitted(after)),
        ("dark", before.light.dark_hours, after.light.dark_hours),
    ):
        yield Change(what, _rounded(old), _rounded(new))
    yield from _cabinets(before, after)


def _cabinets(before: Figures, after: Figures) -> Iterator[Change]:
    old = {one.code: one.energy.energy_kwh for one in before.cabinets}
    new = {one.code: one.energy.energy_kwh for one in after.cabinets}
    differing = [code for code in sorted(old.keys() | new.keys()) if old.get(code) != new.get(code)]
    for code in differing[:CABINETS_MAX]:
        yield Change(f"cabinet:{code}", _rounded(old.get(code)), _rounded(new.get(code)))


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_DECIMALS)


def _kwh(energy_wh: int) -> Decimal:
    return Decimal(energy_wh) / 1000


def _cost(figures: Figures) -> Decimal | None:
    return figures.cost.including_vat_eur if figures.cost else None


def _saved(figures: Figures) -> Decimal | None:
    return figures.savings.saved_kwh if figures.savings else None


def _emitted(figures: Figures) -> Decimal | None:
    return figures.co2.emitted_kg if figures.co2 else None

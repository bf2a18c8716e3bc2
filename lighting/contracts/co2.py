"""CO2 of energy: the factor of a territory in force on a date, and never a figure without it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lighting.contracts.model import Co2Factor, FactorKind

MAINLAND = "FR"
# Départements whose grid is their own, by the beginning of the INSEE code.
TERRITORY_OF_INSEE = {
    "2A": "FR-20R",
    "2B": "FR-20R",
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "976": "YT",
}


def territory_of(insee_code: str | None) -> str:
    """The grid a municipality is on; mainland France without a code."""
    if insee_code is None:
        return MAINLAND
    return TERRITORY_OF_INSEE.get(insee_code[:2]) or TERRITORY_OF_INSEE.get(
        insee_code[:3], MAINLAND
    )


def factor_on(
    factors: Sequence[Co2Factor],
    territory: str,
    on: date,
    kind: FactorKind = FactorKind.AVERAGE,
) -> Co2Factor | None:
    """The newest factor of a territory in force on a date; None where there is none."""
    known = [
        one
        for one in factors
        if (one.territory, one.kind) == (territory, kind) and one.valid_from <= on
    ]
    return max(known, key=lambda one: one.valid_from, default=None)


def emissions_kg(energy_kwh: Decimal, factor: Co2Factor) -> Decimal:
    """Kilograms of CO2."""
    return energy_kwh * factor.kg_per_kwh

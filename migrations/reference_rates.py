"""Public rates and factors a new installation starts with; each with its source.

Supply and network prices are a town's own contract and are never guessed here.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

_EXCISE = "excise on electricity, ordinary rate published for suppliers, secondary source"
_CTA = "network pension levy, distribution, secondary source"


def _rate(
    number: int, component: str, since: date, value: str, source: str, power: str | None = None
) -> dict[str, Any]:
    return {
        "id": UUID(int=number),
        "organisation_id": None,
        "cabinet_id": None,
        "component": component,
        "power_class": power,
        "valid_from": since,
        "value": Decimal(value),
        "source": source,
    }


NATIONAL_RATES: Sequence[dict[str, Any]] = (
    _rate(1, "excise", date(2025, 8, 1), "29.98", _EXCISE, "low"),
    _rate(2, "excise", date(2025, 8, 1), "25.79", _EXCISE, "high"),
    _rate(3, "excise", date(2026, 2, 1), "30.85", _EXCISE, "low"),
    _rate(4, "excise", date(2026, 2, 1), "26.58", _EXCISE, "high"),
    _rate(5, "cta", date(2025, 8, 1), "0.2193", _CTA),
    _rate(6, "cta", date(2026, 2, 1), "0.15", _CTA),
    _rate(7, "vat", date(2025, 8, 1), "0.20", "20 % on every component since 1 August 2025"),
)

_ORDER_OF_2012 = "order of 10 April 2012, annex I (NOR TRAT1209296A)"
_SINCE_2012 = date(2012, 4, 10)
_GRIDS_OF_2012 = {
    "FR": "0.053",
    "FR-20R": "0.583",
    "GP": "0.688",
    "GF": "0.350",
    "MQ": "0.825",
    "YT": "0.765",
    "RE": "0.764",
    "EU": "0.420",
}
_FRANCE_2024 = (
    "mean French mix of 2024, secondary source (bco2.fr); confirm with ADEME's Base Empreinte"
)


def _factor(territory: str, since: date, kg_per_kwh: str, source: str) -> dict[str, Any]:
    return {
        "territory": territory,
        "kind": "average",
        "valid_from": since,
        "kg_per_kwh": Decimal(kg_per_kwh),
        "source": source,
    }


CO2_FACTORS: Sequence[dict[str, Any]] = (
    *(
        _factor(territory, _SINCE_2012, kg_per_kwh, _ORDER_OF_2012)
        for territory, kg_per_kwh in _GRIDS_OF_2012.items()
    ),
    _factor("FR", date(2024, 1, 1), "0.040", _FRANCE_2024),
)

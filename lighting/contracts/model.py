"""Values of contracts: rates with their dates, bills, CO2 factors, the reference situation.

Money is Decimal euros and energy Decimal kilowatt-hours or integer watt-hours: nothing that ends
on an invoice is a float.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

# Delivery points at low voltage up to this subscribed power pay the first excise rate (C5), those
# above the second (C4). Source: French code of taxes on goods and services, rates by segment.
LOW_POWER_KVA_MAX = 36


class Component(StrEnum):
    """A dated rate that a bill is made of; the comment is the unit of its value."""

    SUPPLY_FIXED = "supply_fixed"  # EUR per delivery point and year
    SUPPLY_ENERGY = "supply_energy"  # EUR/kWh
    NETWORK_FIXED = "network_fixed"  # EUR per delivery point and year: management, metering
    NETWORK_POWER = "network_power"  # EUR per kVA subscribed and year
    NETWORK_ENERGY = "network_energy"  # EUR/kWh
    EXCISE = "excise"  # EUR/MWh
    CTA = "cta"  # share of the fixed network part
    VAT = "vat"  # share of everything


class PowerClass(StrEnum):
    """Which delivery points a rate is for, by subscribed power."""

    LOW = "low"  # up to 36 kVA
    HIGH = "high"  # above


@dataclass(frozen=True, slots=True)
class Rate:
    """The value of a component from a date on, until a later rate of the same scope."""

    component: Component
    valid_from: date
    value: Decimal
    source: str
    organisation_id: UUID | None = None  # None: national
    cabinet_id: UUID | None = None  # one delivery point only
    power_class: PowerClass | None = None  # None: any


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill: what is counted, at which rate, the unrounded amount."""

    component: Component
    quantity: Decimal
    unit: str
    rate: Decimal
    amount_eur: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """Lines and their totals in euros; totals come from unrounded lines."""

    lines: Sequence[BillLine]
    excluding_vat_eur: Decimal
    vat_eur: Decimal

    @property
    def including_vat_eur(self) -> Decimal:
        return self.excluding_vat_eur + self.vat_eur


class FactorKind(StrEnum):
    """What a CO2 factor says: the mean of the mix, or of the last plant switched on."""

    AVERAGE = "average"
    MARGINAL = "marginal"


@dataclass(frozen=True, slots=True)
class Co2Factor:
    """Emissions of a kilowatt-hour in a territory from a date on; never shown without source."""

    territory: str
    kind: FactorKind
    valid_from: date
    kg_per_kwh: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Regime:
    """When the reference installation burned: around sunset and sunrise, with or without a cut in
    the heart of the night (local time)."""

    switch_on_offset_min: int = 0
    switch_off_offset_min: int = 0
    cut_from: time | None = None
    cut_to: time | None = None


@dataclass(frozen=True, slots=True)
class BaselineGroup:
    """Points of one technology and regime, with the circuit power (lamp and gear) frozen.

    `reference_kwh` is the metered energy of a year of `reference_hours`; without it the energy is
    count times power times hours.
    """

    code: str
    technology: str
    light_count: int
    circuit_power_w: Decimal
    reference_kwh: Decimal | None = None


class AdjustmentKind(StrEnum):
    """Why the reference situation is no longer the one that was frozen."""

    ADDITION = "addition"  # points added, at the baseline technology's power for their class
    REMOVAL = "removal"  # points taken away, at their reference power
    OTHER_LOAD = "other_load"  # a load of another kind on the same meter, kWh a day
    CITY_HOURS = "city_hours"  # hours the city imposes: they move the baseline too


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A dated, signed change of the baseline; `perimeter_version` counts them."""

    perimeter_version: int
    kind: AdjustmentKind
    effective_from: date
    label: str
    effective_to: date | None = None  # last day, included
    light_count: int = 0
    circuit_power_w: Decimal = Decimal(0)
    kwh_per_day: Decimal = Decimal(0)
    regime: Regime | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The reference situation, frozen when it was signed."""

    id: UUID
    name: str
    valid_from: date
    reference_hours: Decimal
    regime: Regime
    lat_deg: float
    lon_deg: float
    timezone: str
    source: str
    groups: Sequence[BaselineGroup]
    adjustments: Sequence[Adjustment] = ()
    guaranteed_share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BaselineLine:
    """One line of the adjusted baseline."""

    label: str
    kind: str
    light_count: int
    circuit_power_w: Decimal
    hours: Decimal
    energy_kwh: Decimal


@dataclass(frozen=True, slots=True)
class AdjustedBaseline:
    """What the reference installation would have drawn in a period, line by line."""

    lines: Sequence[BaselineLine]
    reference_hours: Decimal
    applied_hours: Decimal
    perimeter_version: int

    @property
    def energy_kwh(self) -> Decimal:
        return sum((line.energy_kwh for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Savings:
    """Energy avoided against the adjusted baseline, never against a raw before and after."""

    adjusted_kwh: Decimal
    measured_kwh: Decimal

    @property
    def saved_kwh(self) -> Decimal:
        return self.adjusted_kwh - self.measured_kwh

    @property
    def share(self) -> Decimal | None:
        """None where there is no baseline to speak of."""
        return self.saved_kwh / self.adjusted_kwh if self.adjusted_kwh else None

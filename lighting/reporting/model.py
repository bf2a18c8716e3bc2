"""Values of a monthly report: everything it rests on, and everything it says.

`ReportInputs` holds only facts read from the system; `Figures` is computed from it alone, so a
report can be made again from its stored inputs, to the byte, on any machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lighting.contracts.model import (
    AdjustedBaseline,
    Baseline,
    Bill,
    Co2Factor,
    Rate,
    Regime,
)

INPUTS_FORMAT = 1
NO_CABINET = -1
SECONDS_PER_HOUR = 3600


class Language(StrEnum):
    """The languages a report is written in."""

    FR = "fr"
    EN = "en"


class Energy(NamedTuple):
    """An amount of energy with what is known of it; durations are summed over light points."""

    measured_wh: int = 0
    bridged_wh: int = 0
    estimated_wh: int = 0
    expected_s: int = 0
    measured_s: int = 0
    estimated_s: int = 0
    missing_s: int = 0

    @property
    def energy_wh(self) -> int:
        return self.measured_wh + self.estimated_wh

    @property
    def energy_kwh(self) -> Decimal:
        return Decimal(self.energy_wh) / 1000

    @property
    def covered_share(self) -> Decimal:
        """Share of the time that is known, by the counter or by the model."""
        if not self.expected_s:
            return Decimal(0)
        return Decimal(self.expected_s - self.missing_s) / self.expected_s

    @property
    def measured_share(self) -> Decimal:
        """Share of the energy that counters tell."""
        return Decimal(self.measured_wh) / self.energy_wh if self.energy_wh else Decimal(0)

    def plus(self, other: "Energy") -> "Energy":
        return Energy(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class CabinetFacts(NamedTuple):
    """A delivery point; `subscribed_kva` None where it is not on file."""

    id: UUID
    code: str
    name: str
    prm: str | None
    subscribed_kva: Decimal | None


class CabinetDay(NamedTuple):
    """One local date of the light points of one cabinet, given by its position, or of none."""

    cabinet: int
    on: date
    light_point_count: int
    energy: Energy


class LightPointMonth(NamedTuple):
    """The month of one light point."""

    code: str
    street: str
    cabinet: int
    energy: Energy


class OutageFacts(NamedTuple):
    """A lamp failure that was open within the month; `cleared_at` None while it still is."""

    light_point_code: str
    street: str
    cabinet_code: str
    raised_at: datetime
    cleared_at: datetime | None


class DelayFacts(NamedTuple):
    """How interventions of one urgency kept their delay."""

    urgency: str
    due_count: int
    in_time_count: int
    median_restore_s: int | None = None


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """Who the report is about."""

    id: UUID
    name: str
    insee_code: str | None
    timezone: str


@dataclass(frozen=True, slots=True)
class BaselineFacts:
    """The baseline that holds, and the burning seconds of its regimes on each date."""

    baseline: Baseline
    burning_s: Sequence[tuple[Regime, Sequence[tuple[date, int]]]]


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """Every fact a report rests on, in a fixed order; its canonical JSON is hashed and kept."""

    organisation: OrganisationFacts
    first: date
    last: date
    light_point_count: int
    cabinets: Sequence[CabinetFacts]
    cabinet_days: Sequence[CabinetDay]
    light_points: Sequence[LightPointMonth]
    year_before: Energy | None
    organisation_ids: Sequence[UUID]
    rates: Sequence[Rate]
    co2_factor: Co2Factor | None
    baseline: BaselineFacts | None
    nights: Sequence[tuple[datetime, datetime]]
    outages: Sequence[OutageFacts]
    delays: Sequence[DelayFacts]
    format: int = INPUTS_FORMAT


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that late data changed since the version before. `what` is a kind, with the code
    of a cabinet behind a colon for `cabinet`; None where there was, or is, no figure."""

    what: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class ReportHeader:
    """What names a version of a report; never part of its inputs."""

    report_id: UUID
    version: int
    frozen_at: datetime
    frozen_by: str
    inputs_sha256: str
    changes: Sequence[Change] = ()


class DayFigure(NamedTuple):
    on: date
    energy: Energy


class CabinetFigure(NamedTuple):
    """A cabinet's month; money and emissions None where they cannot be told."""

    code: str
    name: str
    prm: str | None
    light_point_count: int
    energy: Energy
    cost_eur: Decimal | None
    co2_kg: Decimal | None


class CostFigures(NamedTuple):
    """The bill recomputed from dated rates; lines are in shown cents and add up exactly."""

    bill: Bill
    rates: Sequence[Rate]

    @property
    def including_vat_eur(self) -> Decimal:
        return self.bill.including_vat_eur


class Co2Figures(NamedTuple):
    factor: Co2Factor
    emitted_kg: Decimal
    avoided_kg: Decimal | None


class SavingsFigures(NamedTuple):
    """Savings against the adjusted baseline. What is not known of the energy is not credited:
    the baseline is reduced by the share of time without data."""

    baseline: Baseline
    adjusted: AdjustedBaseline
    covered_share: Decimal
    credited_kwh: Decimal
    actual_kwh: Decimal
    saved_kwh: Decimal
    saved_share: Decimal
    is_guarantee_kept: bool | None


class OutageFigure(NamedTuple):
    """The outages of one light point: burning hours without light in the month."""

    light_point_code: str
    street: str
    cabinet_code: str
    outage_count: int
    dark_hours: Decimal
    first_at: datetime
    restored_at: datetime | None


class LightFigures(NamedTuple):
    """Availability: one less the share of planned burning hours without light."""

    planned_hours: Decimal
    dark_hours: Decimal
    availability: Decimal
    still_out_count: int
    outages: Sequence[OutageFigure]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a report says, unrounded except money in shown cents."""

    organisation: OrganisationFacts
    first: date
    last: date
    light_point_count: int
    total: Energy
    year_before: Energy | None
    days: Sequence[DayFigure]
    cabinets: Sequence[CabinetFigure]
    cost: CostFigures | None
    co2: Co2Figures | None
    savings: SavingsFigures | None
    light: LightFigures
    delays: Sequence[DelayFacts]

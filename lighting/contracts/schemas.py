"""API shapes of contracts: numbers that end on an invoice travel as decimal text."""

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kit.ids import new_id
from lighting.contracts.model import (
    Adjustment,
    AdjustmentKind,
    Baseline,
    BaselineGroup,
    Component,
    FactorKind,
    PowerClass,
    Rate,
    Regime,
)
from lighting.contracts.service import Signature

GROUPS_MAX = 500
Label = Annotated[str, Field(min_length=1, max_length=300)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=6)]


class FromValues(BaseModel):
    """Shapes made from the domain's values by attribute."""

    model_config = ConfigDict(from_attributes=True)


class RateShape(FromValues):
    """A rate from a date on; units by component: EUR/kWh for energy, EUR/MWh for excise, EUR per
    year for fixed parts, EUR per kVA and year for power, a share for CTA and VAT."""

    component: Component
    valid_from: date
    value: Amount
    source: Label
    organisation_id: UUID | None = None
    cabinet_id: UUID | None = None
    power_class: PowerClass | None = None

    def rate(self) -> Rate:
        return Rate(**self.model_dump())


class RatesAnswer(BaseModel):
    items: list[RateShape]
    next_cursor: None = None


class Co2FactorAnswer(FromValues):
    territory: str
    kind: FactorKind
    valid_from: date
    kg_per_kwh: Decimal
    source: str


class Co2FactorsAnswer(BaseModel):
    items: list[Co2FactorAnswer]
    next_cursor: None = None


class RegimeShape(FromValues):
    """Offsets in minutes from sunset and sunrise, and the cut in local time."""

    switch_on_offset_min: int = Field(default=0, ge=-120, le=120)
    switch_off_offset_min: int = Field(default=0, ge=-120, le=120)
    cut_from: time | None = None
    cut_to: time | None = None

    @model_validator(mode="after")
    def _cut_is_whole(self) -> Self:
        if (self.cut_from is None) != (self.cut_to is None):
            raise ValueError("give both ends of the cut, or neither")
        if any(end is not None and end.tzinfo for end in (self.cut_from, self.cut_to)):
            raise ValueError("the cut is local time without offset, such as 23:00")
        return self

    def regime(self) -> Regime:
        return Regime(**self.model_dump())


class GroupShape(FromValues):
    code: Label
    technology: str = Field(max_length=40)
    light_count: int = Field(ge=0, le=10_000_000)
    circuit_power_w: Decimal = Field(ge=0, max_digits=9, decimal_places=2)
    reference_kwh: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=3)


class AdjustmentShape(FromValues):
    perimeter_version: int = 0
    kind: AdjustmentKind
    effective_from: date
    effective_to: date | None = None
    label: Label
    light_count: int = Field(default=0, ge=0, le=10_000_000)
    circuit_power_w: Decimal = Field(default=Decimal(0), ge=0, max_digits=9, decimal_places=2)
    kwh_per_day: Decimal = Field(default=Decimal(0), max_digits=12, decimal_places=3)
    regime: RegimeShape | None = None


class AdjustmentInput(AdjustmentShape):
    """A signed change; the answer carries the perimeter version it was given."""

    justification: Label
    author: Label
    countersigned_by: Label

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("effective_to comes on or after effective_from")
        return self

    def adjustment(self) -> Adjustment:
        signature = {"justification", "author", "countersigned_by", "regime"}
        regime = self.regime.regime() if self.regime else None
        return Adjustment(**self.model_dump(exclude=signature), regime=regime)

    def signature(self) -> Signature:
        return Signature(self.justification, self.author, self.countersigned_by)


class BaselineShape(FromValues):
    name: Label
    valid_from: date
    reference_hours: Decimal = Field(gt=0, le=8784, max_digits=7, decimal_places=2)
    regime: RegimeShape
    lat_deg: float = Field(ge=-90, le=90)
    lon_deg: float = Field(ge=-180, le=180)
    source: Label
    guaranteed_share: Decimal | None = Field(
        default=None, ge=0, le=1, max_digits=5, decimal_places=4
    )
    groups: list[GroupShape] = Field(min_length=1, max_length=GROUPS_MAX)


class BaselineInput(BaselineShape):
    organisation_id: UUID

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        if len({group.code for group in self.groups}) < len(self.groups):
            raise ValueError("each group has its own code")
        return self

    def baseline(self) -> Baseline:
        """The service gives it the clock of its organisation."""
        plain = self.model_dump(exclude={"organisation_id", "groups", "regime"})
        groups = [BaselineGroup(**group.model_dump()) for group in self.groups]
        regime = self.regime.regime()
        return Baseline(id=new_id(), timezone="UTC", regime=regime, groups=groups, **plain)


class BaselineAnswer(BaselineShape):
    id: UUID
    timezone: str
    adjustments: list[AdjustmentShape]


class BaselinesAnswer(BaseModel):
    items: list[BaselineAnswer]
    next_cursor: None = None

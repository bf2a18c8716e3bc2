"""Rows of contracts: dated rates and factors, frozen baselines and their signed adjustments."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, text_enum
from kit.ids import new_id
from lighting.contracts.model import AdjustmentKind, Component, FactorKind, PowerClass


def _number(precision: int, scale: int, *, nullable: bool = False) -> Any:
    default = {"default": None} if nullable else {}
    return Field(sa_type=sa.Numeric(precision, scale), nullable=nullable, **default)  # type: ignore[call-overload]


class TariffRate(Table, table=True):
    """The value of one bill component from a date on; the narrowest scope goes first."""

    __tablename__ = "tariff_rate"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    cabinet_id: UUID | None = Field(default=None, foreign_key="cabinet.id")
    component: str
    power_class: str | None = None
    valid_from: date
    value: Decimal = _number(14, 6)
    source: str

    __table_args__ = (
        sa.UniqueConstraint(
            *("organisation_id", "cabinet_id", "component", "power_class", "valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
        text_enum(Component, "component", "component"),
        text_enum(PowerClass, "power_class", "power_class"),
        sa.CheckConstraint("value >= 0", name="value"),
        sa.CheckConstraint("source <> ''", name="source"),
        sa.CheckConstraint("cabinet_id IS NULL OR organisation_id IS NOT NULL", name="scope"),
    )


class Co2FactorRow(Table, table=True):
    """Kilograms of CO2 per kilowatt-hour of a territory's grid from a date on."""

    __tablename__ = "co2_factor"

    territory: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    kg_per_kwh: Decimal = _number(8, 5)
    source: str

    __table_args__ = (
        text_enum(FactorKind, "kind", "kind"),
        sa.CheckConstraint("kg_per_kwh >= 0", name="kg_per_kwh"),
        sa.CheckConstraint("source <> ''", name="source"),
    )


class BaselineRow(Table, table=True):
    """A reference situation, frozen when it was signed: the database refuses any change."""

    __tablename__ = "baseline"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    name: str
    valid_from: date
    reference_hours: Decimal = _number(7, 2)
    switch_on_offset_min: int
    switch_off_offset_min: int
    cut_from: time | None = None
    cut_to: time | None = None
    lon_deg: float
    lat_deg: float
    timezone: str
    source: str
    guaranteed_share: Decimal | None = _number(5, 4, nullable=True)
    frozen_at: datetime = aware_datetime()
    frozen_by: str

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "valid_from"),
        sa.CheckConstraint("reference_hours > 0", name="reference_hours"),
        sa.CheckConstraint("(cut_from IS NULL) = (cut_to IS NULL)", name="cut"),
        sa.CheckConstraint("guaranteed_share BETWEEN 0 AND 1", name="guaranteed_share"),
    )


class BaselineGroupRow(Table, table=True):
    """Points of one technology within a baseline, with their frozen circuit power."""

    __tablename__ = "baseline_group"

    baseline_id: UUID = Field(foreign_key="baseline.id", primary_key=True)
    code: str = Field(primary_key=True)
    technology: str
    light_count: int
    circuit_power_w: Decimal = _number(9, 2)
    reference_kwh: Decimal | None = _number(14, 3, nullable=True)

    __table_args__ = (
        sa.CheckConstraint("light_count >= 0 AND circuit_power_w >= 0", name="amounts"),
        sa.CheckConstraint("reference_kwh >= 0", name="reference_kwh"),
    )


class BaselineAdjustmentRow(Table, table=True):
    """A signed change of a baseline; `perimeter_version` numbers them. Append only."""

    __tablename__ = "baseline_adjustment"

    baseline_id: UUID = Field(foreign_key="baseline.id", primary_key=True)
    perimeter_version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    effective_from: date
    effective_to: date | None = None
    label: str
    light_count: int = 0
    circuit_power_w: Decimal = _number(9, 2)
    kwh_per_day: Decimal = _number(12, 3)
    switch_on_offset_min: int | None = None
    switch_off_offset_min: int | None = None
    cut_from: time | None = None
    cut_to: time | None = None
    justification: str
    author: str
    countersigned_by: str
    recorded_at: datetime = aware_datetime()

    __table_args__ = (
        text_enum(AdjustmentKind, "kind", "kind"),
        sa.CheckConstraint("effective_to >= effective_from", name="period"),
        sa.CheckConstraint("light_count >= 0 AND circuit_power_w >= 0", name="amounts"),
        sa.CheckConstraint("(cut_from IS NULL) = (cut_to IS NULL)", name="cut"),
        sa.CheckConstraint(
            "(kind = 'city_hours') = (switch_on_offset_min IS NOT NULL)"
            " AND (kind = 'city_hours') = (switch_off_offset_min IS NOT NULL)",
            name="hours",
        ),
        sa.CheckConstraint("justification <> '' AND countersigned_by <> ''", name="signed"),
    )

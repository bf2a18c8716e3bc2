"""Rows of the energy ledger."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column, text_enum
from lighting.energy.model import Quality


def _watt_hours() -> Any:
    return Field(sa_type=sa.BigInteger)


class EnergyDayRow(Table, table=True):
    """What one light point drew on one local date; see `model.EnergyDay`.

    Derived from readings and always replaced as a whole. `revision` is that of the computation:
    an older one never replaces a newer one, so workers need no lock between them.
    """

    __tablename__ = "energy_day"

    light_point_id: UUID = Field(foreign_key="light_point.id", primary_key=True)
    on: date = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    energy_wh: int = _watt_hours()
    measured_wh: int = _watt_hours()
    bridged_wh: int = _watt_hours()
    estimated_wh: int = _watt_hours()
    morning_wh: int = _watt_hours()
    counter_from_wh: int | None = Field(default=None, sa_type=sa.BigInteger)
    counter_to_wh: int | None = Field(default=None, sa_type=sa.BigInteger)
    revision: int = Field(sa_type=sa.BigInteger)
    computed_at: datetime = aware_datetime()
    expected_s: int
    measured_s: int
    estimated_s: int
    missing_s: int
    burning_time_s: int | None = None
    quality: str
    is_settled: bool
    notes: list[dict[str, Any]] = json_column(default_factory=list)

    __table_args__ = (
        sa.Index("ix_energy_day_organisation", "organisation_id", "on"),
        text_enum(Quality, "quality", "quality"),
        sa.CheckConstraint("energy_wh = measured_wh + estimated_wh", name="sum_wh"),
        sa.CheckConstraint("expected_s = measured_s + estimated_s + missing_s", name="sum_s"),
        sa.CheckConstraint("least(bridged_wh, estimated_wh, morning_wh) >= 0", name="positive"),
        sa.CheckConstraint("bridged_wh <= measured_wh AND morning_wh <= energy_wh", name="parts"),
    )

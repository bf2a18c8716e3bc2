"""Rows of luminaires on sun and battery."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime


class SolarReading(Table, table=True):
    """What one luminaire said of its battery and panel at one instant, stored once."""

    __tablename__ = "solar_reading"

    controller_key: int = Field(primary_key=True)
    at: datetime = aware_datetime(primary_key=True)
    battery_charge_percent: float | None = Field(default=None, sa_type=sa.REAL)
    battery_voltage_v: float | None = Field(default=None, sa_type=sa.REAL)
    charge_current_a: float | None = Field(default=None, sa_type=sa.REAL)
    panel_power_w: float | None = Field(default=None, sa_type=sa.REAL)
    panel_energy_wh: int | None = Field(default=None, sa_type=sa.BigInteger)


class SolarForecast(Table, table=True):
    """How long the light of one luminaire lasts, as of the last look ahead."""

    __tablename__ = "solar_forecast"

    light_point_id: UUID = Field(primary_key=True, foreign_key="light_point.id", ondelete="CASCADE")
    made_at: datetime = aware_datetime()
    lit_time_s: int
    dark_at: datetime | None = aware_datetime(nullable=True)


class SolarSheddingRow(Table, table=True):
    """A share of its programme that a luminaire got, from one decision to the next."""

    __tablename__ = "solar_shedding"

    light_point_id: UUID = Field(primary_key=True, foreign_key="light_point.id", ondelete="CASCADE")
    decided_at: datetime = aware_datetime(primary_key=True)
    holds_until: datetime = aware_datetime(index=True)
    share_percent: int = Field(sa_type=sa.SmallInteger)
    floor_percent: int = Field(sa_type=sa.SmallInteger)
    charge_percent: float = Field(sa_type=sa.REAL)
    available_wh: float = Field(sa_type=sa.REAL)
    needed_wh: float = Field(sa_type=sa.REAL)

    __table_args__ = (
        sa.CheckConstraint("share_percent BETWEEN 0 AND 100", name="share_percent"),
        sa.CheckConstraint("floor_percent BETWEEN 0 AND 100", name="floor_percent"),
    )

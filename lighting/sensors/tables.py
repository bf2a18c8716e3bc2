"""Rows of sensors: devices, what is declared on them, values and their periods."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id
from lighting.sensors.model import (
    PURPOSE_CHARACTERS_MIN,
    RETENTION_DAYS_MAX,
    LegalBasis,
    SensorKind,
)


class SensorDevice(Table, table=True):
    """A device on a column. `revision` grows with each change of it or of its sensors."""

    __tablename__ = "sensor_device"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    address: str = Field(unique=True)
    network: str
    profile: str
    title: str
    expected_period_s: int
    light_point_id: UUID | None = Field(default=None, foreign_key="light_point.id", index=True)
    lon_deg: float
    lat_deg: float
    declined: list[str] = json_column(default_factory=list)
    is_generated: bool = False
    revision: int = Field(default=1, sa_type=sa.BigInteger)
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.CheckConstraint("address <> '' AND address = lower(address)", name="address"),
        sa.CheckConstraint("expected_period_s > 0", name="expected_period"),
        sa.CheckConstraint(
            "lon_deg BETWEEN -180 AND 180 AND lat_deg BETWEEN -90 AND 90", name="place"
        ),
    )


class SensorDeviceState(Table, table=True):
    """When a device was heard last, and how its battery is."""

    __tablename__ = "sensor_device_state"

    device_id: UUID = Field(primary_key=True, foreign_key="sensor_device.id", ondelete="CASCADE")
    seen_at: datetime = aware_datetime()
    battery_charge_percent: float | None = Field(default=None, sa_type=sa.REAL)
    battery_voltage_v: float | None = Field(default=None, sa_type=sa.REAL)


class Sensor(Table, table=True):
    """One channel of a device, declared: nothing it measures is stored without this row."""

    __tablename__ = "sensor"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    device_id: UUID = Field(foreign_key="sensor_device.id")
    kind: str
    quantity: str
    channel: str = ""
    title: str
    purpose: str
    legal_basis: str
    owner: str
    retention_days: int
    is_publishable: bool
    is_near_dwellings: bool
    registered_at: datetime = aware_datetime()
    registered_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    retired_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        text_enum(SensorKind, "kind", "kind"),
        text_enum(LegalBasis, "legal_basis", "legal_basis"),
        sa.CheckConstraint(
            f"length(btrim(purpose)) >= {PURPOSE_CHARACTERS_MIN} AND btrim(owner) <> ''",
            name="declaration",
        ),
        sa.CheckConstraint(
            f"retention_days BETWEEN 1 AND {RETENTION_DAYS_MAX}", name="retention_days"
        ),
        sa.Index(
            "uq_sensor_channel",
            "device_id",
            "quantity",
            "channel",
            unique=True,
            postgresql_where=sa.text("retired_at IS NULL"),
        ),
    )


class SensorReading(Table, table=True):
    """One value, stored once. A value about people is forgotten after a day; its row stays, so
    that the same frame coming again is not counted twice."""

    __tablename__ = "sensor_reading"

    sensor_id: UUID = Field(primary_key=True, foreign_key="sensor.id", ondelete="CASCADE")
    at: datetime = aware_datetime(primary_key=True)
    value: float | None = None

    __table_args__ = (sa.Index("ix_sensor_reading_at", "at"),)


class SensorPeriod(Table, table=True):
    """A quarter of an hour of one sensor, added up as values come, late or not."""

    __tablename__ = "sensor_period"

    sensor_id: UUID = Field(primary_key=True, foreign_key="sensor.id", ondelete="CASCADE")
    starts_at: datetime = aware_datetime(primary_key=True)
    total: float
    minimum: float
    maximum: float
    samples: int

    __table_args__ = (sa.CheckConstraint("samples > 0", name="samples"),)

"""Rows of telemetry. None refers to a controller by foreign key: they are written by the ten
thousand a second, may be distributed by controller, and outlive the equipment that sent them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column
from kit.ids import new_id


def _real() -> Any:
    return Field(default=None, sa_type=sa.REAL)


def _smallint() -> Any:
    return Field(default=None, sa_type=sa.SmallInteger)


def _bigint() -> Any:
    return Field(default=None, sa_type=sa.BigInteger)


class ReadingRow(Table, table=True):
    """What one controller measured at one instant; partitioned by month of UTC."""

    __tablename__ = "reading"

    controller_key: int = Field(primary_key=True)
    at: datetime = aware_datetime(primary_key=True)
    active_energy_wh: int | None = _bigint()
    burning_time_s: int | None = _bigint()
    active_power_w: float | None = _real()
    supply_voltage_v: float | None = _real()
    current_a: float | None = _real()
    power_factor: float | None = _real()
    temperature_c: float | None = _real()
    flags: int | None = None
    level_percent: int | None = _smallint()

    __table_args__ = (
        sa.Index("ix_reading_at", "at", postgresql_using="brin"),
        {"postgresql_partition_by": "RANGE (at)"},
    )


class LatestStateRow(Table, table=True):
    """The newest value of each quantity of one controller, each with its own instant."""

    __tablename__ = "latest_state"

    controller_key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seen_at: datetime = aware_datetime()
    rssi_dbm: int | None = _smallint()
    snr_db: float | None = _real()
    gateway_address: str | None = None
    level_percent: int | None = _smallint()
    level_at: datetime | None = aware_datetime(nullable=True)
    active_power_w: float | None = _real()
    power_at: datetime | None = aware_datetime(nullable=True)
    active_energy_wh: int | None = _bigint()
    energy_at: datetime | None = aware_datetime(nullable=True)
    supply_voltage_v: float | None = _real()
    supply_voltage_at: datetime | None = aware_datetime(nullable=True)
    current_a: float | None = _real()
    current_at: datetime | None = aware_datetime(nullable=True)
    power_factor: float | None = _real()
    power_factor_at: datetime | None = aware_datetime(nullable=True)
    temperature_c: float | None = _real()
    temperature_at: datetime | None = aware_datetime(nullable=True)
    burning_time_s: int | None = _bigint()
    burning_time_at: datetime | None = aware_datetime(nullable=True)
    flags: int | None = None
    flags_at: datetime | None = aware_datetime(nullable=True)


class DeviceEventRow(Table, table=True):
    """Something a controller reported beside measurements; a repeated frame adds nothing."""

    __tablename__ = "device_event"

    controller_key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = aware_datetime(primary_key=True)
    kind: str = Field(primary_key=True)
    fingerprint: bytes = Field(primary_key=True)
    detail: dict[str, Any] = json_column()


class QuarantinedFrame(Table, table=True):
    """A frame nobody could read, kept as it came; the same bytes again only count."""

    __tablename__ = "quarantined_frame"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    fingerprint: bytes = Field(unique=True)
    received_at: datetime = aware_datetime()
    last_received_at: datetime = aware_datetime()
    repeat_count: int = 1
    network: str
    topic: str
    address: str | None = Field(default=None, index=True)
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    payload: bytes
    reason_code: str
    reason: str
    replayed_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        sa.Index(
            "ix_quarantined_frame_waiting",
            "last_received_at",
            "id",
            postgresql_where=sa.text("replayed_at IS NULL"),
        ),
    )


class EnergyDirty(Table, table=True):
    """A local day whose energy of one controller is to be computed again.

    Append only and without a unique key: a mark is never shared between two transactions, so the
    one who takes marks (deletes them) cannot miss a counter that is not committed yet, and never
    makes the uplinks wait.
    """

    __tablename__ = "energy_dirty"

    id: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    )
    controller_key: int
    on: date

"""Rows of commissioning."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id
from lighting.commissioning.model import (
    CommissioningState,
    DeviceState,
    MatchedBy,
    StepKind,
    StepState,
)

OPEN = "state NOT IN ('accepted', 'withdrawn')"


class DiscoveredDevice(Table, table=True):
    """A device that was heard or found and that the registry has in no light point.

    `gateways` is by gateway address, `evidence` by what it said; `organisation_id` is that of its
    network, NULL where the network is nobody's.
    """

    __tablename__ = "discovered_device"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    network: str
    address: str
    state: str = DeviceState.NEW.value
    first_seen_at: datetime = aware_datetime()
    last_seen_at: datetime = aware_datetime()
    heard_count: int = Field(default=0, sa_type=sa.BigInteger)
    rssi_dbm: int | None = Field(default=None, sa_type=sa.SmallInteger)
    snr_db: float | None = Field(default=None, sa_type=sa.REAL)
    gateways: dict[str, Any] = json_column()
    evidence: dict[str, Any] = json_column()
    profile_guess: str | None = None
    guess_count: int = 0
    serial: str | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    ignored_reason: str = ""

    __table_args__ = (
        text_enum(DeviceState, "state", "state"),
        sa.UniqueConstraint("network", "address"),
        sa.Index("ix_discovered_device_seen", "last_seen_at", "id"),
        sa.Index("ix_discovered_device_address", "address"),
        sa.CheckConstraint("(lon_deg IS NULL) = (lat_deg IS NULL)", name="place"),
    )


class Commissioning(Table, table=True):
    """One controller put into service at one light point, and what a person decided about it."""

    __tablename__ = "commissioning"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    light_point_id: UUID = Field(foreign_key="light_point.id", index=True)
    controller_id: UUID = Field(foreign_key="controller.id", index=True)
    discovered_device_id: UUID | None = Field(default=None, foreign_key="discovered_device.id")
    replaced_controller_id: UUID | None = Field(default=None, foreign_key="controller.id")
    calendar_id: UUID | None = Field(default=None, foreign_key="calendar.id")
    matched_by: str
    distance_m: float | None = Field(default=None, sa_type=sa.REAL)
    state: str = CommissioningState.INSTALLED.value
    remark: str = ""
    installed_at: datetime = aware_datetime()
    created_at: datetime = aware_datetime()
    created_by: str
    tested_by: str | None = None
    replayed_count: int = 0
    decided_at: datetime | None = aware_datetime(nullable=True)
    decided_by_id: UUID | None = None
    decided_by: str | None = None
    signed_name: str | None = None
    reason: str = ""
    record: dict[str, Any] | None = json_column(nullable=True, default=None)
    record_sha256: str | None = None

    __table_args__ = (
        text_enum(MatchedBy, "matched_by", "matched_by"),
        text_enum(CommissioningState, "state", "state"),
        sa.Index(
            "uq_commissioning_open_light_point",
            "light_point_id",
            unique=True,
            postgresql_where=sa.text(OPEN),
        ),
        sa.Index(
            "uq_commissioning_open_controller",
            "controller_id",
            unique=True,
            postgresql_where=sa.text(OPEN),
        ),
        sa.Index("ix_commissioning_testing", "id", postgresql_where=sa.text("state = 'testing'")),
    )


class SelfTestStep(Table, table=True):
    """One step of one run of a self-test, with its proof."""

    __tablename__ = "self_test_step"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    commissioning_id: UUID = Field(foreign_key="commissioning.id", ondelete="CASCADE")
    run: int
    position: int = Field(sa_type=sa.SmallInteger)
    kind: str
    level_percent: int | None = Field(default=None, sa_type=sa.SmallInteger)
    time_max_s: int
    state: str = StepState.WAITING.value
    command_id: UUID | None = None
    started_at: datetime | None = aware_datetime(nullable=True)
    deadline_at: datetime | None = aware_datetime(nullable=True)
    ended_at: datetime | None = aware_datetime(nullable=True)
    proof: dict[str, Any] = json_column()
    reason: str = ""

    __table_args__ = (
        text_enum(StepKind, "kind", "kind"),
        text_enum(StepState, "state", "state"),
        sa.UniqueConstraint("commissioning_id", "run", "position"),
    )

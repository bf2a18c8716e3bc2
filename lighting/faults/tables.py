"""Rows of faults: alarms, the evidence being gathered, and thresholds per luminaire type."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id
from lighting.faults.model import AlarmState, AssetType, Cause, Urgency


class Alarm(Table, table=True):
    """Something an operator must answer. One open alarm per (asset, cause), by constraint."""

    __tablename__ = "alarm"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    asset_type: str
    asset_id: UUID
    light_point_id: UUID | None = None
    cabinet_id: UUID | None = None
    cause: str
    urgency: str
    state: str
    raised_at: datetime = aware_datetime()
    last_seen_at: datetime = aware_datetime()
    evidence_count: int
    cleared_at: datetime | None = aware_datetime(nullable=True)
    acknowledged_at: datetime | None = aware_datetime(nullable=True)
    acknowledged_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    evidence: list[dict[str, Any]] = json_column(default_factory=list)

    __table_args__ = (
        text_enum(AssetType, "asset_type", "asset_type"),
        text_enum(Cause, "cause", "cause"),
        text_enum(Urgency, "urgency", "urgency"),
        text_enum(AlarmState, "state", "state"),
        sa.Index(
            "uq_alarm_open_asset_cause",
            "asset_id",
            "cause",
            unique=True,
            postgresql_where=sa.text("cleared_at IS NULL"),
        ),
        sa.Index("ix_alarm_organisation_raised", "organisation_id", "raised_at", "id"),
        sa.Index("ix_alarm_light_point_raised", "light_point_id", "raised_at"),
        sa.Index("ix_alarm_cabinet_raised", "cabinet_id", "raised_at"),
    )


class FaultWatch(Table, table=True):
    """Evidence about one (asset, cause), kept here so that it outlives the process."""

    __tablename__ = "fault_watch"

    asset_id: UUID = Field(primary_key=True)
    cause: str = Field(primary_key=True)
    controller_key: int
    light_point_id: UUID = Field(index=True)
    judged_at: datetime = aware_datetime()
    is_faulty: bool
    faulty_samples: int
    faulty_time: timedelta = Field(sa_type=sa.Interval)
    healthy_samples: int
    healthy_time: timedelta = Field(sa_type=sa.Interval)
    nights: list[date] = Field(sa_type=sa.ARRAY(sa.Date))
    alarm_id: UUID | None = Field(default=None, foreign_key="alarm.id")
    has_warned: bool

    __table_args__ = (text_enum(Cause, "cause", "cause"),)


class FaultThreshold(Table, table=True):
    """Thresholds of one luminaire type that differ from the defaults, by name of the threshold."""

    __tablename__ = "fault_threshold"

    luminaire_type_id: UUID = Field(primary_key=True, foreign_key="luminaire_type.id")
    thresholds: dict[str, Any] = json_column()

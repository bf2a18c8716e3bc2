"""Rows of control."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, text_enum
from kit.ids import new_id
from lighting.control.model import AssignmentScope, CommandState, DeliveryState

OPEN = "state IN ('queued', 'sent')"


class CalendarAssignment(Table, table=True):
    """Which calendar holds for an organisation, a cabinet or one light; one per scope."""

    __tablename__ = "calendar_assignment"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    scope: str
    scope_id: UUID
    calendar_id: UUID = Field(foreign_key="calendar.id", index=True)
    assigned_at: datetime = aware_datetime()
    assigned_by: UUID | None = None

    __table_args__ = (
        text_enum(AssignmentScope, "scope", "scope"),
        sa.UniqueConstraint("scope", "scope_id"),
    )


class Command(Table, table=True):
    """An override: one level for a set of lights until it expires or is cancelled."""

    __tablename__ = "command"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    level_percent: int = Field(sa_type=sa.SmallInteger)
    priority: int = Field(sa_type=sa.SmallInteger)
    reason: str
    target: str
    state: str
    author_id: UUID | None = None
    author: str
    created_at: datetime = aware_datetime()
    expires_at: datetime = aware_datetime()
    ended_at: datetime | None = aware_datetime(nullable=True)
    delivered_by: datetime | None = aware_datetime(nullable=True)
    light_count: int

    __table_args__ = (
        text_enum(CommandState, "state", "state"),
        sa.CheckConstraint("level_percent BETWEEN 0 AND 100", name="level_percent"),
        sa.Index("ix_command_active", "expires_at", postgresql_where=sa.text("state = 'active'")),
    )


class CommandLight(Table, table=True):
    """One light of a command."""

    __tablename__ = "command_light"

    command_id: UUID = Field(foreign_key="command.id", primary_key=True)
    light_point_id: UUID = Field(foreign_key="light_point.id", primary_key=True, index=True)


class LightState(Table, table=True):
    """What one light should give, and what its controller confirmed; the two last confirmations
    are kept so that a reading of a moment ago is judged by the level of that moment."""

    __tablename__ = "light_state"

    light_point_id: UUID = Field(foreign_key="light_point.id", primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    desired_level_percent: int | None = Field(default=None, sa_type=sa.SmallInteger)
    desired_reason: str | None = None
    desired_at: datetime | None = aware_datetime(nullable=True)
    acknowledged_level_percent: int | None = Field(default=None, sa_type=sa.SmallInteger)
    acknowledged_at: datetime | None = aware_datetime(nullable=True)
    previous_level_percent: int | None = Field(default=None, sa_type=sa.SmallInteger)
    previous_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        sa.Index(
            "ix_light_state_differing",
            "light_point_id",
            postgresql_where=sa.text(
                "desired_level_percent IS DISTINCT FROM acknowledged_level_percent"
            ),
        ),
    )


class CommandDelivery(Table, table=True):
    """One order to one light. `id` travels as the network's queue item id."""

    __tablename__ = "command_delivery"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    command_id: UUID | None = Field(default=None, foreign_key="command.id", index=True)
    light_point_id: UUID = Field(foreign_key="light_point.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    controller_key: int
    level_percent: int = Field(sa_type=sa.SmallInteger)
    state: str
    attempts: int = Field(default=0, sa_type=sa.SmallInteger)
    created_at: datetime = aware_datetime()
    next_try_at: datetime = aware_datetime()
    expires_at: datetime = aware_datetime()
    sent_at: datetime | None = aware_datetime(nullable=True)
    acknowledged_at: datetime | None = aware_datetime(nullable=True)
    ended_at: datetime | None = aware_datetime(nullable=True)
    detail: str | None = None

    __table_args__ = (
        text_enum(DeliveryState, "state", "state"),
        sa.Index(
            "uq_command_delivery_open_light",
            "light_point_id",
            unique=True,
            postgresql_where=sa.text(OPEN),
        ),
        sa.Index("ix_command_delivery_due", "next_try_at", postgresql_where=sa.text(OPEN)),
        sa.Index(
            "ix_command_delivery_confirmed",
            "light_point_id",
            postgresql_where=sa.text("state = 'acknowledged'"),
        ),
        sa.Index("ix_command_delivery_light", "light_point_id", "created_at"),
    )

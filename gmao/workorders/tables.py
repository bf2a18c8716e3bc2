"""Rows of work orders. The log is the truth; the other tables are what it comes to."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from gmao.clocks.model import ClockKind
from gmao.failures.model import ReplacementReason
from gmao.workorders.model import OPEN, EventKind, Source, Status
from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id
from lighting.faults.model import AssetType, Urgency

IS_OPEN = f"status IN ({', '.join(repr(status.value) for status in Status if status in OPEN)})"
IS_RUNNING = "is_current AND stopped_at IS NULL"


class WorkOrder(Table, table=True):
    """One order. `status` to `ended_at` follow from its log; `version` counts its entries."""

    __tablename__ = "work_order"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    number: str
    source: str
    cause: str
    title: str | None = None
    description: str | None = None
    hazards: list[str] = json_column(default_factory=list)
    asset_type: str | None = None
    asset_id: UUID | None = Field(default=None, index=True)
    light_point_id: UUID | None = Field(default=None, index=True)
    cabinet_id: UUID | None = Field(default=None, index=True)
    lon_deg: float | None = None
    lat_deg: float | None = None
    repeat_of_id: UUID | None = Field(default=None, foreign_key="work_order.id")
    master_id: UUID | None = Field(default=None, foreign_key="work_order.id")
    report_count: int = 1
    crew_id: UUID | None = Field(default=None, foreign_key="crew.id", index=True)
    planned_on: date | None = None
    taken_by_id: UUID | None = None

    status: str
    urgency: str
    version: int
    opened_at: datetime = aware_datetime()
    arrived_at: datetime | None = aware_datetime(nullable=True)
    made_safe_at: datetime | None = aware_datetime(nullable=True)
    done_at: datetime | None = aware_datetime(nullable=True)
    ended_at: datetime | None = aware_datetime(nullable=True)
    updated_at: datetime = aware_datetime()
    # Every alarm of the order has cleared: before work, by itself; after work, thanks to it.
    alarms_cleared_at: datetime | None = aware_datetime(nullable=True)

    failure_mode: str | None = None
    failure_mechanism: str | None = None
    failure_cause: str | None = None
    remedy: str | None = None
    replacement_reason: str | None = None
    completion_note: str | None = None
    labour_minutes: int | None = None

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "number"),
        sa.Index(
            "uq_work_order_open_cause",
            "asset_id",
            "cause",
            unique=True,
            postgresql_where=sa.text(IS_OPEN),
        ),
        sa.Index("ix_work_order_organisation_id_opened_at", "organisation_id", "opened_at", "id"),
        sa.Index("ix_work_order_opened_at_id", "opened_at", "id"),
        sa.Index("ix_work_order_organisation_id_status", "organisation_id", "status"),
        text_enum(Status, "status", "status"),
        text_enum(Source, "source", "source"),
        text_enum(Urgency, "urgency", "urgency"),
        text_enum(AssetType, "asset_type", "asset_type"),
        text_enum(ReplacementReason, "replacement_reason", "replacement_reason"),
    )


class WorkOrderEvent(Table, table=True):
    """One entry of an order's log. The database refuses to change or delete it."""

    __tablename__ = "work_order_event"

    work_order_id: UUID = Field(foreign_key="work_order.id", primary_key=True)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    to: str | None = None
    urgency: str | None = None
    reason: str | None = None
    actor_id: UUID | None = None
    actor: str
    occurred_at: datetime = aware_datetime()
    received_at: datetime = aware_datetime()
    detail: dict[str, Any] = json_column()

    __table_args__ = (text_enum(EventKind, "kind", "kind"),)


class WorkOrderClock(Table, table=True):
    """One clock of an order; those of former classes stay with their result."""

    __tablename__ = "work_order_clock"

    work_order_id: UUID = Field(foreign_key="work_order.id", primary_key=True)
    kind: str = Field(primary_key=True)
    urgency: str = Field(primary_key=True)
    is_current: bool
    counted_from: datetime = aware_datetime()
    due_at: datetime | None = aware_datetime(nullable=True, index=True)
    stopped_at: datetime | None = aware_datetime(nullable=True)
    escalated_percent: int = Field(default=0, sa_type=sa.SmallInteger)
    next_escalation_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        text_enum(ClockKind, "kind", "kind"),
        text_enum(Urgency, "urgency", "urgency"),
        sa.Index(
            "ix_work_order_clock_escalation",
            "next_escalation_at",
            postgresql_where=sa.text(IS_RUNNING),
        ),
    )


class WorkOrderAlarm(Table, table=True):
    """The order that answers for an alarm; none, for an alarm that cleared before it had one."""

    __tablename__ = "work_order_alarm"

    alarm_id: UUID = Field(primary_key=True)
    work_order_id: UUID | None = Field(default=None, foreign_key="work_order.id", index=True)
    cause: str
    urgency: str
    raised_at: datetime | None = aware_datetime(nullable=True)
    cleared_at: datetime | None = aware_datetime(nullable=True)


class WorkOrderPart(Table, table=True):
    """A part used; without a store, it came from nowhere we keep books of."""

    __tablename__ = "work_order_part"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    work_order_id: UUID = Field(foreign_key="work_order.id", index=True)
    part_id: UUID = Field(foreign_key="part.id")
    store_id: UUID | None = Field(default=None, foreign_key="store.id")
    quantity: int
    shortfall_quantity: int = 0
    unit_cost_eur: Decimal = Field(sa_type=sa.Numeric(12, 2))
    used_at: datetime = aware_datetime()

    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity"),)


class WorkOrderCounter(Table, table=True):
    """The last number given in an organisation and year."""

    __tablename__ = "work_order_counter"

    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_number: int

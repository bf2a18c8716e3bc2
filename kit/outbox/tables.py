"""Rows of the outbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column


class OutboxEvent(Table, table=True):
    """One event, written with the change that caused it."""

    __tablename__ = "outbox_event"

    id: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    )
    occurred_at: datetime = aware_datetime()
    type: str
    payload: dict[str, Any] = json_column()
    organisation_id: UUID | None = None
    correlation_id: str | None = None
    published_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        sa.Index(
            "ix_outbox_event_unpublished", "id", postgresql_where=sa.text("published_at IS NULL")
        ),
    )


class OutboxDelivery(Table, table=True):
    """What one reaction still owes, or has done, to one event."""

    __tablename__ = "outbox_delivery"

    event_id: int = Field(
        sa_column=sa.Column(
            sa.BigInteger, sa.ForeignKey("outbox_event.id", ondelete="CASCADE"), primary_key=True
        )
    )
    reaction: str = Field(primary_key=True)
    attempts: int = 0
    next_try_at: datetime = aware_datetime()
    done_at: datetime | None = aware_datetime(nullable=True)
    last_error: str | None = None

    __table_args__ = (
        sa.Index(
            "ix_outbox_delivery_due", "next_try_at", postgresql_where=sa.text("done_at IS NULL")
        ),
    )

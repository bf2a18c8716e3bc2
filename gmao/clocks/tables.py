"""Rows of what contracts promise."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from gmao.clocks.model import ClockKind
from gmao.clocks.service_levels import Hours
from kit.db import Table, aware_datetime, json_column, text_enum
from lighting.faults.model import Urgency


class PromiseRow(Table, table=True):
    """A promise of an organisation and all under it, for orders opened from `valid_from` on.

    Never changed: a new promise is a new row. Exactly one of the budgets is given.
    """

    __tablename__ = "service_promise"

    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    urgency: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    valid_from: datetime = aware_datetime(primary_key=True)
    hours: str
    elapsed_minutes: int | None = None
    working_minutes: int | None = None
    business_days: int | None = None
    pausable_reasons: list[str] = json_column(default_factory=list)

    __table_args__ = (
        text_enum(Urgency, "urgency", "urgency"),
        text_enum(ClockKind, "kind", "kind"),
        text_enum(Hours, "hours", "hours"),
        sa.CheckConstraint(
            "num_nonnulls(elapsed_minutes, working_minutes, business_days) = 1", name="one_budget"
        ),
        sa.CheckConstraint(
            "elapsed_minutes > 0 OR working_minutes > 0 OR business_days > 0", name="budget"
        ),
    )

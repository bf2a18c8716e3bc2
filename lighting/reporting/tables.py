"""Rows of frozen reports: the database refuses to change or delete them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column
from kit.ids import new_id


class Report(Table, table=True):
    """One version of a month of one organisation: its inputs as canonical JSON, their hash, and
    what changed since the version before."""

    __tablename__ = "report"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    month: date
    version: int
    frozen_at: datetime = aware_datetime()
    frozen_by: str
    inputs: bytes
    inputs_sha256: str
    summary: dict[str, Any] = json_column()
    changes: list[dict[str, Any]] = json_column(default_factory=list)

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "month", "version"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("extract(day from month) = 1", name="month"),
    )


class ReportFile(Table, table=True):
    """One file of a report, as it was made when the report was frozen."""

    __tablename__ = "report_file"

    report_id: UUID = Field(foreign_key="report.id", primary_key=True)
    name: str = Field(primary_key=True)
    media_type: str
    sha256: str
    content: bytes

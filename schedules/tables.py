"""Rows of calendars and control programs: what each is called, and every version it has had."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column
from kit.ids import new_id


class ScheduleRow(Table):
    """What calendars and programs have in common: an owner, a name, and the version of now."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    name: str
    version: int = 1


class ScheduleVersion(Table):
    """One version, never changed afterwards: the document, who wrote it, when and why."""

    document_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    definition: dict[str, Any] = json_column()
    changed_at: datetime = aware_datetime()
    changed_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    changed_by_name: str
    why: str


class CalendarRow(ScheduleRow, table=True):
    """A calendar."""

    __tablename__ = "calendar"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "name"),)


class CalendarVersion(ScheduleVersion, table=True):
    """A calendar as it was from a moment on."""

    __tablename__ = "calendar_version"
    __table_args__ = (sa.ForeignKeyConstraint(["document_id"], ["calendar.id"]),)


class ControlProgramRow(ScheduleRow, table=True):
    """A control program."""

    __tablename__ = "control_program"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "name"),)


class ControlProgramVersion(ScheduleVersion, table=True):
    """A control program as it was from a moment on."""

    __tablename__ = "control_program_version"
    __table_args__ = (sa.ForeignKeyConstraint(["document_id"], ["control_program.id"]),)

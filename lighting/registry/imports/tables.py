"""Rows of imports: each run, and what became of each row of its file."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id
from lighting.registry.imports.model import Outcome, RunState


class ImportRun(Table, table=True):
    """One file read through one mapping, for one organisation."""

    __tablename__ = "import_run"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    mapping: str
    source: str
    file_name: str
    file_sha256: str
    state: str
    counts: dict[str, Any] = json_column()
    started_at: datetime = aware_datetime()
    started_by: str
    applied_at: datetime | None = aware_datetime(nullable=True)
    undone_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        text_enum(RunState, "state", "state"),
        sa.Index("ix_import_run_organisation", "organisation_id", "started_at", "id"),
    )


class ImportRow(Table, table=True):
    """What became of one lamp of one row: rows of two lamps have two of these.

    `before` and `after` are whole images of the light point; `raw` keeps a quarantined row as it
    was in the file.
    """

    __tablename__ = "import_row"

    run_id: UUID = Field(
        sa_column=sa.Column(
            sa.Uuid, sa.ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True
        )
    )
    line_number: int = Field(primary_key=True)
    lamp_number: int = Field(primary_key=True)
    outcome: str
    source_key: str = ""
    support_key: str = ""
    code: str = ""
    light_point_id: UUID | None = None
    reason_code: str | None = None
    reason: str | None = None
    raw: dict[str, Any] | None = json_column(nullable=True, default=None)
    before: dict[str, Any] | None = json_column(nullable=True, default=None)
    after: dict[str, Any] | None = json_column(nullable=True, default=None)

    __table_args__ = (
        text_enum(Outcome, "outcome", "outcome"),
        sa.Index("ix_import_row_outcome", "run_id", "outcome", "line_number"),
    )

"""API shapes of reports."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lighting.reporting.files.rendering import IN_WORDS
from lighting.reporting.model import Figures
from lighting.reporting.repository import StoredFile
from lighting.reporting.service import summary
from lighting.reporting.tables import Report

MONTH_PATTERN = r"^20\d{2}-(0[1-9]|1[0-2])$"


def first_of(month: str) -> date:
    """The first day of a month written `2026-10`."""
    return date.fromisoformat(f"{month}-01")


MonthText = Annotated[
    str, Field(pattern=MONTH_PATTERN, description="a month, such as 2026-10", examples=["2026-10"])
]


class ReportInput(BaseModel):
    """Which month of which organisation to freeze; everything below the organisation is in it."""

    organisation_id: UUID
    month: MonthText


class ReportSummary(BaseModel):
    """A month in a few figures. Shares are fractions; money, CO2 and savings are null where there
    is no price, factor or baseline on file."""

    light_point_count: int
    energy_wh: int
    measured_wh: int
    bridged_wh: int
    estimated_wh: int
    covered_share: Decimal
    cost_eur: Decimal | None
    co2_kg: Decimal | None
    saved_kwh: Decimal | None
    saved_share: Decimal | None
    availability: Decimal


class ChangeAnswer(BaseModel):
    """A figure that differs from the version before; `what` is a kind, or `cabinet:<code>`."""

    model_config = ConfigDict(from_attributes=True)

    what: str
    before: Decimal | None
    after: Decimal | None


class FileAnswer(BaseModel):
    """A file of a report; `language` is null for those without words."""

    format: str
    language: str | None
    media_type: str
    sha256: str
    size_bytes: int


class ReportAnswer(BaseModel):
    """One frozen version of a month."""

    id: UUID
    organisation_id: UUID
    month: str
    version: int
    frozen_at: datetime
    frozen_by: str
    inputs_sha256: str
    summary: ReportSummary
    changes: list[ChangeAnswer]
    files: list[FileAnswer]


class SummaryAnswer(BaseModel):
    """A month as it is now, not frozen; `to` is the last day that is in it."""

    organisation_id: UUID
    month: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    summary: ReportSummary
    co2_kg_per_kwh: Decimal | None
    co2_source: str | None


def report_answer(report: Report, files: list[StoredFile]) -> ReportAnswer:
    return ReportAnswer(
        id=report.id,
        organisation_id=report.organisation_id,
        month=f"{report.month:%Y-%m}",
        version=report.version,
        frozen_at=report.frozen_at,
        frozen_by=report.frozen_by,
        inputs_sha256=report.inputs_sha256,
        summary=ReportSummary(**report.summary),
        changes=[ChangeAnswer(**one) for one in report.changes],
        files=[_file_answer(one) for one in files],
    )


def _file_answer(stored: StoredFile) -> FileAnswer:
    file_format, _, language = stored.name.partition(".")
    return FileAnswer(
        format=file_format,
        language=language if file_format in IN_WORDS else None,
        media_type=stored.media_type,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
    )


def summary_answer(found: Figures) -> SummaryAnswer:
    factor = found.co2.factor if found.co2 else None
    return SummaryAnswer(
        organisation_id=found.organisation.id,
        month=f"{found.first:%Y-%m}",
        first=found.first,
        last=found.last,
        summary=ReportSummary(**summary(found)),
        co2_kg_per_kwh=factor.kg_per_kwh if factor else None,
        co2_source=factor.source if factor else None,
    )

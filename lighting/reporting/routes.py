"""Reports over HTTP: freeze a month, list versions, fetch files, look at a running month."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.reporting import service
from lighting.reporting.gathering import DelaySource
from lighting.reporting.model import Language
from lighting.reporting.schemas import (
    MonthText,
    ReportAnswer,
    ReportInput,
    SummaryAnswer,
    first_of,
    report_answer,
    summary_answer,
)

router = APIRouter(tags=["reports"])

# A frozen file never changes, and is only for those who may see it.
FILE_CACHE = "private, max-age=31536000, immutable"


class FileFormat(StrEnum):
    """The formats of a report."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


def delay_source(request: Request) -> DelaySource | None:
    """What tells intervention delays: `app` puts it on `app.state.intervention_delays`; without
    it, reports have no chapter about them."""
    found: DelaySource | None = getattr(request.app.state, "intervention_delays", None)
    return found


@router.post("/reports", status_code=201)
async def make_report(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: ReportInput,
    delays: Annotated[DelaySource | None, Depends(delay_source)],
    key: IdempotencyKey = None,
) -> ReportAnswer:
    """Freeze a month that is over. When nothing changed since its latest version, that version is
    the answer; otherwise a new version is made, with a trace of what changed."""

    async def work() -> ReportAnswer:
        made = await service.make_month(
            session,
            caller,
            body.organisation_id,
            first_of(body.month),
            at=clock.now(),
            delays=delays,
        )
        return report_answer(made, (await service.files(session, [made.id]))[made.id])

    return await idempotent(
        session,
        caller,
        key,
        route="reports.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=ReportAnswer,
    )


@router.get("/reports")
async def list_reports(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: Annotated[UUID | None, Query()] = None,
    month: Annotated[MonthText | None, Query()] = None,
) -> Page[ReportAnswer]:
    """Frozen versions, newest month and version first."""
    found = await service.reports(
        session,
        caller,
        organisation_id=organisation_id,
        month=None if month is None else first_of(month),
        after=page.after(tuple[date, int, UUID]),
        limit=page.limit + 1,
    )
    files = await service.files(session, [one.id for one in found])
    return page_of(
        found,
        page,
        key=lambda one: (one.month, one.version, one.id),
        shape=lambda one: report_answer(one, files[one.id]),
    )


@router.get("/reports/{report_id}")
async def get_report(session: SessionDep, caller: CurrentCaller, report_id: UUID) -> ReportAnswer:
    """One frozen version."""
    found = await service.report(session, caller, report_id)
    return report_answer(found, (await service.files(session, [found.id]))[found.id])


@router.get("/reports/{report_id}/files/{file_format}", response_class=Response)
async def get_file(
    session: SessionDep,
    caller: CurrentCaller,
    report_id: UUID,
    file_format: FileFormat,
    language: Annotated[Language, Query(description="of pdf and xlsx")] = Language.FR,
) -> Response:
    """A file exactly as it was made when the report was frozen; its ETag is its SHA-256."""
    report, stored = await service.file(session, caller, report_id, file_format, language)
    name = f"report-{report.month:%Y-%m}-v{report.version}-{language}.{file_format}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "ETag": f'"{stored.sha256}"',
        "Cache-Control": FILE_CACHE,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(stored.content, headers=headers, media_type=stored.media_type)


@router.get("/energy/summary")
async def month_so_far(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    organisation_id: Annotated[UUID, Query()],
    month: Annotated[MonthText, Query()],
) -> SummaryAnswer:
    """The figures of a month as they are now, not frozen; of a running month, up to yesterday."""
    found = await service.month_so_far(
        session, caller, organisation_id, first_of(month), at=clock.now()
    )
    return summary_answer(found)

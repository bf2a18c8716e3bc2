"""Imports over HTTP: propose, look at every row, apply, undo."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.registry.imports import service
from lighting.registry.imports.mapping import mappings
from lighting.registry.imports.model import FILE_BYTES_MAX, Outcome
from lighting.registry.imports.schemas import (
    ImportRowAnswer,
    ImportRunAnswer,
    MappingsAnswer,
    mapping_answer,
    row_answer,
)

router = APIRouter(tags=["imports"])


@router.get("/import-mappings")
async def list_mappings(caller: CurrentCaller) -> MappingsAnswer:
    """The mappings that files can be read through."""
    return MappingsAnswer(items=[mapping_answer(spec) for spec in mappings().values()])


@router.post("/imports", status_code=201)
async def create_import(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    file: Annotated[UploadFile, File(description="CSV, GeoJSON or zipped shapefile; .gz too")],
    mapping: Annotated[str, Form(max_length=100)],
    organisation_id: Annotated[UUID, Form()],
    dry_run: Annotated[bool, Form()] = True,
    key: IdempotencyKey = None,
) -> ImportRunAnswer:
    """Read a file and tell what it would change; with `dry_run=false`, change it at once."""
    content = await file.read(FILE_BYTES_MAX + 1)

    async def work() -> ImportRunAnswer:
        run = await service.import_file(
            *(session, caller, content, mapping, organisation_id),
            dry_run=dry_run,
            at=clock.now(),
            file_name=file.filename or "",
        )
        return ImportRunAnswer.model_validate(run)

    return await idempotent(
        *(session, caller, key),
        route="imports.create",
        request=f"{mapping} {organisation_id} {dry_run} ".encode() + content,
        at=clock.now(),
        work=work,
        answer_type=ImportRunAnswer,
    )


@router.get("/imports")
async def list_imports(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: Annotated[UUID | None, Query()] = None,
) -> Page[ImportRunAnswer]:
    """Imports, newest first."""
    found = await service.runs(
        *(session, caller),
        organisation_id=organisation_id,
        after=page.after(tuple[datetime, UUID]),
        limit=page.limit + 1,
    )
    return page_of(
        found, page, key=lambda run: (run.started_at, run.id), shape=ImportRunAnswer.model_validate
    )


@router.get("/imports/{run_id}")
async def get_import(session: SessionDep, caller: CurrentCaller, run_id: UUID) -> ImportRunAnswer:
    """One import."""
    return ImportRunAnswer.model_validate(await service.run(session, caller, run_id))


@router.get("/imports/{run_id}/rows")
async def list_import_rows(
    session: SessionDep,
    caller: CurrentCaller,
    run_id: UUID,
    page: PageQuery,
    outcome: Annotated[Outcome | None, Query()] = None,
) -> Page[ImportRowAnswer]:
    """What became of each row, in the order of the file."""
    found = await service.rows(
        *(session, caller, run_id),
        outcome=outcome,
        after=page.after(tuple[int, int]),
        limit=page.limit + 1,
    )
    return page_of(
        found, page, key=lambda row: (row.line_number, row.lamp_number), shape=row_answer
    )


@router.post("/imports/{run_id}/apply")
async def apply_import(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, run_id: UUID
) -> ImportRunAnswer:
    """Make the changes that a dry run proposed."""
    return ImportRunAnswer.model_validate(
        await service.apply(session, caller, run_id, at=clock.now())
    )


@router.post("/imports/{run_id}/undo")
async def undo_import(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, run_id: UUID
) -> ImportRunAnswer:
    """Take back a whole import."""
    return ImportRunAnswer.model_validate(
        await service.undo_run(session, caller, run_id, at=clock.now())
    )

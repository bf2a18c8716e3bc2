"""Use cases of imports: propose, apply, undo, tell."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, NotFoundError
from lighting.registry import repository as registry
from lighting.registry.history.repository import images_of_source
from lighting.registry.imports import repository
from lighting.registry.imports.mapping import mapping
from lighting.registry.imports.model import CabinetFacts, Lamp, Outcome, Plan, PlannedLamp, RunState
from lighting.registry.imports.proposing import (
    PREFIX_OF_NUMBERS,
    Origin,
    lamps_of,
    propose,
    read_content,
)
from lighting.registry.imports.tables import ImportRow, ImportRun
from lighting.registry.imports.target import Target
from lighting.registry.imports.undoing import undo
from lighting.registry.imports.writing import Writing, note_changes, write

# A dry run keeps an image of every lamp it would write.
DRY_RUN_KEPT = timedelta(days=30)


class ImportStateError(ConflictError):
    """The run is not in the state that this needs."""

    code = "import_state"
    title = "This import is not in that state"


class ImportOutdatedError(ConflictError):
    """The estate is no longer what the dry run saw."""

    code = "import_outdated"
    title = "The estate has changed since this dry run"


async def import_file(
    session: AsyncSession,
    caller: Caller,
    file: Path | bytes,
    mapping_name: str,
    organisation_id: UUID,
    *,
    dry_run: bool,
    at: datetime,
    file_name: str = "",
) -> ImportRun:
    """Read an inventory file and propose what it would change; without `dry_run`, change it too.

    Every row read is created, changed, unchanged or quarantined with its reason.
    """
    organisation = await access.organisation(session, caller, organisation_id)
    caller.require(Role.ADMINISTER, organisation_id)
    spec = mapping(mapping_name)
    content = await asyncio.to_thread(read_content, file)
    latest_on = at.astimezone(ZoneInfo(organisation.timezone)).date()
    lamps, rejected = await asyncio.to_thread(lamps_of, content, spec, latest_on)
    origin = Origin(
        mapping=spec.name,
        source=spec.source,
        file_name=file_name or (file.name if isinstance(file, Path) else ""),
        file_sha256=hashlib.sha256(content).hexdigest(),
        prefix=spec.code.prefix or PREFIX_OF_NUMBERS,
        defaults=spec.defaults,
    )
    # What is written must be what was compared: other writers wait from here on.
    await repository.lock(session, organisation_id)
    revision = None if dry_run else await registry.next_revision(session)
    run, proposed = await propose(session, caller, organisation_id, origin, lamps, rejected, at=at)
    await _audit(session, caller, run, "propose", at)
    if revision is not None:
        await _apply(session, caller, run, _news(proposed), {}, revision, at)
    return run


async def import_lamps(
    session: AsyncSession,
    caller: Caller,
    lamps: Sequence[Lamp],
    source: str,
    organisation_id: UUID,
    *,
    at: datetime,
    cabinets: Mapping[str, CabinetFacts] | None = None,
    prefix: str = PREFIX_OF_NUMBERS,
) -> ImportRun:
    """Write lamps that another part of the application describes, in bulk and at once.

    `facts` of a lamp are fields of `LightPointImage`; `cabinets` tells more of those they name.
    """
    await access.organisation(session, caller, organisation_id)
    caller.require(Role.ADMINISTER, organisation_id)
    origin = Origin(f"({source})", source, "", "", prefix)
    await repository.lock(session, organisation_id)
    revision = await registry.next_revision(session)
    run, proposed = await propose(session, caller, organisation_id, origin, lamps, (), at=at)
    await _apply(session, caller, run, _news(proposed), cabinets or {}, revision, at)
    return run


def _news(proposed: Plan) -> list[PlannedLamp]:
    return [lamp for lamp in proposed.lamps if lamp.outcome is not Outcome.UNCHANGED]


async def apply(session: AsyncSession, caller: Caller, run_id: UUID, *, at: datetime) -> ImportRun:
    """Make the changes that a dry run proposed; refused when the estate is not as it saw it."""
    run = await _held(session, caller, run_id, RunState.PROPOSED)
    revision = await registry.next_revision(session)
    news = await repository.news(session, run_id)
    await _check_as_seen(session, run, news)
    await _apply(session, caller, run, news, {}, revision, at)
    return run


async def _check_as_seen(
    session: AsyncSession, run: ImportRun, news: Sequence[PlannedLamp]
) -> None:
    images = await images_of_source(session, run.organisation_id, run.source)
    differing = [lamp for lamp in news if images.get(lamp.key, (None, None))[1] != lamp.before]
    codes = await repository.codes(session, run.organisation_id, [one.after.code for one in news])
    taken = [
        lamp
        for lamp in news
        if codes.get(lamp.after.code, lamp.light_point_id) != lamp.light_point_id
    ]
    if differing or taken:
        first = (differing or taken)[0].after.code
        raise ImportOutdatedError(
            f"{len(differing) + len(taken)} light points ({first} first) are not as the dry run "
            "saw them; run it again"
        )


async def _apply(
    session: AsyncSession,
    caller: Caller,
    run: ImportRun,
    news: Sequence[PlannedLamp],
    cabinets: Mapping[str, CabinetFacts],
    revision: int,
    at: datetime,
) -> None:
    writing = await _writing(session, run, revision, at)
    targets = [Target(lamp, lamp.after, is_new=lamp.before is None) for lamp in news]
    await write(session, writing, targets, cabinets)
    await note_changes(session, writing)
    run.state, run.applied_at = RunState.APPLIED.value, at
    await _audit(session, caller, run, "apply", at)
    await session.flush()


async def undo_run(
    session: AsyncSession, caller: Caller, run_id: UUID, *, at: datetime
) -> ImportRun:
    """Take back a whole import; refused when something later depends on it."""
    run = await _held(session, caller, run_id, RunState.APPLIED)
    revision = await registry.next_revision(session)
    writing = await _writing(session, run, revision, at)
    await undo(session, writing, await repository.news(session, run_id))
    run.state, run.undone_at = RunState.UNDONE.value, at
    await _audit(session, caller, run, "undo", at)
    await session.flush()
    return run


async def run(session: AsyncSession, caller: Caller, run_id: UUID) -> ImportRun:
    """One run; refused as unknown when the caller may not see it."""
    found = await repository.run(session, caller, run_id)
    if found is None:
        raise NotFoundError("no such import; see GET /api/v1/imports")
    return found


async def runs(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[ImportRun]:
    """Runs, newest first, those after the pair (started_at, id)."""
    return await repository.runs(
        session, caller, organisation_id=organisation_id, after=after, limit=limit
    )


async def rows(
    session: AsyncSession,
    caller: Caller,
    run_id: UUID,
    *,
    outcome: Outcome | None = None,
    after: tuple[int, int] | None = None,
    limit: int = 50,
) -> Sequence[ImportRow]:
    """What became of each row, in the order of the file."""
    await run(session, caller, run_id)
    return await repository.rows(session, run_id, outcome=outcome, after=after, limit=limit)


async def forget_dry_runs(session: AsyncSession, now: datetime) -> int:
    """Forget the dry runs that nobody applied within `DRY_RUN_KEPT`; returns how many."""
    return await repository.forget_dry_runs(session, now - DRY_RUN_KEPT)


async def _held(session: AsyncSession, caller: Caller, run_id: UUID, needed: RunState) -> ImportRun:
    """The run, held for a change, in the state needed."""
    seen = await run(session, caller, run_id)
    caller.require(Role.ADMINISTER, seen.organisation_id)
    await repository.lock(session, seen.organisation_id)
    await session.refresh(seen, with_for_update=True)
    if seen.state != needed.value:
        raise ImportStateError(f"it is {seen.state}; only {needed.value} imports can be so treated")
    return seen


async def _writing(session: AsyncSession, run: ImportRun, revision: int, at: datetime) -> Writing:
    organisation = await access.organisation(session, Caller.system(), run.organisation_id)
    return Writing(
        organisation_id=run.organisation_id,
        run_id=run.id,
        source=run.source,
        timezone=organisation.timezone,
        at=at,
        revision=revision,
    )


async def _audit(
    session: AsyncSession, caller: Caller, run: ImportRun, action: str, at: datetime
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=f"import.{action}",
        subject_type="import_run",
        subject_id=run.id,
        organisation_id=run.organisation_id,
        detail={"file": run.file_name, "mapping": run.mapping, "counts": run.counts},
    )

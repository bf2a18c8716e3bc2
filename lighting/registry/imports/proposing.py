"""From a file, or from lamps, to a run: what would become of every row."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.ids import new_id
from lighting.registry.imports import repository
from lighting.registry.imports.formats import read_rows
from lighting.registry.imports.lamps import read_lamps
from lighting.registry.imports.mapping import MappingSpec
from lighting.registry.imports.model import (
    FILE_BYTES_MAX,
    ImportFileError,
    Lamp,
    Outcome,
    Plan,
    Rejected,
    RunState,
)
from lighting.registry.imports.planning import counts, plan
from lighting.registry.imports.tables import ImportRun

# Light points that nobody has numbered get numbers of ours behind this.
PREFIX_OF_NUMBERS = "PL-"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where lamps come from: what a run says of itself."""

    mapping: str
    source: str
    file_name: str
    file_sha256: str
    prefix: str = PREFIX_OF_NUMBERS
    defaults: Mapping[str, object] = field(default_factory=dict)


def read_content(file: Path | bytes) -> bytes:
    """The bytes of a file, within bounds."""
    if isinstance(file, bytes):
        return file
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise ImportFileError(f"{file.name} has more than {FILE_BYTES_MAX:,} bytes; split it")
        return file.read_bytes()
    except OSError as error:
        raise ImportFileError(f"{file} cannot be read: {error.strerror}") from error


def lamps_of(
    content: bytes, spec: MappingSpec, latest_on: date
) -> tuple[Sequence[Lamp], Sequence[Rejected]]:
    """The lamps of a file, and the rows that are not taken."""
    rows, malformed = read_rows(content, spec)
    lamps, rejected = read_lamps(rows, spec, latest_on)
    return lamps, [*malformed, *rejected]


async def propose(
    session: AsyncSession,
    caller: Caller,
    organisation_id: UUID,
    origin: Origin,
    lamps: Sequence[Lamp],
    rejected: Sequence[Rejected],
    *,
    at: datetime,
) -> tuple[ImportRun, Plan]:
    """A new run with what becomes of every row; nothing of the estate is changed."""
    known = await repository.known(session, organisation_id, origin.source, origin.prefix, lamps)
    proposed = await asyncio.to_thread(
        plan,
        *(lamps, known),
        prefix=origin.prefix,
        defaults=origin.defaults,
        new_id=new_id,
        rejected=rejected,
    )
    run = ImportRun(
        organisation_id=organisation_id,
        mapping=origin.mapping,
        source=origin.source,
        file_name=origin.file_name,
        file_sha256=origin.file_sha256,
        state=RunState.PROPOSED.value,
        counts=counts(_outcomes(proposed), proposed.absent_count),
        started_at=at,
        started_by=caller.display_name,
    )
    session.add(run)
    await session.flush()
    await repository.add_rows(session, run.id, proposed)
    return run, proposed


def _outcomes(proposed: Plan) -> Iterable[tuple[int, Outcome]]:
    yield from ((lamp.line, lamp.outcome) for lamp in proposed.lamps)
    yield from ((row.line, Outcome.QUARANTINED) for row in proposed.rejected)

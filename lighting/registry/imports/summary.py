"""What a person reads after an import at the command line."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from lighting.registry.imports import repository
from lighting.registry.imports.mapping import mapping
from lighting.registry.imports.model import Outcome, RunState
from lighting.registry.imports.tables import ImportRow, ImportRun

EXAMPLES_MAX = 10


async def summary(session: AsyncSession, run: ImportRun) -> str:
    """The outcome of a run: counts, reasons, and the first rows that were not taken."""
    await session.flush()
    reasons = await repository.reasons(session, run.id)
    examples = await repository.rows(
        session, run.id, outcome=Outcome.QUARANTINED, after=None, limit=EXAMPLES_MAX
    )
    return "\n".join(_lines(run, reasons, examples))


def _lines(
    run: ImportRun, reasons: Mapping[str, int], examples: Sequence[ImportRow]
) -> Iterator[str]:
    counts = run.counts
    yield f"{run.file_name} through {run.mapping} ({mapping(run.mapping).attribution})"
    yield f"{counts['read']:>9,} rows read"
    for outcome in (Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.QUARANTINED):
        yield f"{counts[outcome.value]:>9,} {outcome.value}"
    for code, count in reasons.items():
        yield f"{'':>9}   {count:,} {code}"
    if counts["absent"]:
        yield f"{counts['absent']:>9,} known of old and not in the file: left as they are"
    if examples:
        yield "The first that were not taken:"
    for row in examples:
        yield f"  line {row.line_number}: {row.reason}"
    yield _outlook(run)


def _outlook(run: ImportRun) -> str:
    if run.state == RunState.PROPOSED.value:
        return f"Nothing was changed (dry run). Apply it: POST /api/v1/imports/{run.id}/apply"
    return f"Applied. Take it back: POST /api/v1/imports/{run.id}/undo"

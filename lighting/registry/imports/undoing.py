"""Takes back a whole import: what it changed is as before, what it made is gone.

Refused when something later depends on it. Controllers it registered stay registered, in stock:
what they have sent meanwhile is theirs.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from kit.errors import ConflictError
from lighting.registry.imports.model import PlannedLamp
from lighting.registry.imports.target import Target
from lighting.registry.imports.writing import Writing, write

EXAMPLES_MAX = 5

LATER_CHANGES_SQL = """
SELECT coalesce(later.after, mine.after) ->> 'code' AS code, later.action, later.at
FROM asset_change mine
JOIN asset_change later ON later.asset_id = mine.asset_id AND later.id > mine.id
    AND later.import_run_id IS DISTINCT FROM $1
WHERE mine.import_run_id = $1 AND mine.action = 'import'
ORDER BY later.id
"""
DELETE_STAYS_SQL = "DELETE FROM installation WHERE import_run_id = $1"
STORE_CONTROLLERS_SQL = """
UPDATE controller c SET state = 'in_stock', revision = $2, import_run_id = NULL
WHERE c.import_run_id = $1
   OR c.id IN (SELECT controller_id FROM installation WHERE import_run_id = $1)
"""
# Children before parents. A luminaire type that others use by now stays in the catalogue.
DELETIONS = (
    "DELETE FROM luminaire WHERE import_run_id = $1",
    "DELETE FROM external_id WHERE import_run_id = $1",
    "DELETE FROM light_point WHERE import_run_id = $1",
    "DELETE FROM support WHERE import_run_id = $1",
    "DELETE FROM circuit WHERE import_run_id = $1",
    "DELETE FROM cabinet WHERE import_run_id = $1",
    "UPDATE luminaire_type y SET import_run_id = NULL WHERE y.import_run_id = $1 "
    "AND EXISTS (SELECT FROM luminaire l WHERE l.type_id = y.id)",
    "DELETE FROM luminaire_type WHERE import_run_id = $1",
)
NOTE_UNDO_SQL = """
INSERT INTO asset_change (at, organisation_id, asset_type, asset_id, action, before, after,
    import_run_id)
SELECT $2, organisation_id, asset_type, asset_id, 'import_undo', after, before, $1
FROM asset_change WHERE import_run_id = $1 AND action = 'import' ORDER BY id
"""


class ImportUndoRefusedError(ConflictError):
    """Something later depends on what the import did."""

    code = "import_undo_refused"
    title = "This import cannot be undone any more"


async def undo(session: AsyncSession, writing: Writing, lamps: Sequence[PlannedLamp]) -> None:
    """Take back the run of `writing`; `lamps` are those it created or changed."""
    connection = await raw(session)
    await _check_nothing_later(connection, writing.run_id)
    try:
        async with connection.transaction():
            await connection.execute(STORE_CONTROLLERS_SQL, writing.run_id, writing.revision)
            await connection.execute(DELETE_STAYS_SQL, writing.run_id)
            await write(session, writing, _as_before(lamps), {})
            for statement in DELETIONS:
                await connection.execute(statement, writing.run_id)
            await connection.execute(NOTE_UNDO_SQL, writing.run_id, writing.at)
    except asyncpg.ForeignKeyViolationError as error:
        raise ImportUndoRefusedError(
            f"records of '{error.table_name}' refer by now to what this import brought; "
            "take the light points out of service instead"
        ) from error


def _as_before(lamps: Sequence[PlannedLamp]) -> list[Target]:
    return [Target(lamp, lamp.before, is_new=False) for lamp in lamps if lamp.before is not None]


async def _check_nothing_later(connection: Any, run_id: UUID) -> None:
    later = await connection.fetch(LATER_CHANGES_SQL, run_id)
    if not later:
        return
    examples = "; ".join(
        f"{record['code']} ({record['action']}, {record['at']:%Y-%m-%d})"
        for record in later[:EXAMPLES_MAX]
    )
    raise ImportUndoRefusedError(
        f"{len(later)} later changes depend on it: {examples}; undo those first",
        later_count=len(later),
    )

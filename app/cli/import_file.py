"""Read an inventory file into the registry.

Example: reverbere import lamps.csv --mapping reverbere_csv --dry-run

Every row is created, changed, unchanged, or put in quarantine with its reason. A dry run changes
nothing: the console shows it under Imports and can apply it.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lighting.registry.imports.tables import ImportRow, ImportRun

# Rows in quarantine that are told; the console shows them all.
TOLD_MAX = 20


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--mapping", required=True, help="how to read it, for example reverbere_csv"
    )
    parser.add_argument("--organisation", help="whose lamps they are; not needed when there is one")
    parser.add_argument("--dry-run", action="store_true", help="propose the changes only")


def run(arguments: Namespace) -> int:
    import asyncio

    from app.local import local_database
    from kit.settings import read_settings

    with local_database(read_settings()) as url:
        print(asyncio.run(_import(url, arguments)))
    return 0


async def _import(url: str, arguments: Namespace) -> str:
    from app.organisations import find_organisation
    from kit.access.model import Caller
    from kit.clock import SystemClock
    from kit.db import Database
    from lighting.registry.imports import service
    from lighting.registry.imports.model import Outcome

    database = Database(url)
    caller = Caller.system("command line")
    try:
        async with database.session() as session:
            organisation_id = await find_organisation(session, arguments.organisation)
            made = await service.import_file(
                session,
                caller,
                arguments.file,
                arguments.mapping,
                organisation_id,
                dry_run=arguments.dry_run,
                at=SystemClock().now(),
            )
            refused = await service.rows(
                session, caller, made.id, outcome=Outcome.QUARANTINED, limit=TOLD_MAX
            )
            return told(made, refused)
    finally:
        await database.close()


def told(made: "ImportRun", refused: "Sequence[ImportRow]") -> str:
    """What became of the file, for a person."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in made.counts.items())
    lines = [f"{made.file_name}: {counts} ({made.state})."]
    lines += [f"  line {row.line_number}: {row.reason}" for row in refused]
    if made.counts.get("quarantined", 0) > len(refused):
        lines.append("  … and more: see Imports in the console.")
    return "\n".join(lines)

"""Read an inventory file into the registry.

Example: reverbere import lamps.csv --mapping reverbere_csv --dry-run

Every row is created, changed, unchanged, or put in quarantine with its reason. A dry run changes
nothing: the console shows it under Imports and can apply it.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

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
            reasons = {row.line_number: str(row.reason) for row in refused}
            return told(f"{made.file_name} ({made.state})", made.counts, reasons)
    finally:
        await database.close()


def told(title: str, counts: Mapping[str, int], reasons: Mapping[int, str]) -> str:
    """What became of the file, for a person; `reasons` by line of the file."""
    lines = [f"{title}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items())]
    lines += [f"  line {line}: {reason}" for line, reason in reasons.items()]
    if counts.get("quarantined", 0) > len(reasons):
        lines.append("  … and more: see Imports in the console.")
    return "\n".join(lines)

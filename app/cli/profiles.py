"""The devices Réverbère speaks with: name, network, how far the profile can be trusted.

Example: reverbere profiles --into docs/networks.md
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--markdown", action="store_true", help="as a table with the sources")
    parser.add_argument(
        "--into", type=Path, metavar="PAGE", help="renew the table of this page, between its marks"
    )


def run(arguments: Namespace) -> int:
    from drivers.profiles import all_profiles, table

    known = all_profiles()
    page: Path | None = arguments.into
    if page is not None:
        page.write_text(table.renewed(page.read_text("utf-8"), known), encoding="utf-8")
    else:
        print(table.markdown(known) if arguments.markdown else table.plain(known))
    return 0

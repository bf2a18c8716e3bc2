"""Open the account of an administrator, for example the first of a new installation.

Example: reverbere account a.dupont@ville.example --name "Anne Dupont" \\
             --organisation "Ville d'Exemple" --new municipality

The password is asked for, or read from standard input when it is not a terminal.
"""

import sys
from argparse import ArgumentParser, Namespace
from getpass import getpass

KINDS = ("syndicate", "municipality", "contractor", "district")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument("--name", required=True, help="how the person is shown")
    parser.add_argument("--organisation", required=True, help="its name; the account rules it")
    parser.add_argument("--new", choices=KINDS, help="make the organisation, of this kind")


def run(arguments: Namespace) -> int:
    import asyncio

    from app.accounts import open_administrator
    from app.local import local_database
    from app.wiring import build_clock
    from kit.access.model import OrganisationKind
    from kit.db import Database
    from kit.settings import read_settings

    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    settings = read_settings()

    async def open_account(url: str) -> None:
        database = Database(url)
        try:
            await open_administrator(
                database,
                build_clock(settings),
                email=arguments.email,
                display_name=arguments.name,
                password=password,
                organisation_name=arguments.organisation,
                new_kind=OrganisationKind(arguments.new) if arguments.new else None,
            )
        finally:
            await database.close()

    with local_database(settings) as url:
        asyncio.run(open_account(url))
    print(f"{arguments.email} may sign in.")
    return 0

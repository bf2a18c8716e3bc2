"""Bring the database to the schema of this version.

Works on REVERBERE_DATABASE__URL, or on the PostgreSQL that `reverbere run` starts by itself.
"""

from argparse import ArgumentParser, Namespace


def arguments(parser: ArgumentParser) -> None:
    del parser  # everything is a setting


def run(arguments: Namespace) -> int:
    del arguments
    from app.local import local_database
    from kit.settings import read_settings
    from migrations.run import upgrade

    with local_database(read_settings()) as url:
        upgrade(url)
    return 0

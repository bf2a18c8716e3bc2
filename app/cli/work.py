"""Listen to the field networks, keep the light as it should be, run the jobs.

Any number of workers may run beside each other on one database and broker.
"""

from argparse import ArgumentParser, Namespace


def arguments(parser: ArgumentParser) -> None:
    del parser  # everything is a setting


def run(arguments: Namespace) -> int:
    del arguments
    import asyncio

    from app.worker import work
    from kit.log import configure_logging
    from kit.settings import read_settings

    settings = read_settings()
    configure_logging(json_lines=settings.log.json_lines, level=settings.log.level)
    asyncio.run(work(settings))
    return 0

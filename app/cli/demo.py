"""Open a living demo city on this machine: PostgreSQL, MQTT broker, server, worker and devices.

Everything is kept in the folder `demo` of REVERBERE_DATA_DIR; Ctrl-C stops all that was started,
and the next start finds the city as it was left.
"""

import sys
from argparse import ArgumentParser, Namespace


def arguments(parser: ArgumentParser) -> None:
    del parser  # everything is a setting


def run(arguments: Namespace) -> int:
    del arguments
    from app.demo.opening import open_city
    from app.ports import refuse_taken_port
    from app.supervisor import interruptible
    from kit.settings import read_settings

    given = read_settings()
    settings = given.model_copy(update={"demo": True, "data_dir": given.data_dir / "demo"})
    refuse_taken_port(settings.http.host, settings.http.port)
    try:
        with interruptible():
            ended = open_city(settings, say)
        print(f"The {ended.name} ended by itself: see {ended.log}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Everything is stopped; the city keeps its state for the next start.")
        return 0


def say(line: str) -> None:
    """One calm line to the person who waits."""
    print(line, flush=True)

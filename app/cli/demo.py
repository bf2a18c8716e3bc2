"""Open a living demo city on this machine: PostgreSQL, MQTT broker, server, worker and devices.

Everything is kept in the folder `demo` of REVERBERE_DATA_DIR; Ctrl-C stops all that was started,
and the next start finds the city as it was left, and lives the time in between.

Example: reverbere demo --speed 60      (an hour of the city passes in a minute)
"""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable

QUESTION = "Forget the demo city and everything in it? Type yes: "


def arguments(parser: ArgumentParser) -> None:
    from app.demo.model import LAMPS_MAX, LAMPS_MIN, NIGHTS_MAX, NIGHTS_MIN, SPEED_MAX, DemoOptions

    usual = DemoOptions()
    parser.add_argument(
        "--speed",
        type=within(1.0, SPEED_MAX),
        default=usual.speed,
        help=f"how many times as fast as ours its time runs, up to {SPEED_MAX:g}",
    )
    parser.add_argument("--fresh", action="store_true", help="forget the city and make a new one")
    parser.add_argument("--yes", action="store_true", help="do not ask before forgetting it")
    parser.add_argument(
        "--lamps",
        type=within(LAMPS_MIN, LAMPS_MAX),
        default=usual.lamp_count,
        help="lamps of a city that is made",
    )
    parser.add_argument(
        "--nights",
        type=within(NIGHTS_MIN, NIGHTS_MAX),
        default=usual.night_count,
        help="nights it has lived at least; 31 or fewer leave no month to close",
    )


def within(least: float, most: float) -> Callable[[str], float]:
    """Reads a number between two bounds."""

    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise ArgumentTypeError(f"give a number from {least:g} to {most:g}")
        return value

    return number


def run(arguments: Namespace) -> int:
    from app.demo.model import DemoOptions
    from app.demo.opening import open_city
    from app.ports import refuse_taken_port
    from app.supervisor import interruptible
    from kit.log import configure_logging
    from kit.settings import read_settings

    configure_logging(json_lines=False, level="WARNING")  # the terminal is for the person
    given = read_settings()
    settings = given.model_copy(update={"demo": True, "data_dir": given.data_dir / "demo"})
    options = DemoOptions(
        speed=arguments.speed,
        is_fresh=arguments.fresh,
        lamp_count=int(arguments.lamps),
        night_count=int(arguments.nights),
    )
    refuse_taken_port(settings.http.host, settings.http.port)
    if options.is_fresh and not (arguments.yes or is_confirmed()):
        say("The city stays as it is.")
        return 0
    try:
        with interruptible():
            ended = open_city(settings, options, say)
        print(f"The {ended.name} ended by itself: see {ended.log}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Everything is stopped; the city keeps its state for the next start.")
        return 0


def is_confirmed() -> bool:
    """Ask the person at the terminal; nobody there means no."""
    return sys.stdin.isatty() and input(QUESTION).strip().lower() in ("yes", "oui")


def say(line: str) -> None:
    """One calm line to the person who waits."""
    print(line, flush=True)

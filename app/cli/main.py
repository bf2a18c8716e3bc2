"""Finds the subcommand, reads its arguments, and turns refusals into one sentence.

Each subcommand is a module with `arguments(parser)` and `run(arguments)`, imported only when it is
the one asked for: `reverbere sun` must not wait for a web framework.
"""

import errno
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast


class Subcommand(Protocol):
    """What a module of a subcommand holds; its docstring is its help."""

    def arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, arguments: Namespace) -> int: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of subcommands."""

    module: str
    summary: str


SUBCOMMANDS: Mapping[str, Entry] = {
    "demo": Entry("app.cli.demo", "open a living demo city on this machine"),
    "run": Entry("app.cli.run", "everything on one machine: server and worker"),
    "serve": Entry("app.cli.serve", "the API and the console"),
    "work": Entry("app.cli.work", "field networks, control and jobs"),
    "migrate": Entry("app.cli.migrate", "bring the database to this version's schema"),
    "account": Entry("app.cli.account", "open the account of an administrator"),
    "import": Entry("app.cli.import_file", "read an inventory file into the registry"),
    "decode": Entry("app.cli.decode", "what a device says in one frame"),
    "profiles": Entry("app.cli.profiles", "the devices it speaks with"),
    "sun": Entry("app.cli.sun", "sunrise, sunset and twilights of a place and day"),
    "openapi": Entry("app.cli.openapi", "the description of the API"),
}

USAGE = "usage: reverbere SUBCOMMAND [options]      (reverbere SUBCOMMAND --help says more)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; the answer is the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help"):
        print(overview())
        return 0
    entry = SUBCOMMANDS.get(words[0])
    if entry is None:
        print(f"reverbere has no subcommand “{words[0]}”.\n\n{overview()}", file=sys.stderr)
        return 2
    subcommand = import_module(entry.module)
    parser = ArgumentParser(
        prog=f"reverbere {words[0]}",
        description=subcommand.__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    module = cast("Subcommand", subcommand)
    module.arguments(parser)
    return _run(module, parser.parse_args(words[1:]))


def overview() -> str:
    """The subcommands, one a line."""
    lines = [f"  {name:<9} {entry.summary}" for name, entry in SUBCOMMANDS.items()]
    return "\n".join([USAGE, "", *lines])


def _run(module: Subcommand, arguments: Namespace) -> int:
    try:
        return module.run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output left, as `head` does
        sys.stderr.close()
        return 0
    except Exception as error:
        sentence = explained(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 1


def explained(error: Exception) -> str | None:
    """What to tell a person about an error that is theirs to mend; None for our own mistakes."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from app.embedded.errors import EmbeddedServiceError
    from app.wiring import MissingSettingError
    from drivers.errors import DecodeError
    from drivers.profiles import ProfileError
    from kit.errors import DomainError

    if isinstance(error, EmbeddedServiceError | MissingSettingError | DomainError):
        return str(error)
    if isinstance(error, DecodeError | ProfileError):
        return f"The frame cannot be read: {error}."
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.ENOSPC):
        return f"{error.filename or 'The disk'} cannot be written: {error.strerror}."
    if isinstance(error, SettingsError) and "directory" in str(error):
        return f"The {error}: give REVERBERE_SECRETS_DIR the folder that holds the secrets."
    if isinstance(error, SettingsError):
        return f"A setting cannot be read: {error}."
    if isinstance(error, ValidationError) and error.title == "Settings":
        return "\n".join(_setting_sentence(problem) for problem in error.errors())
    return None


def _setting_sentence(problem: Mapping[str, object]) -> str:
    place = cast("Sequence[object]", problem["loc"])
    name = "__".join(str(part).upper() for part in place)
    return f"REVERBERE_{name} cannot be used: {problem['msg']}."

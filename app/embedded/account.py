"""Which operating-system account runs a service, and what it can reach.

PostgreSQL refuses to run as root. When we are root its processes run under a system account that
already exists; no account is created and no permission outside the service's own folder changes.
"""

import os
import pwd
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.embedded.errors import EmbeddedServiceError

# Tried in this order when we are root; `nobody` exists on every Unix.
_ACCOUNTS_FOR_ROOT = ("reverbere", "postgres", "nobody")

# Where root keeps services whose preferred folder lies in a closed place such as /root.
ROOT_STATE_FOLDER = Path("/var/lib/reverbere")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, entry: pwd.struct_passwd) -> "Account":
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def is_ours(self) -> bool:
        """True when this process already runs under the account."""
        return self.uid == os.geteuid()

    def credentials(self) -> dict[str, Any]:
        """Arguments for `subprocess` that make the child run under the account."""
        if self.is_ours():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def own_account() -> Account:
    """The account this process runs under (which may have no name, as in some containers)."""
    try:
        return Account.of(pwd.getpwuid(os.geteuid()))
    except KeyError:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid())


def service_account(folder: Path) -> Account:
    """Who runs a service with files in `folder`: ourselves, or for root an ordinary account.

    A folder that already belongs to an ordinary account keeps it.
    """
    if os.geteuid() != 0:
        return own_account()
    if folder.exists() and folder.stat().st_uid != 0:
        return Account.of(pwd.getpwuid(folder.stat().st_uid))
    for name in _ACCOUNTS_FOR_ROOT:
        try:
            return Account.of(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedServiceError(
        "PostgreSQL does not run as root and this machine has no account named "
        f"{', '.join(_ACCOUNTS_FOR_ROOT)}: create one, or start as an ordinary user."
    )


def can_enter(account: Account, folder: Path) -> bool:
    """True when `account` can pass through `folder` (its mode alone, not its parents)."""
    status = folder.stat()
    if account.uid == 0:
        return True
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def closed_parent(account: Account, path: Path) -> Path | None:
    """The first existing folder above `path` that `account` cannot pass through, if any."""
    parents = [parent for parent in reversed(path.absolute().parents) if parent.exists()]
    return next((parent for parent in parents if not can_enter(account, parent)), None)


def own_folder(folder: Path, account: Account) -> None:
    """Make `folder` the account's private one; parents keep their owner and mode."""
    shut = closed_parent(account, folder)
    if shut is not None:
        raise EmbeddedServiceError(
            f"The account “{account.name}” cannot pass through {shut}: "
            "set REVERBERE_DATA_DIR to a folder it can reach."
        )
    try:
        _make(folder, account)
        if folder.stat().st_uid != account.uid:
            if any(folder.iterdir()):
                raise EmbeddedServiceError(
                    f"{folder} belongs to another account and is not empty: "
                    "set REVERBERE_DATA_DIR to another folder."
                )
            os.chown(folder, account.uid, account.gid)
        folder.chmod(0o700)
    except OSError as error:
        raise EmbeddedServiceError(
            f"The folder {folder} cannot be used ({error.strerror}): "
            "set REVERBERE_DATA_DIR to a folder of yours."
        ) from error


def _make(folder: Path, account: Account) -> None:
    for missing in [f for f in (*reversed(folder.parents), folder) if not f.exists()]:
        missing.mkdir()
        if not account.is_ours():
            missing.chmod(0o755)  # a strict umask would shut the account out of its own folder


def state_folder(preferred: Path, *, stand_ins: Path = ROOT_STATE_FOLDER) -> Path:
    """Where embedded services keep their files: `preferred`, or a stand-in when it is closed.

    Only root needs the stand-in: a checkout under /root is out of reach for the account that runs
    PostgreSQL. The stand-in is named after a mark kept in `preferred`, so that a new checkout at
    the same place does not inherit the data of an older one.
    """
    preferred = preferred.absolute()
    account = service_account(preferred / "postgres")
    try:
        _make(preferred, account)
        if closed_parent(account, preferred / "postgres") is None:
            return preferred
        mark = preferred / "state-folder-name"
        if not mark.exists():
            mark.write_text(secrets.token_hex(4))
        stand_in = stand_ins / mark.read_text()
        _make(stand_in, account)
    except OSError as error:
        raise EmbeddedServiceError(
            f"Nothing can be written in {error.filename} ({error.strerror}): "
            "set REVERBERE_DATA_DIR to a folder of yours."
        ) from error
    return stand_in

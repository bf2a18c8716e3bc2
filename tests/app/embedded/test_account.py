"""Which account runs a service, and where its files may be."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded.account import (
    Account,
    closed_parent,
    own_account,
    own_folder,
    service_account,
    state_folder,
)
from app.embedded.binaries import PostgresBinaries, find_binaries, within_reach
from app.embedded.errors import EmbeddedServiceError

root_only = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root hands its services to another account: run as root"
)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="reverbere-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def closed_folder(open_folder: Path) -> Path:
    """Like /root: for its owner alone."""
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    return closed


def stranger() -> Account:
    """An account that owns nothing here."""
    return Account("stranger", 60_999, 60_999)


def test_an_ordinary_user_keeps_files_where_asked(open_folder: Path) -> None:
    assert closed_parent(own_account(), open_folder / "postgres") is None


def test_the_first_closed_parent_is_named(closed_folder: Path) -> None:
    assert closed_parent(stranger(), closed_folder / "deep" / "postgres") == closed_folder


def test_an_unreachable_folder_is_said_in_one_sentence(closed_folder: Path) -> None:
    with pytest.raises(EmbeddedServiceError, match=r"cannot pass through .*closed: set REVERBERE"):
        own_folder(closed_folder / "postgres", stranger())
    assert not (closed_folder / "postgres").exists()


@root_only
def test_root_hands_its_service_to_an_ordinary_account(open_folder: Path) -> None:
    account = service_account(open_folder / "postgres")
    assert account.uid != 0


@root_only
def test_a_folder_keeps_the_account_it_belongs_to(open_folder: Path) -> None:
    os.chown(open_folder, 65_534, 65_534)
    assert service_account(open_folder).uid == 65_534


@root_only
def test_a_strict_umask_does_not_shut_the_account_out(open_folder: Path) -> None:
    before = os.umask(0o077)
    try:
        account = service_account(open_folder / "new" / "postgres")
        own_folder(open_folder / "new" / "postgres", account)
    finally:
        os.umask(before)
    assert closed_parent(account, open_folder / "new" / "postgres" / "data") is None
    assert stat.S_IMODE((open_folder / "new" / "postgres").stat().st_mode) == 0o700


@root_only
def test_a_closed_checkout_gets_a_stand_in_that_stays_the_same(
    closed_folder: Path, open_folder: Path
) -> None:
    chosen = state_folder(closed_folder / "var", stand_ins=open_folder / "stand-ins")
    assert chosen.parent == open_folder / "stand-ins"
    assert state_folder(closed_folder / "var", stand_ins=open_folder / "stand-ins") == chosen
    shutil.rmtree(closed_folder / "var")
    fresh = state_folder(closed_folder / "var", stand_ins=open_folder / "stand-ins")
    assert fresh != chosen
    assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700


@root_only
def test_programs_in_a_closed_place_are_copied_within_reach(
    closed_folder: Path, open_folder: Path
) -> None:
    installed = find_binaries()
    home = closed_folder / "site-packages" / "wheel" / "pginstall"
    (home / "bin").mkdir(parents=True)
    shutil.copy(installed.folder / "postgres", home / "bin" / "postgres")
    account = service_account(open_folder / "postgres")

    copied = within_reach(PostgresBinaries(home / "bin", installed.version), account, open_folder)

    assert closed_parent(account, copied.folder / "postgres") is None
    assert (copied.folder / "postgres").stat().st_mode & stat.S_IXOTH
    assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700

"""The embedded PostgreSQL: the real server, as root and as an ordinary user."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.embedded.account import service_account
from app.embedded.binaries import find_binaries
from app.embedded.errors import EmbeddedServiceError
from app.embedded.postgres import EmbeddedPostgres
from tests.app.embedded import forked
from tests.polling import eventually
from tests.processes import is_alive

IS_ROOT = os.geteuid() == 0

# None: whoever runs the tests. Root also tries it as an ordinary user.
ACCOUNTS = [None, "nobody"] if IS_ROOT else [None]

# A test needs no safety against power cuts.
FAST = {"fsync": "off", "shared_buffers": "16MB"}

# From Python 3.12 on, forking beside threads warns; these children run nothing of the threads.
pytestmark = [
    pytest.mark.database,
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for one server, at a place every account can reach."""
    made = Path(tempfile.mkdtemp(prefix="reverbere-test-"))
    made.rmdir()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(params=ACCOUNTS, ids=lambda account: account or "own account")
def account(request: pytest.FixtureRequest, folder: Path) -> str | None:
    name: str | None = request.param
    if name is not None:
        folder.mkdir()
        shutil.chown(folder, name)
    return name


def server(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, settings=FAST)


def leave_behind(folder: Path) -> int:
    """Start a server that belongs to no living owner; gives its process id."""
    with server(folder):
        pass
    command = [find_binaries().tool("pg_ctl"), "start", "-w", "-D", folder / "data"]
    command += ["-o", f"-c listen_addresses= -k {folder}", "-l", folder / "data" / "log"]
    account = service_account(folder)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **account.credentials())
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def wait_and_kill(survivor: int, log: Path) -> None:
    """Kill a stopped process once the server has complained of it."""
    complaint = "pre-existing shared memory block"
    try:
        asyncio.run(eventually(lambda: complaint in log.read_text(errors="replace"), within_s=30))
    finally:
        os.kill(survivor, signal.SIGKILL)


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def modes_above(*places: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode, owner and group of every folder above the places."""
    parents = {parent for place in places for parent in place.absolute().parents}
    statuses = {parent: parent.stat() for parent in parents}
    return {path: (s.st_mode, s.st_uid, s.st_gid) for path, s in statuses.items()}


async def test_it_starts_answers_and_stops(folder: Path, account: str | None) -> None:
    def start() -> tuple[str, int | None]:
        running = server(folder)
        return running.start(), running.pid

    with forked.process(start, account) as (_, (url, pid)):
        assert await fetch(url, "SELECT current_user || '@' || current_database()") == (
            "reverbere@reverbere"
        )
        assert await fetch(url, "SELECT rolsuper FROM pg_roles WHERE rolname = user") is False
        assert is_alive(pid)

    def start_and_stop() -> tuple[int | None, int | None]:
        running = server(folder)
        running.start()
        before = running.pid
        running.stop()
        return before, running.pid

    before, after = forked.run(start_and_stop, account)
    assert before is not None
    assert after is None
    assert not is_alive(before)


async def test_what_was_committed_outlives_a_killed_owner(
    folder: Path, account: str | None
) -> None:
    def start() -> tuple[str, int | None]:
        running = server(folder)
        return running.start(), running.pid

    with forked.process(start, account) as (owner, (url, pid)):
        await fetch(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(owner, signal.SIGKILL)
        await eventually(lambda: not is_alive(owner))

        def start_again() -> tuple[int | None, str]:
            running = server(folder)
            running.start()
            return running.pid, running.url

        with forked.process(start_again, account) as (_, (second_pid, second_url)):
            assert await fetch(second_url, "SELECT answer FROM kept") == 42
            assert not is_alive(pid)

    await eventually(lambda: not is_alive(second_pid))


async def test_a_killed_server_starts_again_in_the_same_hands(folder: Path) -> None:
    running = server(folder)
    with running as url:
        await fetch(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        killed = running.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        await eventually(lambda: not is_alive(killed))
        assert running.start() == url
        assert running.pid not in (None, killed)
        assert await fetch(url, "SELECT answer FROM kept") == 42


async def test_children_that_outlive_a_killed_server_are_waited_for(folder: Path) -> None:
    running = server(folder)
    with running as url:
        connection = await asyncpg.connect(url)
        survivor = connection.get_server_pid()
        os.kill(survivor, signal.SIGSTOP)
        killed = running.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        await eventually(lambda: not is_alive(killed))
        refused = asyncio.to_thread(wait_and_kill, survivor, running.log)
        waiting = asyncio.create_task(refused)
        await asyncio.sleep(0)  # the thread watches while this one starts the server
        running.start()
        await waiting
        connection.terminate()
        assert await fetch(url, "SELECT 1") == 1


async def test_a_server_left_behind_is_replaced_and_nothing_stays(folder: Path) -> None:
    orphan = leave_behind(folder)
    replacing = server(folder)
    replacing.start()
    started = replacing.pid
    replacing.stop()

    assert started not in (None, orphan)
    await eventually(lambda: not is_alive(orphan))
    assert not is_alive(started)


async def test_a_second_process_joins_and_leaves_the_server_running(folder: Path) -> None:
    with server(folder) as url:
        joined_url = forked.run(lambda: server(folder).__enter__())
        assert joined_url == url

        def join_and_leave() -> None:
            with server(folder):
                pass

        forked.run(join_and_leave)
        assert await fetch(url, "SELECT 1") == 1


def test_no_permission_changes_outside_its_folder(folder: Path, account: str | None) -> None:
    binaries = find_binaries().folder / "postgres"
    before = modes_above(folder, binaries)

    def start_and_stop() -> None:
        with server(folder):
            pass

    forked.run(start_and_stop, account)
    assert modes_above(folder, binaries) == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_first_start_cut_short_is_begun_afresh(folder: Path) -> None:
    folder.mkdir()
    if IS_ROOT:
        shutil.chown(folder, service_account(folder).name)
    (folder / "data.partial").mkdir()
    (folder / "data.partial" / "PG_VERSION").write_text("18")
    with server(folder):
        assert not (folder / "data.partial").exists()


@pytest.mark.parametrize(
    ("name", "is_short"),
    [
        pytest.param("a-long-name-" * 8, True, id="too long"),
        pytest.param("lamps, poles", True, id="comma"),
        pytest.param("my lamps à moi", False, id="blanks and accents"),
    ],
)
async def test_any_path_has_a_socket(folder: Path, name: str, is_short: bool) -> None:
    running = server(folder / name / "postgres")
    try:
        assert await fetch(running.start(), "SELECT 1") == 1
        assert (running.socket_folder != running.folder) is is_short
    finally:
        running.stop()
        shutil.rmtree(running.socket_folder)


def test_a_busy_socket_is_said_in_one_sentence(folder: Path) -> None:
    with server(folder):
        pass
    account = service_account(folder).name if IS_ROOT else None
    with forked.process(os.getpid, account) as (_, squatter):
        lock = folder / ".s.PGSQL.5432.lock"
        lock.write_text(f"{squatter}\n{folder}\n0\n5432\n{folder}\n")
        with pytest.raises(EmbeddedServiceError, match="Another PostgreSQL uses the socket in"):
            server(folder).start()


def test_files_of_another_version_are_refused_in_one_sentence(folder: Path) -> None:
    with server(folder):
        pass
    (folder / "data" / "PG_VERSION").write_text("11\n")
    with pytest.raises(EmbeddedServiceError, match="made by PostgreSQL 11, and only"):
        server(folder).start()


@pytest.mark.skipif(not IS_ROOT, reason="only root can be given the folder of another: run as root")
def test_a_folder_with_other_files_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.odt").write_text("years of work")
    with pytest.raises(EmbeddedServiceError, match="not empty: set REVERBERE_DATA_DIR"):
        server(folder).start()
    assert folder.stat().st_uid == 0
    assert list(folder.iterdir()) == [folder / "thesis.odt"]

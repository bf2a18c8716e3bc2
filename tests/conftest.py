"""What tests share: one real PostgreSQL and broker a session, a fresh database a module."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy.ext.asyncio import AsyncSession

from app.embedded.broker import BrokerAddress, EmbeddedBroker, find_mosquitto
from app.embedded.postgres import EmbeddedPostgres
from kit.db import Database
from migrations import run

# Nothing in a test outlives the session, so nothing need survive a power cut.
_UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",
}

# Marker to the fixture that brings it.
_MARKERS = {"database": "postgres", "broker": "broker", "browser": "chromium"}

_numbers = itertools.count(1)

# A slow machine is no wrong program: nothing that Hypothesis times decides.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# The library's own default shows the local variables of every frame: seconds for one exception.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failure: for CI")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With --no-skips, a machine that lacks something the tests need does not pass."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the service they use, so that `-m "not database"` runs without it."""
    for item in items:
        used = getattr(item, "fixturenames", ())
        for marker, fixture in _MARKERS.items():
            if fixture in used:
                item.add_marker(marker)


def service_folder() -> Path:
    """A folder that the accounts of embedded services can reach (pytest's own are closed)."""
    return Path(tempfile.mkdtemp(prefix="reverbere-test-"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of our own, or of the one in REVERBERE_TEST_DATABASE_URL.

    There, the account must own its database and may create others.
    """
    given = os.environ.get("REVERBERE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = service_folder()
    try:
        with EmbeddedPostgres(folder, settings=_UNSAFE_BUT_FAST) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The name of a migrated database that others are copied from."""
    name = f"template_{os.getpid()}"
    asyncio.run(execute(postgres, f"CREATE DATABASE {name}"))
    run.upgrade(beside(postgres, name))
    return name


@pytest.fixture(scope="module")
async def database(postgres: str, template: str) -> AsyncIterator[Database]:
    """A migrated database for one test module."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    await execute(postgres, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    database = Database(beside(postgres, name))
    yield database
    await database.close()
    await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """One transaction, rolled back at the end: what a test writes, the next does not see."""
    async with database.engine.connect() as connection:
        transaction = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await transaction.rollback()


@pytest.fixture(scope="session")
def broker() -> Iterator[BrokerAddress]:
    """A real Mosquitto on a free loopback port."""
    mosquitto = find_mosquitto()
    if mosquitto is None:
        pytest.skip("these tests need Mosquitto: apt install mosquitto (or brew, dnf, apk)")
    folder = service_folder()
    try:
        with EmbeddedBroker(folder, mosquitto=mosquitto) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium of this machine, for Playwright's `executable_path`."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return Path(found)
    pytest.skip("these tests need Chromium: apt install chromium (or brew, dnf, apk)")


def beside(url: str, name: str) -> str:
    """The address of another database of the same server."""
    head, _, query = url.partition("?")
    server = head.rpartition("/")[0]
    return f"{server}/{name}" + (f"?{query}" if query else "")


async def execute(url: str, statement: str) -> None:
    """One statement outside any transaction."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

"""The schema built from nothing is the one the code describes, and every step can be undone."""

import asyncio  # Alembic starts an event loop of its own: it gets a thread
import itertools
import os
from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic import command

from migrations import run
from tests.conftest import beside, execute

_numbers = itertools.count(1)


@pytest.fixture
async def empty_database(postgres: str) -> AsyncIterator[str]:
    name = f"migrations_{os.getpid()}_{next(_numbers)}"
    await execute(postgres, f"CREATE DATABASE {name}")
    yield beside(postgres, name)
    await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def tables_of(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    return {row["tablename"] for row in rows}


async def test_the_schema_built_from_nothing_is_what_the_tables_say(empty_database: str) -> None:
    await asyncio.to_thread(run.upgrade, empty_database)
    await asyncio.to_thread(command.check, run.config(empty_database))


async def test_every_migration_can_be_undone_and_done_again(empty_database: str) -> None:
    await asyncio.to_thread(run.upgrade, empty_database)
    built = await tables_of(empty_database)
    await asyncio.to_thread(run.downgrade, empty_database, "base")
    assert await tables_of(empty_database) <= {"alembic_version"}
    await asyncio.to_thread(run.upgrade, empty_database)
    assert await tables_of(empty_database) == built

"""The bulk connection shares the session's transaction."""

import pytest

from kit.db import Database, raw


async def write_and_fail(database: Database) -> None:
    async with database.session() as session:
        await (await raw(session)).execute("UPDATE registry_revision SET revision = 77")
        raise RuntimeError("half way")


async def test_what_the_raw_connection_writes_first_is_rolled_back_with_the_session(
    database: Database,
) -> None:
    with pytest.raises(RuntimeError, match="half way"):
        await write_and_fail(database)
    async with database.session() as session:
        kept = await (await raw(session)).fetchval("SELECT revision FROM registry_revision")
    assert kept == 0

"""The process dies at any instant: every published reading is stored, and stored once."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.embedded.broker import BrokerAddress
from drivers.mqtt import MqttLink, MqttSettings
from kit.db import Database
from tests.lighting.ingest.field import ADDRESS, NIGHT, make_street, usage
from tests.polling import eventually

SEED = 20261121
READINGS = 2000
DEATHS = 3
READY_WAIT_S = 30


async def stored(database: Database) -> list[int]:
    """The counters of all readings, in order of time."""
    async with database.session() as session:
        rows = await session.scalars(sa.text("SELECT active_energy_wh FROM reading ORDER BY at"))
        return list(rows.all())


@asynccontextmanager
async def worker(database: Database, broker: BrokerAddress) -> AsyncIterator[None]:
    """An ingest process; killed without a word (SIGKILL) at the end of the block."""
    url = database.url.replace("postgresql+asyncpg://", "postgresql://")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.lighting.ingest.intake_process"),
        *(url, broker.host, str(broker.port)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_WAIT_S):
            assert await process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.kill()
        await process.wait()


async def publish_all(broker: BrokerAddress) -> None:
    """One reading each minute, its number as its counter, at the broker's own pace."""
    settings = MqttSettings(host=broker.host, port=broker.port, client_id="network-server")
    async with MqttLink(settings) as link:
        for first in range(0, READINGS, 100):
            frames = [
                usage(NIGHT - timedelta(minutes=READINGS - number), energy_wh=number)
                for number in range(first, first + 100)
            ]
            await asyncio.gather(*(link.publish(one.topic, one.payload) for one in frames))


@pytest.mark.scenario
async def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    database: Database, broker: BrokerAddress
) -> None:
    async with database.session() as session:
        await make_street(session, ADDRESS)
    deaths = sorted(random.Random(SEED).sample(range(100, READINGS - 200), DEATHS))

    async with worker(database, broker):
        publishing = asyncio.create_task(publish_all(broker))
        await reached(database, deaths[0])
    for death in deaths[1:]:
        async with worker(database, broker):
            await reached(database, death)
    async with worker(database, broker):
        await publishing
        await reached(database, READINGS)

    assert await stored(database) == list(range(READINGS))
    async with database.session() as session:
        refused = await session.scalar(sa.text("SELECT count(*) FROM quarantined_frame"))
    assert refused == 0


async def reached(database: Database, count: int) -> None:
    """Returns once that many readings are stored."""

    async def has_enough() -> bool:
        return len(await stored(database)) >= count

    await eventually(has_enough, within_s=60)

"""The two kinds of worker P1 compares: the product's intake, and the least that could be done."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Semaphore

import asyncpg
import msgspec

from app.answers import OrderAnswers
from benchmarks._uplinks import Counters
from drivers.contract import Frame
from drivers.lorawan.chirpstack import EVENT_TOPICS
from drivers.mqtt import Batch, MqttLink, MqttSettings
from kit.clock import SystemClock
from kit.db import Database
from kit.settings import IngestSettings
from lighting.control.expected import expected_levels
from lighting.ingest.directory import Directory
from lighting.ingest.intake import Intake, quieten_collector
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest

_POLL_S = 0.1
START_WAIT_S = 30.0
BATCH = IngestSettings()


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know."""

    name: str
    url: str
    broker: tuple[str, int]
    worker_count: int
    counters: Counters
    ready: Semaphore


def _link(job: Job, number: int) -> MqttLink:
    host, port = job.broker
    return MqttLink(
        MqttSettings(
            host=host,
            port=port,
            client_id=f"{job.name}-{number}",
            subscriptions=[EVENT_TOPICS],
            share_group=job.name if job.worker_count > 1 else None,
        )
    )


class CountedBatch:
    """A batch that counts its frames as committed when it is acknowledged."""

    def __init__(self, batch: Batch, counters: Counters) -> None:
        self.frames: Sequence[Frame] = batch.frames
        self._batch = batch
        self._counters = counters

    def acknowledge(self) -> None:
        with self._counters.committed.get_lock():
            self._counters.committed.value += len(self.frames)
        self._batch.acknowledge()


async def _counted(link: MqttLink, job: Job) -> AsyncIterator[CountedBatch]:
    """The link's batches; says when it listens, and ends when all that was published is stored."""
    async with asyncio.timeout(START_WAIT_S):
        await link.ready()
    job.ready.release()
    watcher = asyncio.create_task(_close_when_done(link, job.counters))
    async for batch in link.batches(BATCH.batch_max_count, BATCH.batch_max_wait):
        yield CountedBatch(batch, job.counters)
    await watcher


async def _close_when_done(link: MqttLink, counters: Counters) -> None:
    await asyncio.to_thread(_wait_until_done, counters)
    await link.close()


def _wait_until_done(counters: Counters) -> None:
    """Shared memory announces nothing: look from time to time."""
    while not counters.should_stop.value or counters.committed.value < counters.published.value:
        time.sleep(_POLL_S)


def product_worker(job: Job, number: int) -> None:
    """The product's intake, with everything on."""
    asyncio.run(_product(job, number))


async def _product(job: Job, number: int) -> None:
    quieten_collector()
    database = Database(job.url)
    directory = Directory()
    ingest = Ingest(
        ChirpStack(),
        expected=expected_levels,
        acknowledgements=OrderAnswers(directory),
        directory=directory,
    )
    async with database.session() as session:
        await directory.refresh(session)
    link = _link(job, number)
    await link.open()
    await Intake(database, ingest, SystemClock()).run(_counted(link, job))
    await database.close()


class _DeviceInfo(msgspec.Struct, rename="camel"):
    dev_eui: str


class _Uplink(msgspec.Struct, rename="camel"):
    time: datetime
    device_info: _DeviceInfo
    data: bytes


def bare_worker(job: Job, number: int) -> None:
    """Three fields of each message, COPY, commit, acknowledge."""
    asyncio.run(_bare(job, number))


async def _bare(job: Job, number: int) -> None:
    quieten_collector()
    connection = await asyncpg.connect(job.url)
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS bare_limit (at timestamptz, address text, data bytea)"
    )
    decode = msgspec.json.Decoder(_Uplink).decode
    link = _link(job, number)
    await link.open()
    async for batch in _counted(link, job):
        events = [decode(frame.payload) for frame in batch.frames]
        await connection.copy_records_to_table(
            "bare_limit", records=[(one.time, one.device_info.dev_eui, one.data) for one in events]
        )
        batch.acknowledge()
    await connection.close()

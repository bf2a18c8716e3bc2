"""The page about jobs tells what the table says; two workers never do one job together."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.estate import Estate
from app.jobs import JOBS, Job, Workshop, metronome, run
from kit.clock import FixedClock
from kit.db import Database
from kit.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "jobs.md"
UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days"}
AT = datetime(2026, 11, 21, 20, tzinfo=UTC)


def shop(database: Database) -> Workshop:
    return Workshop(Settings(), database, FixedClock(AT), Estate())


def test_the_page_lists_every_job_with_its_cadence() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) (\w+) \|", PAGE.read_text(), re.MULTILINE)
    told = {name: timedelta(**{UNITS[unit]: int(number)}) for name, number, unit in rows}
    assert told == {job.name: job.every for job in JOBS}


async def test_every_job_runs_on_an_empty_installation_and_again(database: Database) -> None:
    for _ in range(2):
        for job in JOBS:
            assert await run(job, shop(database)), job.name


async def test_two_workers_do_a_job_once(database: Database) -> None:
    inside, release = asyncio.Event(), asyncio.Event()

    async def slow(_: Workshop, session: AsyncSession, now: datetime) -> None:
        await session.execute(sa.text("SELECT 1"))
        inside.set()
        await release.wait()

    job = Job("slow", timedelta(seconds=1), slow)
    first = asyncio.create_task(run(job, shop(database)))
    await inside.wait()
    assert await run(job, shop(database)) is False
    release.set()
    assert await first is True


async def test_a_failing_job_is_undone_and_does_not_stop_the_others(database: Database) -> None:
    async def fails(_: Workshop, session: AsyncSession, now: datetime) -> None:
        await session.execute(sa.text("CREATE TABLE half_done (id int)"))
        raise RuntimeError("in the middle")

    assert await run(Job("fails", timedelta(seconds=1), fails), shop(database)) is False
    async with database.session() as session:
        assert await session.scalar(sa.text("SELECT to_regclass('half_done')")) is None


async def test_the_metronome_beats_faster_with_a_faster_clock(database: Database) -> None:
    slow, fast = metronome(shop(database)), metronome(shop(database), speed=60)
    for job in JOBS:
        assert slow.get_job(job.name).trigger.interval == job.every
        assert fast.get_job(job.name).trigger.interval <= job.every

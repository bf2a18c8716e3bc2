"""Prepares the demo city at each start: makes it, or takes it up where it was left."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import event

from app.demo import networks
from app.demo.making import Scale, make
from app.demo.model import DemoCity, DemoOptions
from app.demo.people import ACCOUNTS, SYNDICATE
from app.demo.records import DemoFolder, Record
from app.demo.returning import catch_up, last_instant
from app.demo.timing import Timing
from app.wiring import build_database
from kit.access import service as access
from kit.access.model import Caller
from kit.db import Database
from kit.errors import ConflictError
from kit.settings import ClockSettings, Settings
from migrations.run import upgrade
from simulator.keeping import take_up

T = TypeVar("T")
SYSTEM = Caller.system("demo")
FIELD = ("app.demo.field",)
# A past this short holds no whole month.
NIGHTS_OF_A_MONTH = 31


class OtherCityError(ConflictError):
    """The database holds something that is not the demo's."""

    code = "demo_database_taken"
    title = "This database is not the demo's"


def start(
    settings: Settings, folder: Path, say: Callable[[str], None], options: DemoOptions
) -> DemoCity:
    """Make the city ready; `folder` is where the demo keeps its own files."""
    files = DemoFolder(folder)
    timing = Timing(say)
    known = None if options.is_fresh else files.record()
    is_here = known is not None and _run(settings, partial(_lives_here, record=known))
    now = datetime.now(UTC)
    if known is None or not is_here:
        say("Making the city: this takes a minute, once…")
        files.forget()
        _empty(settings)
        scale = Scale(
            lamp_count=options.lamp_count,
            night_count=options.night_count,
            has_closed_month=options.night_count > NIGHTS_OF_A_MONTH,
        )
        _run(settings, partial(make, folder=files, scale=scale, now=now, timing=timing))
    else:
        say("Taking the city up where it was left…")
        now = _run(settings, partial(_present, files=files, now=now))
        _run(settings, partial(catch_up, folder=files, record=known, now=now, timing=timing))
    record = files.record()
    assert record is not None, "the city was just made or taken up"
    _run(settings, partial(networks.meet, record=record, broker=settings.mqtt, at=now))
    return DemoCity(accounts=ACCOUNTS, field=FIELD, clock=clock_from(now, options.speed))


def clock_from(city_now: datetime, speed: float) -> ClockSettings | None:
    """The time the city goes on in: never behind what it has shown; the machine's own if it can."""
    machine_now = datetime.now(UTC)
    if speed == 1.0 and city_now <= machine_now:
        return None
    origin = max(city_now, machine_now)
    return ClockSettings(origin=origin, started_at=machine_now, speed=speed)


def _run(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do something with the database, in an event loop of its own."""

    async def whole() -> T:
        database = _hasty_database(settings)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(whole())


def _hasty_database(settings: Settings) -> Database:
    """Commits that do not wait for the disk: what a power cut takes is made again."""
    database = build_database(settings)

    @event.listens_for(database.engine.sync_engine, "connect")
    def hurry(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("SET synchronous_commit = off")
        cursor.close()

    return database


async def _lives_here(database: Database, record: Record) -> bool:
    """Whether the database holds the city that the record tells of."""
    async with database.session() as session:
        known = await access.organisations(session, SYSTEM)
    return any(one.id == record.commune_id for one in known)


async def _present(database: Database, files: DemoFolder, now: datetime) -> datetime:
    """The machine's time, or the city's where that has run ahead."""
    city, _ = take_up(files.city)
    return max(now, await last_instant(database, city))


def _empty(settings: Settings) -> None:
    """Take away what a former demo left; refuse to touch anything else."""
    if _run(settings, _check_is_ours):
        _run(settings, _drop_schema)
        assert settings.database.url is not None, "build_database has refused this"
        upgrade(settings.database.url.get_secret_value())


async def _check_is_ours(database: Database) -> bool:
    """False when the database is empty; refuses one that holds others than the demo's people."""
    async with database.session() as session:
        found = await access.organisations(session, SYSTEM)
    if found and not any(one.name == SYNDICATE and one.parent_id is None for one in found):
        raise OtherCityError(
            "it holds organisations that are not the demo's; give the demo a database of its own"
        )
    return bool(found)


async def _drop_schema(database: Database) -> None:
    async with database.session() as session:
        await session.execute(sa.text("DROP SCHEMA public CASCADE"))
        await session.execute(sa.text("CREATE SCHEMA public"))

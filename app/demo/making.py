"""Makes the demo city: estate, calendars, a past that was lived, the books, the present.

The body of `make` is the story. Nothing need survive a power cut: a city that is not complete has
no record, and the next start makes it afresh.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.demo import (
    citizens,
    estate,
    light,
    misfortunes,
    money,
    networks,
    people,
    remedies,
    sensors,
    solar,
    truth,
)
from app.demo.inventory import Row, district
from app.demo.lamps import simulated, site_gateways
from app.demo.past import Past
from app.demo.records import VERSION, DemoFolder, Record
from app.demo.timing import Timing
from app.demo.world import World
from kit.access import service as access
from kit.db import Database
from lighting.energy import service as energy
from schedules.night import NOON, wall_instant
from simulator.city import City
from simulator.keeping import keep
from simulator.model import SeededFault

TIMEZONE = "Europe/Paris"
NIGHTS_MIN = 40
# In its first night an installation is only watched: it was put up a day before the past begins.
INSTALLED_BEFORE = timedelta(days=1)

DrawFaults = Callable[[int, datetime, datetime, int], Sequence[SeededFault]]


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a city, how long a past, and what breaks in it."""

    lamp_count: int = 2200
    night_count: int = NIGHTS_MIN
    has_closed_month: bool = True
    seed: int = 34172
    draw_faults: DrawFaults = misfortunes.of_the_past

    def since(self, now: datetime) -> datetime:
        """The noon at which the past begins: before the first night of the month to be closed."""
        first = now.astimezone(ZoneInfo(TIMEZONE)).date() - timedelta(days=self.night_count)
        if self.has_closed_month:
            month = money.last_full_month(now, TIMEZONE)
            first = min(first, month - timedelta(days=1))
        return wall_instant(first, NOON, TIMEZONE)


async def make(
    database: Database, folder: DemoFolder, scale: Scale, *, now: datetime, timing: Timing
) -> Record:
    """Make a city in an empty database and keep its files; its present is `now`."""
    since = scale.since(now)
    installed_at = since - INSTALLED_BEFORE
    rows = district(scale.lamp_count)
    with timing.of("people and crews"):
        record = await _settle(database, scale, installed_at, now)
    with timing.of("lamps, cabinets, controllers"):
        await _build(database, record, rows, installed_at)
    world = await World.of(database, record, since, now)
    await networks.enter(world, installed_at)
    with timing.of("nights"):
        city = await _live(world, scale, since, now)
    with timing.of("energy"):
        await _count_energy(world, since, now)
    with timing.of("closed month"):
        await _keep_books(database, record, scale, rows, installed_at, now)
    with timing.of("present"):
        await world.arrive(city, now)
        await sensors.enter(world, since, now)
        await solar.remember(world, now)
        keep(city, scale.seed, folder.city)
        truth.write(truth.truth_of(city), folder.truth)
        folder.keep_record(record)
    return record


async def _settle(
    database: Database, scale: Scale, installed_at: datetime, now: datetime
) -> Record:
    async with database.session() as session:
        population = await people.settle(session, installed_at)
        dispatcher = await access.caller_of(session, population.users["dispatcher@demo.city"])
        crews = dict(zip(people.CREWS, population.crews, strict=True))
        await remedies.stock_up(session, dispatcher, population.commune_id, crews, at=installed_at)
    return Record(
        version=VERSION,
        seed=scale.seed,
        made_at=now,
        commune_id=population.commune_id,
        timezone=TIMEZONE,
        users=population.users,
        crews=population.crews,
    )


async def _build(
    database: Database, record: Record, rows: Sequence[Row], installed_at: datetime
) -> None:
    async with database.session() as session:
        await estate.build(session, record.commune_id, rows, at=installed_at, seed=record.seed)
        operator = await access.caller_of(session, record.users["operator@demo.city"])
        await light.schedule(session, operator, record.commune_id, at=installed_at)


async def _live(world: World, scale: Scale, since: datetime, now: datetime) -> City:
    """The city's past; what is broken in it is drawn before it begins."""
    refs, seed = world.lamps, scale.seed
    faults = scale.draw_faults(len(refs), since, now, seed)
    lamps = simulated(refs, site_gateways(refs), seed)
    city = City(lamps, since, faults, seed)
    past = Past(
        world,
        city,
        is_fresh=True,
        tableau_at=now,
        reports=citizens.reports(len(refs), now, TIMEZONE, seed),
    )
    await past.live(now)
    return city


async def _count_energy(world: World, since: datetime, now: datetime) -> None:
    zone = ZoneInfo(TIMEZONE)
    first = since.astimezone(zone).date() + timedelta(days=1)
    async with world.database.session() as session:
        await energy.recompute(
            session,
            world.light_point_ids,
            first,
            now.astimezone(zone).date(),
            now,
            world.programme,
        )


async def _keep_books(
    database: Database,
    record: Record,
    scale: Scale,
    rows: Sequence[Row],
    installed_at: datetime,
    now: datetime,
) -> None:
    async with database.session() as session:
        finance = await access.caller_of(session, record.users["finance@demo.city"])
        await money.agree(
            session, finance, record.commune_id, rows, record.timezone, at=installed_at
        )
        if scale.has_closed_month:
            await money.close_month(session, finance, record.commune_id, record.timezone, now=now)

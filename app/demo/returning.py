"""Takes up a city that was left alone: the time since then is lived as the past was."""

from datetime import datetime, timedelta

from app.demo import misfortunes, money, truth
from app.demo.lamps import followed
from app.demo.past import Past
from app.demo.records import DemoFolder, Record
from app.demo.timing import Timing
from app.demo.world import World
from kit.access import service as access
from kit.db import Database
from kit.errors import ConflictError
from lighting.energy import service as energy
from lighting.telemetry import service as telemetry
from simulator.city import City
from simulator.keeping import keep, take_up

# Left alone for longer than this, a city is made anew faster than it is caught up with.
GAP_MAX = timedelta(days=14)
# While nobody looks on, as much breaks as in a real city.
LIVELINESS = 1.0


class LeftAloneTooLongError(ConflictError):
    """The city was left alone for so long that a fresh one is better."""

    code = "demo_left_alone"
    title = "This city was left alone for too long"


async def last_instant(database: Database, city: City) -> datetime:
    """The latest instant the city has shown: time never goes back behind it."""
    async with database.session() as session:
        seen = await telemetry.last_seen(session)
    return max([city.at, *(at for _, at in seen)])


async def catch_up(
    database: Database, folder: DemoFolder, record: Record, *, now: datetime, timing: Timing
) -> None:
    """Live from where the city was left to `now`, and keep it."""
    city, seed = take_up(folder.city)
    since = city.at
    if now - since > GAP_MAX:
        raise LeftAloneTooLongError(
            f"it has been alone for {(now - since).days} days; "
            "make a fresh one: reverbere demo --fresh"
        )
    world = await World.of(database, record, since, now)
    city = followed(city, world.lamps, seed)
    with timing.of(f"time since {since:%Y-%m-%d %H:%M} UTC"):
        for fault in misfortunes.between(city, since, now, record.timezone, seed, LIVELINESS):
            city.add_fault(fault)
        await Past(world, city, is_fresh=False).live(now)
    with timing.of("energy"):
        await _count_energy(world, now)
    with timing.of("present"):
        await _close_month(world, since, now)
        await world.arrive(city, now)
        keep(city, seed, folder.city)
        truth.write(truth.truth_of(city), folder.truth)


async def _count_energy(world: World, now: datetime) -> None:
    is_dirty = True
    while is_dirty:
        async with world.database.session() as session:
            is_dirty = await energy.recompute_dirty(session, now, expected=world.programme) > 0


async def _close_month(world: World, since: datetime, now: datetime) -> None:
    """Close the month that ended meanwhile, if one did."""
    record = world.record
    months = [money.last_full_month(at, record.timezone) for at in (since, now)]
    if months[0] == months[1]:
        return
    async with world.database.session() as session:
        finance = await access.caller_of(session, record.users["finance@demo.city"])
        await money.close_month(session, finance, record.commune_id, record.timezone, now=now)

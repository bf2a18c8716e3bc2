"""The past of the demo city, shift after shift: lamps report, faults are found, people work.

What lamps say goes the way of live uplinks after their decoding: store, latest state, fault rules,
outbox, reactions. Only the frames themselves are spared.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.demo import hearing, staff, tableau
from app.demo.citizens import CitizenReport, tell
from app.demo.hearing import Stretch
from app.demo.world import World
from app.reactions import REACTIONS
from drivers.contract import StatusFlag
from kit.clock import FixedClock
from kit.outbox import Relay
from lighting.faults import service as faults
from lighting.faults.compute import screen
from lighting.telemetry import service as telemetry
from lighting.telemetry.history import load_history
from lighting.telemetry.model import Reading
from schedules.night import wall_instant
from simulator.city import City

SHIFT_STARTS = (time(8), time(20))
MORNING = SHIFT_STARTS[0]


class Past:
    """A city on its way from one instant to another.

    `is_fresh`: nothing of it is in the database yet, so readings are loaded whole, and a lamp that
    never looked odd is known to be under no watch.
    """

    def __init__(
        self,
        world: World,
        city: City,
        *,
        is_fresh: bool,
        tableau_at: datetime | None = None,
        reports: Sequence[CitizenReport] = (),
    ) -> None:
        self._world = world
        self._city = city
        self._ears = world.ears(city)
        self._team = world.record.team
        self._is_fresh = is_fresh
        self._tableau_at = tableau_at
        self._reports = reports
        self._suspects: set[int] = set()
        if is_fresh:
            city.order_all(world.programme.levels_at(city.at))
        else:
            world.programme.hold(city.level_percent)

    async def live(self, until: datetime) -> None:
        """Live through every shift until an instant."""
        world, city = self._world, self._city
        for starts_at, ends_at in shifts(city.at, until, self._team.timezone):
            if _is_morning(starts_at, self._team.timezone):
                await self._work(starts_at, until)
            random = np.random.default_rng([world.record.seed, int(starts_at.timestamp())])
            stretch = hearing.live(city, world.programme, self._ears, ends_at, random)
            async with world.database.session() as session:
                await self._keep(session, stretch, ends_at)
                await self._write_down(session, starts_at, ends_at)
            await Relay(world.database, FixedClock(ends_at), REACTIONS).run_once()

    async def _write_down(self, session: AsyncSession, since: datetime, until: datetime) -> None:
        """What people report meanwhile."""
        due = [one for one in self._reports if since <= one.at < until]
        if due:
            await tell(session, self._team.dispatcher_id, self._world.light_point_ids, due)

    async def _work(self, morning: datetime, until: datetime) -> None:
        """A day of operator, dispatcher and crews; what they mend is mended at its hour."""
        day = morning.astimezone(ZoneInfo(self._team.timezone)).date()
        async with self._world.database.session() as session:
            await staff.acknowledge(session, self._team, morning)
            repairs = await staff.work(
                *(session, self._team, day),
                until=until,
                tableau_at=self._tableau_near(morning),
                seed=self._world.record.seed,
            )
        places = {lamp.light_point_id: place for place, lamp in enumerate(self._world.lamps)}
        for repair in repairs:
            self._city.repair(places[repair.light_point_id], repair.at)

    def _tableau_near(self, morning: datetime) -> datetime | None:
        """The instant of the tableau, on mornings near enough to it to matter."""
        at = self._tableau_at
        return at if at is not None and at - morning <= tableau.SPAN else None

    async def _keep(self, session: AsyncSession, stretch: Stretch, now: datetime) -> None:
        """What ingest does with a batch, and what the job that looks for silence does after it."""
        lights = self._world.directory.lights
        looked_at: Sequence[Reading] = list(self._suspicious(stretch).readings.in_order().rows())
        heard = stretch.sightings
        if self._is_fresh:
            await load_history(session, stretch.readings, now)
            # Known by now: they only bring the latest states up to date.
            newest = list(stretch.newest().readings.rows())
            await telemetry.append_once(session, newest, now, sightings=heard)
        else:
            looked_at = await telemetry.append_once(session, looked_at, now, sightings=heard)
            await telemetry.mark_energy_days(session, looked_at, self._world.directory.timezone_of)
        await faults.evaluate(
            session, lights, looked_at, stretch.sightings, self._world.programme, now
        )
        await faults.find_silent(session, lights, now)

    def _suspicious(self, stretch: Stretch) -> Stretch:
        """The readings the fault rules need to see: those of every lamp that ever looked odd.

        The rules pass over plainly healthy readings of lamps nobody watches, by the same screen.
        """
        if not self._is_fresh:
            return stretch
        readings = stretch.readings
        odd = screen(
            self._world.directory.lights.limits,
            self._world.directory.lights.places(readings.controller_key.tolist()),
            readings.active_power_w,
            self._world.programme.levels_of(stretch.lamps, readings.at_us / 1e6),
            (readings.flags & int(StatusFlag.LAMP_FAILURE)) != 0,
        )
        self._suspects |= set(stretch.lamps[odd].tolist())
        return stretch.chosen(np.isin(stretch.lamps, list(self._suspects)))


def shifts(since: datetime, until: datetime, timezone: str) -> Iterator[tuple[datetime, datetime]]:
    """The stretches between `since`, each change of shift, and `until`."""
    zone = ZoneInfo(timezone)
    day = since.astimezone(zone).date()
    starts_at = since
    while starts_at < until:
        for start in SHIFT_STARTS:
            ends_at = min(wall_instant(day, start, timezone), until)
            if ends_at > starts_at:
                yield starts_at, ends_at
                starts_at = ends_at
        day += timedelta(days=1)


def _is_morning(at: datetime, timezone: str) -> bool:
    return at.astimezone(ZoneInfo(timezone)).time() == MORNING

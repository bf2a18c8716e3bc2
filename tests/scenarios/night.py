"""A night in the city: the real pipeline on a clock moved by hand, a seeded street, bad air.

Everything between the radio and the work order is the product's own: codec, ingest, fault rules,
control, outbox, maintenance, PostgreSQL. Only the broker is left out (its losses are the air's),
so that one night takes seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from app.answers import OrderAnswers
from app.estate import Estate
from app.jobs import ENERGY_MARKS_PER_RUN
from app.lines.chirpstack import message_for
from app.reactions import REACTIONS
from drivers.contract import Frame
from kit.access.model import Caller
from kit.clock import FixedClock
from kit.db import Database, raw
from kit.outbox import Relay
from lighting.control import reconciliation, sending
from lighting.control import service as control
from lighting.control.expected import expected_levels
from lighting.control.model import AssignmentScope
from lighting.energy import service as energy
from lighting.faults import service as faults
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest
from schedules.library import sample
from schedules.library import service as library
from simulator.city import City
from simulator.model import Lamp, SeededFault
from simulator.radio import AirQuality
from simulator.servers import SERVERS
from simulator.street import Rhythm, Street
from tests.lighting.energy.estate import Light, add_cabinet, add_lights, add_organisation

SYSTEM = Caller.system("scenario")
APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"
NETWORK = f"chirpstack:{APPLICATION}"
RATED_W, STANDBY_W = 60.0, 0.5
# Lights are installed the day before: the first night only warns.
COMMISSIONED_BEFORE = timedelta(days=2)
RHYTHM = Rhythm(usage_every=timedelta(minutes=15), status_every=timedelta(minutes=20))


class Process:
    """What lives in the memory of a worker, and is lost when it dies."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.estate = Estate()
        self.ingest = Ingest(
            ChirpStack(),
            expected=expected_levels,
            acknowledgements=OrderAnswers(self.estate.directory),
            directory=self.estate.directory,
        )
        self.relay = Relay(database, clock, REACTIONS)


@dataclass
class Town:
    """A small town, its street on the air, and one worker process."""

    database: Database
    clock: FixedClock
    lights: Sequence[Light]
    organisation_id: UUID
    street: Street
    process: Process
    step: timedelta = timedelta(minutes=2)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def live(
        self, until: datetime, each_step: Callable[["Town"], None] | None = None
    ) -> None:
        """Let time pass: the street speaks, the worker works."""
        while self.now < until:
            now = self.clock.advance(min(self.step, until - self.now))
            frames = [
                Frame(message.topic, message.payload, at) for at, message in self.street.tick(now)
            ]
            await self._take_in(frames, now)
            await self._control(now)
            await self.process.relay.run_once()
            if each_step is not None:
                each_step(self)
        await self.settle_energy()

    def restart(self) -> None:
        """The worker dies and another takes its place: memory is lost, facts are not."""
        self.process = Process(self.database, self.clock)

    async def settle_energy(self) -> None:
        async with self.database.session() as session:
            await energy.recompute_dirty(session, self.now, limit=ENERGY_MARKS_PER_RUN)

    async def rows(self, query: str, *arguments: object) -> list[tuple[object, ...]]:
        async with self.database.session() as session:
            return [tuple(row) for row in await (await raw(session)).fetch(query, *arguments)]

    async def _take_in(self, frames: Sequence[Frame], now: datetime) -> None:
        async with self.database.session() as session:
            if frames:
                await self.process.ingest.handle(session, frames, now)
            lights = await self.process.estate.lights(session)
            await faults.find_silent(session, lights, now)

    async def _control(self, now: datetime) -> None:
        async with self.database.session() as session:
            plan = await self.process.estate.plan(session)
            await reconciliation.tick(session, plan, now)
            addresses = await self.process.estate.addresses(session)
            orders = await sending.hand_out(session, addresses, now, self.step)
        server = SERVERS["chirpstack"]
        self.street.receive((server.read_command(*message_for(order)) for order in orders), now)


async def build(
    database: Database,
    start: datetime,
    *,
    count: int,
    seed: int,
    air: AirQuality,
    faults_of: Callable[[int], SeededFault | None] | None = None,
    program: str = "evening_dimming",
) -> Town:
    """A town of `count` lamps under one calendar; `faults_of` breaks lamps by number."""
    commissioned = start - COMMISSIONED_BEFORE
    async with database.session() as session:
        organisation_id = await add_organisation(session, commissioned)
        cabinet_id = await add_cabinet(session, organisation_id, commissioned, "ARM-1")
        lights = await add_lights(session, organisation_id, commissioned, count, cabinet_id)
        connection = await raw(session)
        await connection.execute("UPDATE controller SET network = $1", NETWORK)
        addresses = await connection.fetch("SELECT key, address FROM controller ORDER BY key")
        calendar_id = await library.install(
            session, SYSTEM, organisation_id, sample(program), now=commissioned
        )
        await control.assign_calendar(
            session,
            SYSTEM,
            scope=AssignmentScope.ORGANISATION,
            scope_id=organisation_id,
            calendar_id=calendar_id,
            now=commissioned,
        )
    lamps = [
        Lamp(
            row["address"],
            NETWORK,
            "0016c001f153a14c",
            RATED_W,
            STANDBY_W,
            47.32,
            5.04,
        )
        for row in addresses
    ]
    broken = [fault for n in range(count) if faults_of and (fault := faults_of(n)) is not None]
    clock = FixedClock(start)
    street = Street(City(lamps, start, broken, seed), RHYTHM, air, seed)
    street.city.energy_wh[:] = 1000 + np.arange(count)
    return Town(database, clock, lights, organisation_id, street, Process(database, clock))

"""kill -9 at random moments, on worker, database and broker: no stored reading is lost, no kWh
is counted twice.

The moments are random for the processes and seeded for us: a strike takes its victims one after
the other, with pauses, while frames keep coming. Each strike waits until the work goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from app.embedded.broker import find_mosquitto
from kit.db import Database
from lighting.energy import service as energy
from tests.integration.killing import Services, Victim, services
from tests.integration.speaking import (
    COUNTER_STEP_WH,
    Counter,
    Frame,
    NetworkServer,
    frames_of,
    greeting,
)
from tests.lighting.energy.estate import add_lights, add_organisation
from tests.polling import eventually

pytestmark = [
    pytest.mark.scenario,
    pytest.mark.skipif(
        find_mosquitto() is None, reason="needs Mosquitto: apt install mosquitto (or brew, dnf)"
    ),
]

START = datetime(2026, 11, 20, 18, tzinfo=UTC)
NOW = START + timedelta(hours=3)
LAMP_COUNT = 20
ROUND_COUNT = 60
GREET_EVERY_S = 0.5
PAUSE_MAX_S = 0.6
WITHIN_S = 40.0

WORKER, DATABASE, BROKER = Victim.WORKER, Victim.DATABASE, Victim.BROKER
Strike = tuple[Victim, ...]
# A database that dies first leaves the worker with a batch in its hands: then the worker dies.
WITHOUT_BROKER: Sequence[Strike] = ((WORKER,), (DATABASE,), (DATABASE, WORKER))
WITH_BROKER: Sequence[Strike] = ((BROKER,), (BROKER, WORKER), (DATABASE, BROKER, WORKER))


@dataclass
class Scene:
    """A street that reports, the services that listen, and the dice."""

    built: Services
    network: NetworkServer
    frames: list[Frame]
    random: Random

    async def stored(self) -> list[Counter]:
        """Every counter in the database."""
        rows = await fetch(
            self.built.url, "SELECT controller_key, at, active_energy_wh FROM reading"
        )
        return sorted(Counter(*row) for row in rows)

    async def greeted(self) -> None:
        """Returns once a frame said now has come through: the whole line stands."""
        address = f"{self.random.getrandbits(64):016x}"
        query = "SELECT 1 FROM quarantined_frame WHERE address = $1"

        async def is_through() -> bool:
            self.network.say(greeting(address, START, self.random))
            await asyncio.sleep(GREET_EVERY_S)  # the broker may not know the worker yet: say again
            return bool(await fetch(self.built.url, query, address))

        await self.until(is_through)

    async def all_arrived(self) -> None:
        """Returns once the broker has taken, and the worker stored, every frame; each as it was."""
        wanted = sorted(frame.counter for frame in self.frames)

        async def is_everything_stored() -> bool:
            return self.network.waiting_count == 0 and len(await self.stored()) >= len(wanted)

        await self.until(is_everything_stored)
        assert await self.stored() == wanted

    async def until(self, predicate: Callable[[], Awaitable[bool]]) -> None:
        """Wait for a fact; a failure says what is stored and what the worker said last."""
        try:
            await eventually(predicate, within_s=WITHIN_S)
        except AssertionError as late:
            raise AssertionError(
                f"{late}: {len(await self.stored())} of {len(self.frames)} readings stored, "
                f"{self.network.waiting_count} frames not taken\n{self.built.last_words()}"
            ) from late


async def fetch(url: str, query: str, *arguments: object) -> list[tuple[Any, ...]]:
    """Rows over a fresh connection: the one before may have died with its server."""
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query, *arguments)]
    finally:
        await connection.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
def built() -> Iterator[Services]:
    with services(NOW) as made:
        yield made


@asynccontextmanager
async def scene(built: Services, seed: int) -> AsyncIterator[Scene]:
    """Registered lamps that have not spoken yet, and a line that stands."""
    random = Random(seed)
    installed_at = START - timedelta(days=1)
    async with opened(built.url) as database, database.session() as session:
        organisation_id = await add_organisation(session, installed_at)
        await add_lights(session, organisation_id, installed_at, LAMP_COUNT)
    rows = await fetch(built.url, "SELECT key, address FROM controller")
    frames = frames_of(dict(rows), START, ROUND_COUNT, random)
    with NetworkServer(built.broker.address, Random(seed)) as network:
        made = Scene(built, network, frames, random)
        await made.greeted()
        yield made


async def strike(scene: Scene, victims: Strike) -> set[Counter]:
    """Kill one after the other at random moments, then bring all back in a random order.

    Returns what was stored just before.
    """
    await asyncio.sleep(scene.random.uniform(0, PAUSE_MAX_S))
    stored = set(await scene.stored())
    for victim in victims:
        await scene.built.kill(victim)
        await asyncio.sleep(scene.random.uniform(0, PAUSE_MAX_S))
    for victim in scene.random.sample(victims, len(victims)):
        scene.built.start(victim)
    return stored


async def suffer(scene: Scene, strikes: Sequence[Strike]) -> set[Counter]:
    """Say all frames, one part a strike; returns what was stored before any of them."""
    part_size = -(-len(scene.frames) // len(strikes))
    seen: set[Counter] = set()
    for number, victims in enumerate(scene.random.sample(strikes, len(strikes))):
        part = scene.frames[number * part_size :][:part_size]
        speaking = asyncio.create_task(asyncio.to_thread(scene.network.say_all, part))
        seen |= await strike(scene, victims)
        await speaking
        await scene.greeted()
    return seen


async def check_energy(scene: Scene) -> None:
    """Every lamp burnt what its counter says, whatever was computed on the way."""
    scene.built.stop_worker()
    async with opened(scene.built.url) as database, database.session() as session:
        await energy.recompute_dirty(session, NOW)
    query = "SELECT sum(energy_wh)::bigint FROM energy_day GROUP BY light_point_id"
    totals_wh = await fetch(scene.built.url, query)
    assert totals_wh == [((ROUND_COUNT - 1) * COUNTER_STEP_WH,)] * LAMP_COUNT


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_killed_worker_and_database_lose_nothing_that_was_published(
    built: Services, seed: int
) -> None:
    async with scene(built, seed) as town:
        seen = await suffer(town, WITHOUT_BROKER)
        assert seen <= set(await town.stored())
        await town.all_arrived()
        await check_energy(town)


async def test_a_killed_broker_takes_nothing_stored_and_repetition_doubles_nothing(
    built: Services,
) -> None:
    async with scene(built, 3) as town:
        seen = await suffer(town, WITH_BROKER)
        assert seen <= set(await town.stored())
        # The network repeats all it has: what the dead broker had not saved arrives now.
        await asyncio.to_thread(town.network.say_all, town.frames)
        await town.all_arrived()
        await check_energy(town)

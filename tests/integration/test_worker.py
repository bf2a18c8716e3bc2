"""The worker on a real broker and database: simulated lamps report, obey and are confirmed."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import SecretStr

from app.embedded.broker import BrokerAddress
from app.wiring import build_clock
from app.worker import work
from kit.access.model import Caller
from kit.db import Database, raw
from kit.settings import ClockSettings, DatabaseSettings, MqttSettings, Settings
from lighting.control import service as control
from lighting.control.model import AssignmentScope, Target
from schedules.library import sample
from schedules.library import service as library
from simulator.city import City
from simulator.model import Lamp
from simulator.radio import AirQuality
from simulator.speaker import BrokerLogin, Speaker
from simulator.street import Rhythm, Street
from tests.lighting.energy.estate import Light, add_cabinet, add_lights, add_organisation
from tests.polling import eventually

SYSTEM = Caller.system("test")
NIGHT = datetime(2026, 11, 20, 20, tzinfo=UTC)
APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"
SPEED = 60.0
# A street that loses one frame in five, both ways.
BAD_AIR = AirQuality(lost_ratio=0.2, repeated_ratio=0.1, delay_max=timedelta(seconds=3))


@dataclass
class Town:
    database: Database
    lights: list[Light]
    settings: Settings

    async def count(self, query: str, *arguments: object) -> int:
        async with self.database.session() as session:
            value: int = await (await raw(session)).fetchval(query, *arguments)
            return value


async def lamps_of(database: Database) -> list[Lamp]:
    async with database.session() as session:
        connection = await raw(session)
        await connection.execute("UPDATE controller SET network = $1", f"chirpstack:{APPLICATION}")
        rows = await connection.fetch("SELECT address FROM controller ORDER BY key")
    return [
        Lamp(
            row["address"], f"chirpstack:{APPLICATION}", "0016c001f153a14c", 60.0, 0.5, 47.32, 5.04
        )
        for row in rows
    ]


@pytest.fixture
async def town(database: Database, broker: BrokerAddress) -> Town:
    async with database.session() as session:
        organisation_id = await add_organisation(session, NIGHT)
        cabinet_id = await add_cabinet(session, organisation_id, NIGHT, "ARM-1")
        lights = await add_lights(session, organisation_id, NIGHT, 8, cabinet_id)
        calendar_id = await library.install(
            session, SYSTEM, organisation_id, sample("permanent"), now=NIGHT
        )
        await control.assign_calendar(
            session,
            SYSTEM,
            scope=AssignmentScope.CABINET,
            scope_id=cabinet_id,
            calendar_id=calendar_id,
            now=NIGHT,
        )
    settings = Settings(
        demo=True,
        database=DatabaseSettings(url=SecretStr(database.url)),
        mqtt=MqttSettings(host=broker.host, port=broker.port, client_id="test-worker"),
        clock=ClockSettings(origin=NIGHT, started_at=datetime.now(UTC), speed=SPEED),
    )
    return Town(database, lights, settings)


@pytest.fixture
async def living(town: Town) -> AsyncIterator[Street]:
    """The town's lamps on the air and a worker at its desk."""
    street = Street(
        City(await lamps_of(town.database), NIGHT),
        Rhythm(usage_every=timedelta(minutes=5), status_every=timedelta(minutes=7)),
        BAD_AIR,
    )
    assert town.settings.mqtt.host is not None
    login = BrokerLogin(town.settings.mqtt.host, town.settings.mqtt.port)
    speaker = Speaker(street, build_clock(town.settings), login)
    stop = threading.Event()
    field = asyncio.create_task(asyncio.to_thread(speaker.run, stop, lambda: None))
    desk = asyncio.create_task(work(town.settings))
    yield street
    stop.set()
    desk.cancel()
    await asyncio.gather(field, desk, return_exceptions=True)


async def confirmed(town: Town, level_percent: int) -> bool:
    query = "SELECT count(*) FROM light_state WHERE acknowledged_level_percent = $1"
    return await town.count(query, level_percent) == len(town.lights)


async def test_a_street_is_lit_commanded_and_given_back(town: Town, living: Street) -> None:
    await eventually(lambda: confirmed(town, 100), within_s=60)
    assert living.city.level_percent.tolist() == [100] * len(town.lights)
    async with town.database.session() as session:
        command = await control.create_command(
            session,
            SYSTEM,
            target=Target(light_point_ids=tuple(light.id for light in town.lights)),
            level_percent=30,
            reason="works in the street",
            now=build_clock(town.settings).now(),
            duration=timedelta(minutes=20),
        )
    await eventually(lambda: confirmed(town, 30), within_s=60)
    await eventually(lambda: ended(town, command.id), within_s=60)
    await eventually(lambda: confirmed(town, 100), within_s=60)
    assert await town.count("SELECT count(*) FROM reading") > 0
    assert await town.count("SELECT count(*) FROM alarm") == 0
    assert await town.count("SELECT count(*) FROM quarantined_frame") == 0


async def ended(town: Town, command_id: UUID) -> bool:
    query = "SELECT count(*) FROM command WHERE id = $1 AND state = 'expired'"
    return await town.count(query, command_id) == 1

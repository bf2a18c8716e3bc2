"""Our LwM2M server as a line: a registration is known again after a restart."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from app.lines.line import Surroundings
from app.lines.lwm2m import open_line
from drivers.errors import UnreachableError
from kit.access.model import Caller
from kit.db import Database
from kit.ids import new_id
from kit.settings import Settings
from lighting.control.model import Order
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, NetworkKind, NewNetwork
from simulator.city import City
from simulator.lwm2m.district import CellularDistrict
from simulator.model import Lamp
from simulator.sharing import SharedCity
from tests.drivers.mqtt.brokers import free_port
from tests.lighting.registry.towns import make_town
from tests.polling import eventually

NETWORK, ENDPOINT = "lwm2m:quai", "urn:imei:990000000000001"


async def network_at(database: Database, port: int) -> FieldNetworkView:
    settings = {"host": "127.0.0.1", "port": port, "allows_unprotected": True}
    async with database.session() as session:
        town = await make_town(session, "Dijon")
        new = NewNetwork(town, NetworkKind.LWM2M, "quai", "", settings)
        return await networks.create(session, Caller.system("test"), new, at=datetime.now(UTC))


def order_of(level_percent: int, address: str = ENDPOINT) -> Order:
    later = datetime.now(UTC) + timedelta(hours=1)
    return Order(new_id(), 1, address, NETWORK, "ucifi/lamp", "g", level_percent, 0, later)


async def test_a_lamp_obeys_also_after_the_worker_was_restarted(database: Database) -> None:
    network = await network_at(database, free_port())
    around = Surroundings(Settings(), lambda: datetime.now(UTC), database, lambda _: True)
    lamp = Lamp(ENDPOINT, NETWORK, "", 60.0, 1.0, 43.6, 3.88)
    shared = SharedCity(City([lamp], datetime.now(UTC)))
    server = f"coap://127.0.0.1:{network.settings['port']}"
    district = CellularDistrict(NETWORK, server, shared, 1)
    speaking: asyncio.Task[None] | None = None

    async def is_taken(level_percent: int) -> bool:
        with suppress(UnreachableError):
            await line.send(order_of(level_percent))
        return int(shared.look().level_percent[0]) == level_percent

    async def listen() -> None:
        async for batch in line.batches(100, timedelta(milliseconds=5)):
            batch.acknowledge()

    for level_percent in (40, 70):
        async with open_line(network, around) as line:
            listening = asyncio.create_task(listen())
            speaking = speaking or asyncio.create_task(district.speak())
            await eventually(lambda level=level_percent: is_taken(level))
            with pytest.raises(UnreachableError, match="not registered"):
                await line.send(order_of(10, "urn:imei:unknown"))
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
    assert speaking is not None
    speaking.cancel()
    await asyncio.gather(speaking, return_exceptions=True)

"""The line to The Things Stack through a real broker: uplinks stored, orders by device name."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.embedded.broker import BrokerAddress
from app.lines.line import Surroundings
from app.lines.the_things_stack import open_line
from drivers.lorawan import nas
from drivers.lorawan.nas.uplinks import encode_usage_uplink
from drivers.mqtt import MqttLink, MqttSettings
from kit.access.model import Caller
from kit.clock import FixedClock
from kit.db import Database
from kit.ids import new_id
from kit.settings import Settings
from lighting.control.model import Order
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, NetworkKind, NewNetwork
from simulator.model import Lamp
from simulator.servers import SERVERS
from simulator.servers.model import HeardFrame, Message
from tests.lighting.ingest.field import NIGHT
from tests.lighting.registry.towns import make_town

NETWORK = "tts:streetlights@dijon"
LAMP = Lamp("70b3d50000000001", NETWORK, "0016c001f153a14c", 60.0, 0.5, 47.3, 5.0)
SERVER = SERVERS["tts"]


@pytest.fixture
async def stack(broker: BrokerAddress) -> AsyncIterator[MqttLink]:
    """The server's side: hears orders, publishes what devices say."""
    settings = MqttSettings(
        host=broker.host,
        port=broker.port,
        client_id="the-things-stack",
        subscriptions=list(SERVER.command_filters),
    )
    async with MqttLink(settings) as link:
        await asyncio.wait_for(link.ready(), 10)
        yield link


async def network_at(database: Database, broker: BrokerAddress) -> FieldNetworkView:
    settings = {"host": broker.host, "port": broker.port, "tls": False}
    async with database.session() as session:
        town = await make_town(session, "Dijon")
        new = NewNetwork(town, NetworkKind.THE_THINGS_STACK, "streetlights@dijon", "", settings)
        return await networks.create(session, Caller.system("test"), new, at=NIGHT)


def order_of(level_percent: int, address: str = LAMP.address) -> Order:
    later = NIGHT + timedelta(hours=1)
    return Order(new_id(), 1, address, NETWORK, "nas/ul20xx", "g", level_percent, 0, later)


async def test_uplinks_come_and_orders_go_by_the_name_the_device_has_there(
    broker: BrokerAddress, stack: MqttLink, database: Database
) -> None:
    said = encode_usage_uplink(active_power_w=64)
    heard = HeardFrame(said.port, said.payload, NIGHT, 1, new_id(), 7.0)
    plain = SERVER.uplink(LAMP, heard)
    ours, proposed = f"olc-{LAMP.address}", f"eui-{LAMP.address}"
    payload = plain.payload.replace(proposed.encode(), ours.encode())
    uplink = Message(plain.topic.replace(proposed, ours), payload)
    network = await network_at(database, broker)
    around = Surroundings(Settings(), FixedClock(NIGHT).now, database, lambda _: True)
    orders = stack.batches(10, timedelta(milliseconds=50))
    async with open_line(network, around) as line:
        stranger = order_of(80, "00000000000000ff")
        await asyncio.wait_for(line.send(stranger), 10)
        await stack.publish(uplink.topic, uplink.payload)
        batches = line.batches(10, timedelta(milliseconds=50))
        batch = await asyncio.wait_for(anext(batches), 10)
        assert [frame.topic for frame in batch.frames] == [uplink.topic]
        batch.acknowledge()
    async with open_line(network, around) as line:  # after a restart the name is still known
        await asyncio.wait_for(line.send(order_of(40)), 10)
        asked = []
        while len(asked) < 2:
            taken = await asyncio.wait_for(anext(orders), 10)
            asked += [frame.topic for frame in taken.frames]
            taken.acknowledge()
            commands = [SERVER.read_command(each.topic, each.payload) for each in taken.frames]
    assert asked == [
        "v3/streetlights@dijon/devices/eui-00000000000000ff/down/replace",
        f"v3/streetlights@dijon/devices/olc-{LAMP.address}/down/replace",
    ]
    expected = nas.set_level(40)
    assert (commands[-1].port, commands[-1].payload) == (expected.port, expected.payload)

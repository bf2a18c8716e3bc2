"""Controllers that publish JSON to our broker: heard by their own topics, ordered by theirs."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.embedded.broker import BrokerAddress
from app.lines.cellular_mqtt import open_line
from app.lines.line import Surroundings
from drivers.mqtt import MqttLink, MqttSettings
from kit.db import Database
from kit.ids import new_id
from kit.settings import MqttSettings as BrokerSettings
from kit.settings import Settings
from lighting.control.model import Order
from lighting.ingest.model import Uplink
from lighting.ingest.networks import READERS
from lighting.networks.model import FieldNetworkView, NetworkKind, NetworkState
from tests.lighting.registry.towns import AT

IMEI = "867000000000017"
REPORT = b'{"message":{"imei":"867000000000017","num":12},"telemetry":[{"level":60,"power":385}]}'


async def test_reports_come_and_orders_go(broker: BrokerAddress, database: Database) -> None:
    ours = BrokerSettings(host=broker.host, port=broker.port, client_id="reverbere-cellular-test")
    now = lambda: datetime.now(UTC)  # noqa: E731
    around = Surroundings(Settings(mqtt=ours), now, database, lambda _: True)
    network = FieldNetworkView(
        *(new_id(), new_id(), "mqtt:nbiot", NetworkKind.CELLULAR_MQTT, ""),
        {"profile": "cellular/lamp-json", "topic_filter": "lamps/+/up"},
        *(NetworkState.ACTIVE, AT),
    )
    modem = MqttLink(
        MqttSettings(
            host=broker.host,
            port=broker.port,
            client_id="modem",
            subscriptions=[f"lamps/{IMEI}/down"],
        )
    )
    order = Order(
        *(new_id(), 1, IMEI, network.name, "cellular/lamp-json", "g", 40, 0),
        datetime.now(UTC) + timedelta(hours=1),
    )
    async with modem, open_line(network, around) as line:
        await asyncio.wait_for(modem.ready(), 10)
        await asyncio.wait_for(line.send(order), 10)  # the line is connected, and listens
        await modem.publish(f"lamps/{IMEI}/up", REPORT)
        batch = await asyncio.wait_for(anext(line.batches(10, timedelta(milliseconds=50))), 10)
        heard = READERS["mqtt"].read(batch.frames[0])
        assert isinstance(heard, Uplink)
        assert (heard.address, READERS["mqtt"].name_of(batch.frames[0])) == (IMEI, network.name)
        batch.acknowledge()
        orders = await asyncio.wait_for(anext(modem.batches(10, timedelta(milliseconds=50))), 10)
        assert [frame.topic for frame in orders.frames] == [f"lamps/{IMEI}/down"]
        assert b"40" in orders.frames[0].payload

"""Reports and orders of cellular controllers over a real broker."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.embedded.broker import BrokerAddress
from drivers import profiles
from drivers.cellular.link import CellularLink
from drivers.errors import EncodeError, RefusedByDeviceError
from drivers.mqtt import MqttLink
from tests.drivers.mqtt.brokers import settings

SOON = timedelta(milliseconds=5)
IMEI = "867000000000017"


def now() -> datetime:
    return datetime.now(UTC)


async def test_a_report_names_its_network_and_an_order_reaches_the_device(
    broker: BrokerAddress,
) -> None:
    profile = "cellular/lamp-json"
    driver = profiles.driver(profile)
    async with (
        MqttLink(settings(broker, subscriptions=["lamps/+/up"])) as ours,
        MqttLink(settings(broker, subscriptions=[f"lamps/{IMEI}/down"])) as device,
    ):
        await ours.ready()
        await device.ready()
        link = CellularLink(ours, "nb", profile, driver, now)
        await device.publish(f"lamps/{IMEI}/up", b"{}")
        batch = await anext(link.batches(10, SOON))
        assert [one.topic for one in batch.frames] == [f"mqtt/nb/{profile}/lamps/{IMEI}/up"]
        batch.acknowledge()
        order = driver.set_level(30, timedelta(minutes=1))  # type: ignore[attr-defined]
        await link.send(IMEI, order, order_id="1", expires_at=now() + timedelta(minutes=1))
        taken = await anext(device.batches(10, SOON))
        assert json.loads(taken.frames[0].payload) == {"command": 30, "for_s": 60}
        taken.acknowledge()
        with pytest.raises(RefusedByDeviceError, match="expired"):
            await link.send(IMEI, order, order_id="2", expires_at=now() - timedelta(seconds=1))


async def test_a_device_that_takes_no_orders_is_sent_none(broker: BrokerAddress) -> None:
    async with MqttLink(settings(broker)) as ours:
        link = CellularLink(ours, "nb", "nas/ul20xx", profiles.driver("nas/ul20xx"), now)
        order = profiles.driver("cellular/lamp-json").set_level(30)  # type: ignore[attr-defined]
        with pytest.raises(EncodeError):
            await link.send(IMEI, order, order_id="1", expires_at=None)

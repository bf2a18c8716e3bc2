"""Simulated cellular lamps on a real broker: the product's own codec reads what they report."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app.embedded.broker import BrokerAddress
from drivers import profiles
from drivers.contract import Dims, LevelEcho, Listens, Quantity
from drivers.mqtt import MqttLink, MqttSettings
from simulator.cellular.district import ReportingDistrict, ordered_level, report
from simulator.city import City
from simulator.model import Lamp
from simulator.sharing import SharedCity
from simulator.speaker import BrokerLogin

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
NETWORK, IMEI = "mqtt:lte-m", "990000000000001"
codec = profiles.driver("cellular/lamp-json")


@pytest.fixture
def shared() -> SharedCity:
    city = City([Lamp(IMEI, NETWORK, "", 60.0, 1.0, 43.6, 3.88)], AT)
    city.energy_wh[:] = [123_456]
    city.order(0, 100)
    return SharedCity(city)


def test_a_report_says_what_the_meter_shows(shared: SharedCity) -> None:
    assert isinstance(codec, Listens)
    shown = shared.look()
    payload = msgspec.json.encode(report(shown, 0, IMEI, 1, None))
    said = {one.quantity: one.value for one in codec.decode_uplink(1, payload, AT).readings}
    assert said[Quantity.ACTIVE_ENERGY_WH] == 123_456
    assert said[Quantity.LEVEL_PERCENT] == 100
    assert said[Quantity.ACTIVE_POWER_W] == pytest.approx(float(shown.active_power_w[0]), abs=0.06)


async def test_an_order_is_obeyed_and_echoed(broker: BrokerAddress, shared: SharedCity) -> None:
    assert isinstance(codec, Dims)
    assert isinstance(codec, Listens)
    settings = MqttSettings(
        host=broker.host, port=broker.port, client_id="platform", subscriptions=["lamps/+/up"]
    )
    district = ReportingDistrict(NETWORK, BrokerLogin(broker.host, broker.port), shared, 1)
    speaking = asyncio.create_task(district.speak())
    async with MqttLink(settings) as link:
        await asyncio.wait_for(link.ready(), 10)
        order = codec.set_level(40).payload
        echoes: list[int | None] = []

        async def ask() -> None:
            while 40 not in echoes:
                await link.publish(f"lamps/{IMEI}/down", order)
                await asyncio.sleep(0.2)

        asking = asyncio.create_task(ask())
        async for batch in link.batches(10, timedelta(milliseconds=50)):
            for frame in batch.frames:
                said = codec.decode_uplink(1, frame.payload, AT)
                told = [one for one in said.acknowledgements if isinstance(one, LevelEcho)]
                echoes += [one.level_percent for one in told]
            batch.acknowledge()
            if 40 in echoes:
                break
        await asking
    assert shared.look().level_percent.tolist() == [40]
    speaking.cancel()
    with suppress(asyncio.CancelledError):
        await speaking


@pytest.mark.parametrize("payload", [b"{", b"{}", b'{"command":-1}', b'{"command":"bright"}'])
def test_what_is_no_level_is_not_obeyed(payload: bytes) -> None:
    assert ordered_level(payload) is None

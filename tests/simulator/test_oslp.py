"""Simulated 2.5G lamps register with the product's own platform, answer and obey."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from drivers.contract import Quantity
from drivers.errors import UnreachableError
from drivers.oslp.driver import OslpLamp
from drivers.oslp.link import OslpLink, OslpSettings
from drivers.oslp.sessions import MemorySessions
from simulator.city import City
from simulator.model import Lamp, SeededFault, TruthKind
from simulator.oslp.device import key_of
from simulator.oslp.district import OslpDistrict, Platform
from simulator.sharing import SharedCity
from tests.drivers.mqtt.brokers import free_port
from tests.polling import eventually

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
NETWORK = "oslp:quai"
DEVICES = [f"4f53{n:020x}" for n in range(2)]
codec = OslpLamp()


async def test_lamps_register_tell_their_meter_and_obey() -> None:
    lamps = [Lamp(one, NETWORK, "", 60.0, 1.0, 43.6, 3.88) for one in DEVICES]
    city = City(lamps, AT, [SeededFault(1, TruthKind.COMMUNICATION_LOSS, AT)])
    city.energy_wh[:] = [123_456, 1]
    shared = SharedCity(city)
    platform_key, device_port = ec.generate_private_key(ec.SECP256R1()), free_port()
    settings = OslpSettings(
        "quai",
        platform_key,
        {one: key_of(one, 7).public_key() for one in DEVICES},
        "127.0.0.1",
        0,
        device_port,
        ask_every=timedelta(milliseconds=100),
    )
    told: dict[Quantity, float] = {}

    async def listen() -> None:
        async for batch in link.batches(100, timedelta(milliseconds=5)):
            for frame in batch.frames:
                port = int(frame.topic.rpartition("/")[2])
                said = codec.decode_uplink(port, frame.payload, frame.received_at)
                told.update({one.quantity: one.value for one in said.readings})
            batch.acknowledge()

    store = MemorySessions()
    async with OslpLink(settings, lambda: AT, store=store, is_known=lambda _: True) as link:
        listening = asyncio.create_task(listen())
        where = Platform("127.0.0.1", link.port, device_port, platform_key.public_key())
        speaking = asyncio.create_task(OslpDistrict(NETWORK, where, shared, 7).speak())
        await eventually(lambda: told.get(Quantity.ACTIVE_ENERGY_WH) == 123_456)
        await link.send(DEVICES[0], codec.set_level(40), order_id="1", expires_at=None)
        assert shared.look().level_percent.tolist() == [40, 0]
        await eventually(lambda: told.get(Quantity.LEVEL_PERCENT) == 40)
        with pytest.raises(UnreachableError):
            await link.send(DEVICES[1], codec.set_level(40), order_id="2", expires_at=None)
        for task in (speaking, listening):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await speaking

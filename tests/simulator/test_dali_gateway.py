"""The simulated DALI gateway, read and ordered by the product's own link."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from drivers.contract import Quantity
from drivers.dali.gateways.intesis import IN703DAL, IntesisGear
from drivers.errors import UnreachableError
from drivers.modbus import LinkSettings, ModbusLink, TcpEndpoint
from simulator.city import City
from simulator.modbus.dali_gateway import DaliGateway
from simulator.model import Lamp, SeededFault, TruthKind
from simulator.sharing import SharedCity
from tests.drivers.mqtt.brokers import free_port
from tests.polling import eventually

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
NETWORK = "modbus:gare"
codec = IntesisGear(IN703DAL)


@pytest.fixture
def shared() -> SharedCity:
    lamps = [
        Lamp(f"gare/1/0/{n}", NETWORK, "", 60.0, 1.0, 43.6, 3.88, f"site {n}") for n in (0, 5, 63)
    ]
    city = City(lamps, AT, [SeededFault(2, TruthKind.COMMUNICATION_LOSS, AT)])
    city.energy_wh[:] = [1000, 200_000, 3000]
    return SharedCity(city)


async def test_gear_is_found_read_and_obeys(shared: SharedCity) -> None:
    port = free_port()
    speaking = asyncio.create_task(DaliGateway(NETWORK, "127.0.0.1", port, shared).speak())
    settings = LinkSettings("gare", TcpEndpoint("127.0.0.1", port))
    told: dict[str, dict[Quantity, float]] = {}

    async def listen() -> None:
        async for batch in link.batches(100, timedelta(milliseconds=5)):
            for frame in batch.frames:
                said = codec.decode_uplink(frame.payload[0], frame.payload[1:], frame.received_at)
                known = told.setdefault(frame.topic, {})
                known.update({one.quantity: one.value for one in said.readings})

    async with ModbusLink(settings, {1: codec.unit()}, lambda: AT) as link:
        listening = asyncio.create_task(listen())
        await eventually(
            lambda: told.get("modbus/gare/1/0/5", {}).get(Quantity.ACTIVE_ENERGY_WH) == 200_000,
            within_s=30,
        )
        order = codec.set_level(40)
        await link.send("gare/1/0/5", order, order_id="1", expires_at=None)
        assert shared.look().level_percent.tolist() == [0, 40, 0]
        await eventually(lambda: told["modbus/gare/1/0/5"][Quantity.LEVEL_PERCENT] == 40)
        with pytest.raises(UnreachableError):
            await link.send("gare/1/0/63", order, order_id="2", expires_at=None)
        listening.cancel()
    speaking.cancel()
    with suppress(asyncio.CancelledError):
        await speaking

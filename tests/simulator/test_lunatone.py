"""The simulated IP gateway, heard and ordered by the product's own link."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from drivers import profiles
from drivers.contract import Dims, LevelEcho, Listens, Quantity
from drivers.lunatone import LinkSettings, LunatoneLink
from simulator.city import City
from simulator.dali.gateway import IpGateway
from simulator.dali.gear import level_of, percent_of
from simulator.model import Lamp, SeededFault, TruthKind
from simulator.sharing import SharedCity
from tests.drivers.mqtt.brokers import free_port
from tests.polling import eventually

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
NETWORK = "lunatone:halles"
codec = profiles.driver("lunatone/dali2-iot")


@pytest.fixture
def shared() -> SharedCity:
    lamps = [Lamp(f"halles/0/{n}", NETWORK, "", 60.0, 1.0, 43.6, 3.88, f"{n}") for n in (0, 5, 63)]
    city = City(lamps, AT, [SeededFault(2, TruthKind.COMMUNICATION_LOSS, AT)])
    city.energy_wh[:] = [1000, 200_000, 3000]
    return SharedCity(city)


async def test_gear_is_found_read_and_obeys(shared: SharedCity) -> None:
    assert isinstance(codec, Dims)
    assert isinstance(codec, Listens)
    port = free_port()
    speaking = asyncio.create_task(IpGateway(NETWORK, "127.0.0.1", port, shared).speak())
    told: dict[str, dict[Quantity, float]] = {}
    echoes: list[int | None] = []

    async def listen() -> None:
        async for batch in link.batches(100, timedelta(milliseconds=5)):
            for frame in batch.frames:
                said = codec.decode_uplink(frame.payload[0], frame.payload[1:], frame.received_at)
                known = told.setdefault(frame.topic.partition("/")[2], {})
                known.update({one.quantity: one.value for one in said.readings})
                heard = [one for one in said.acknowledgements if isinstance(one, LevelEcho)]
                echoes.extend(one.level_percent for one in heard)

    settings = LinkSettings("halles", f"http://127.0.0.1:{port}", reconnect_first_s=0.1)
    async with LunatoneLink(settings, lambda: AT) as link:
        listening = asyncio.create_task(listen())
        await eventually(
            lambda: told.get("halles/0/5", {}).get(Quantity.ACTIVE_ENERGY_WH) == 200_000,
            within_s=60,
        )
        await link.send("halles/0/5", codec.set_level(40), order_id="1", expires_at=None)
        await eventually(lambda: 40 in echoes)
        assert int(shared.look().level_percent[1]) in (39, 40, 41)
        assert "halles/0/63" not in told
        listening.cancel()
    speaking.cancel()
    with suppress(asyncio.CancelledError):
        await speaking


def test_the_curve_is_the_standard_one() -> None:
    assert (percent_of(0), percent_of(1), percent_of(170), percent_of(254)) == (0, 0, 10, 100)
    assert (level_of(0), level_of(50), level_of(100)) == (0, 229, 254)

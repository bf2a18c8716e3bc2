"""Simulated cellular lamps and the product's own server understand each other over UDP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from drivers.contract import Decoded, Quantity
from drivers.lwm2m import topics
from drivers.lwm2m.driver import UcifiLamp
from drivers.lwm2m.link import Lwm2mLink, Lwm2mSettings
from drivers.lwm2m.registrations import MemoryStore
from simulator.city import City
from simulator.lwm2m.device import SENML_CBOR, TLV, read_written
from simulator.lwm2m.district import CellularDistrict
from simulator.model import Lamp, SeededFault, TruthKind
from simulator.sharing import SharedCity
from tests.polling import eventually

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
NETWORK = "lwm2m:quai"
ENDPOINTS = [f"urn:imei:99000000000000{n}" for n in range(3)]
codec = UcifiLamp()


class Hearing:
    """The server, and all that came to it."""

    def __init__(self, link: Lwm2mLink) -> None:
        self.link = link
        self.said: list[tuple[str, int, Decoded]] = []

    async def run(self) -> None:
        async for batch in self.link.batches(100, timedelta(milliseconds=5)):
            for frame in batch.frames:
                topic = topics.parse(frame.topic)
                assert isinstance(topic, topics.Said)
                decoded = codec.decode_uplink(topic.port, frame.payload, frame.received_at)
                self.said.append((topic.endpoint, topic.port, decoded))
            batch.acknowledge()

    def newest(self, endpoint: str, quantity: Quantity) -> float | None:
        told = [
            one.value
            for who, _, decoded in self.said
            for one in decoded.readings
            if who == endpoint and one.quantity is quantity
        ]
        return told[-1] if told else None


@pytest.fixture
async def hearing() -> AsyncIterator[Hearing]:
    settings = Lwm2mSettings("quai", "127.0.0.1", 0, allows_unprotected=True)
    link = Lwm2mLink(
        settings, lambda: datetime.now(UTC), store=MemoryStore(), is_known=lambda _: True
    )
    async with link:
        hearing = Hearing(link)
        listening = asyncio.create_task(hearing.run())
        yield hearing
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


@pytest.fixture
def shared() -> SharedCity:
    lamps = [Lamp(endpoint, NETWORK, "", 60.0, 1.0, 43.6, 3.88) for endpoint in ENDPOINTS]
    city = City(lamps, AT, [SeededFault(2, TruthKind.COMMUNICATION_LOSS, AT)])
    city.energy_wh[:] = [1000, 2000, 3000]
    return SharedCity(city)


async def test_lamps_register_are_observed_and_obey(hearing: Hearing, shared: SharedCity) -> None:
    server = f"coap://127.0.0.1:{hearing.link.port}"
    speaking = asyncio.create_task(CellularDistrict(NETWORK, server, shared, 1).speak())
    await eventually(lambda: all(hearing.link.registration(one) for one in ENDPOINTS))
    await eventually(lambda: hearing.newest(ENDPOINTS[1], Quantity.ACTIVE_ENERGY_WH) == 2000)
    await hearing.link.send(ENDPOINTS[0], codec.set_level(40), order_id="1", expires_at=None)
    await eventually(lambda: hearing.newest(ENDPOINTS[0], Quantity.LEVEL_PERCENT) == 40)
    with shared.alone() as city:
        assert city.level_percent.tolist() == [40, 0, 0]
    speaking.cancel()
    with suppress(asyncio.CancelledError):
        await speaking


@pytest.mark.parametrize(
    ("form", "body"), [(TLV, b"\xc1"), (TLV, b"\xe1\x00\x01\x05"), (SENML_CBOR, b"\x80"), (0, b"")]
)
def test_a_write_that_cannot_be_read_is_refused(form: int, body: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        read_written(form, body)

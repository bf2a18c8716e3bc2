"""Devices that sleep, and devices that fall silent."""

from datetime import timedelta

from aiocoap.numbers.codes import Code

from drivers.lwm2m import topics
from drivers.lwm2m.registrations import MemoryStore
from tests.drivers.lwm2m.test_link import ENDPOINT, Clock, codec, listening
from tests.peers.lwm2m.lamp import LampPeer
from tests.polling import eventually


async def test_a_device_that_sleeps_gets_the_newest_order_when_it_wakes() -> None:
    clock = Clock()
    async with (
        listening(clock=clock) as server,
        LampPeer(ENDPOINT, server.link.port, query=("lt=7200", "lwm2m=1.1", "b=U", "Q")) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: lamp.is_observed)
        clock.ahead = timedelta(minutes=10)
        later = clock.now() + timedelta(hours=1)
        for number, level in enumerate((10, 20, 30)):
            order = codec.set_level(level)
            await server.link.send(ENDPOINT, order, order_id=str(number), expires_at=later)
        assert lamp.lamp.writes == []
        await lamp.update()
        await eventually(lambda: lamp.lamp.writes)
        assert lamp.lamp.writes == [{1: 30}]


async def test_an_order_that_expired_while_the_device_slept_is_never_sent() -> None:
    clock = Clock()
    async with (
        listening(clock=clock) as server,
        LampPeer(ENDPOINT, server.link.port, query=("lt=7200", "lwm2m=1.0", "b=UQ")) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: lamp.is_observed)
        clock.ahead = timedelta(minutes=10)
        soon = clock.now() + timedelta(seconds=30)
        await server.link.send(ENDPOINT, codec.set_level(10), order_id="1", expires_at=soon)
        clock.ahead = timedelta(minutes=20)
        await lamp.update()
        await server.link.send(ENDPOINT, codec.request_meter(), order_id="2", expires_at=None)
        assert lamp.lamp.writes == []


async def test_an_order_refused_after_waking_is_told() -> None:
    clock = Clock()
    async with (
        listening(clock=clock) as server,
        LampPeer(ENDPOINT, server.link.port, query=("lt=7200", "lwm2m=1.0", "b=UQ")) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: lamp.is_observed)
        lamp.lamp.refuses = True
        clock.ahead = timedelta(minutes=10)
        await server.link.send(ENDPOINT, codec.set_level(10), order_id="order-7", expires_at=None)
        await lamp.update()
        await eventually(lambda: "/order/order-7" in server.frames[-1].topic)
        assert "not now" in topics.parse_failure(server.frames[-1].payload).reason


async def test_a_silent_device_is_forgotten() -> None:
    clock, store = Clock(), MemoryStore()
    async with (
        listening(store, clock=clock) as server,
        LampPeer(ENDPOINT, server.link.port) as lamp,
    ):
        await lamp.register()
        clock.ahead = timedelta(seconds=300 + 240)
        await server.link.keep_house()
        assert server.link.registration(ENDPOINT) is not None
        clock.ahead = timedelta(seconds=300 + 250)
        await server.link.keep_house()
        assert server.link.registration(ENDPOINT) is None
        assert await store.all() == ()
        assert (await lamp.update()).code is Code.NOT_FOUND

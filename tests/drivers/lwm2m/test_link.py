"""Our server against a client written from the specification, over UDP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from aiocoap.numbers.codes import Code

from drivers.contract import Decoded, EventKind, Frame, LevelEcho, Quantity
from drivers.errors import RefusedByDeviceError, UnreachableError
from drivers.lwm2m import topics
from drivers.lwm2m.driver import UcifiLamp
from drivers.lwm2m.link import Lwm2mLink, Lwm2mSettings
from drivers.lwm2m.registrations import MemoryStore
from drivers.lwm2m.server.security import EndpointKey
from tests.peers.lwm2m.lamp import LampPeer, now_s
from tests.peers.lwm2m.nat import Nat
from tests.polling import eventually

ENDPOINT = "urn:imei:490154203237518"
codec = UcifiLamp()


class Listening:
    """A link whose frames are kept, as the worker's intake would."""

    def __init__(self, link: Lwm2mLink) -> None:
        self.link = link
        self.frames: list[Frame] = []
        self.stores = asyncio.Event()
        self.stores.set()

    async def run(self) -> None:
        async for batch in self.link.batches(100, timedelta(milliseconds=5)):
            self.frames.extend(batch.frames)
            await self.stores.wait()
            batch.acknowledge()

    def said(self, port: int) -> list[Decoded]:
        """What devices said on a port."""
        told = [(topics.parse(frame.topic), frame) for frame in self.frames]
        return [
            codec.decode_uplink(port, frame.payload, frame.received_at)
            for topic, frame in told
            if isinstance(topic, topics.Said) and topic.port == port
        ]

    def port_of_device(self) -> int:
        """Where the device is reached now."""
        known = self.link.registration(ENDPOINT)
        assert known is not None
        return known.port

    def events(self) -> list[str]:
        return [event.kind for decoded in self.said(65535) for event in decoded.events]


class Clock:
    """Real time, moved when a test wants to."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@asynccontextmanager
async def listening(
    store: MemoryStore | None = None,
    is_known: Callable[[str], bool] = lambda _: True,
    port: int = 0,
    clock: Clock | None = None,
    keys: Mapping[str, EndpointKey] | None = None,
    allows_unprotected: bool = True,
    patience: timedelta = timedelta(seconds=100),
) -> AsyncIterator[Listening]:
    settings = Lwm2mSettings(
        "test", "127.0.0.1", port, keys or {}, allows_unprotected, patience=patience
    )
    clock = clock or Clock()
    link = Lwm2mLink(settings, clock.now, store=store or MemoryStore(), is_known=is_known)
    async with link:
        hearing = Listening(link)
        task = asyncio.create_task(hearing.run())
        try:
            yield hearing
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_a_device_registers_is_read_and_observed() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        answer = await lamp.register()
        assert answer.code is Code.CREATED
        assert lamp.location[0] == "rd"
        await eventually(lambda: lamp.is_observed and server.said(3418))
        assert server.events() == [EventKind.NETWORK_REGISTERED]
        assert lamp.meter.attributes == ["pmin=10", "pmax=3600"]
        readings = {one.quantity: one.value for one in server.said(3418)[0].readings}
        assert readings == {
            Quantity.SUPPLY_VOLTAGE_V: 230.5,
            Quantity.ACTIVE_POWER_W: 61.25,
            Quantity.ACTIVE_ENERGY_WH: 123456,
        }
        lamp.notify(lamp.meter, r6=123500.0)
        await eventually(lambda: len(server.said(3418)) >= 2)
        assert server.said(3418)[1].readings[-1].value == 123500
        assert (await lamp.deregister()).code is Code.DELETED
        await eventually(lambda: EventKind.NETWORK_DEREGISTERED in server.events())
        assert server.link.registration(ENDPOINT) is None


async def test_an_order_is_written_taken_and_seen() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await lamp.register()
        await eventually(lambda: lamp.is_observed)
        await server.link.send(ENDPOINT, codec.set_level(35), order_id="1", expires_at=None)
        assert lamp.lamp.writes == [{1: 35}]
        lamp.notify(lamp.lamp)
        await eventually(lambda: len(server.said(3416)) >= 3)
        echoes = [one for decoded in server.said(3416) for one in decoded.acknowledgements]
        assert [one.level_percent for one in echoes if isinstance(one, LevelEcho)] == [0, 35, 35]
        assert server.said(3416)[-1].readings[0].value == 35


async def test_a_level_that_lasts_is_written_with_its_window() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await lamp.register()
        order = codec.set_level(80, timedelta(hours=1))
        before = now_s()
        await server.link.send(ENDPOINT, order, order_id="1", expires_at=None)
        (written,) = lamp.lamp.writes
        assert written[1] == 80
        assert before <= written[50] <= now_s()
        assert written[51] - written[50] == 3600


async def test_a_device_that_speaks_only_senml_is_written_to_in_senml() -> None:
    links = '</>;rt="oma.lwm2m";ct="112",</3416/0>'
    async with listening() as server, LampPeer(ENDPOINT, server.link.port, links=links) as lamp:
        await lamp.register()
        await server.link.send(ENDPOINT, codec.set_level(20), order_id="1", expires_at=None)
        assert lamp.lamp.writes == [{1: 20}]


async def test_a_refusal_and_silence_are_told_apart() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await lamp.register()
        lamp.lamp.refuses = True
        with pytest.raises(RefusedByDeviceError, match="not now"):
            await server.link.send(ENDPOINT, codec.set_level(35), order_id="1", expires_at=None)
        with pytest.raises(UnreachableError, match="not registered"):
            await server.link.send("nobody", codec.set_level(35), order_id="2", expires_at=None)
        late = datetime.now(UTC) - timedelta(seconds=1)
        with pytest.raises(RefusedByDeviceError, match="expired"):
            await server.link.send(ENDPOINT, codec.set_level(35), order_id="3", expires_at=late)


async def test_the_meter_is_read_when_asked() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await lamp.register()
        await eventually(lambda: lamp.is_observed and server.said(3418))
        await server.link.send(ENDPOINT, codec.request_meter(), order_id="1", expires_at=None)
        await eventually(lambda: len(server.said(3418)) >= 2)


async def test_an_unknown_device_leaves_evidence_once_and_is_never_asked() -> None:
    async with (
        listening(is_known=lambda _: False) as server,
        LampPeer("stranger", server.link.port) as lamp,
    ):
        assert (await lamp.register()).code is Code.FORBIDDEN
        assert (await lamp.register()).code is Code.FORBIDDEN
        await eventually(lambda: server.frames)
        assert server.events() == [EventKind.NETWORK_REGISTERED]
        with pytest.raises(UnreachableError):
            await server.link.send("stranger", codec.set_level(35), order_id="1", expires_at=None)
        assert lamp.lamp.attributes == []


async def test_values_kept_by_a_device_keep_their_instant_and_wait_for_the_store() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        assert (await lamp.send(("/3418/0/6", 1.0, now_s()))).code is Code.NOT_FOUND
        await lamp.register()
        await eventually(lambda: lamp.is_observed)
        server.stores.clear()
        at = now_s() - 7200
        sending = asyncio.create_task(lamp.send(("/3418/0/6", 900.0, at)))
        await eventually(lambda: server.said(65535)[-1].readings)
        assert not sending.done()
        server.stores.set()
        assert (await sending).code is Code.CHANGED
        (reading,) = server.said(65535)[-1].readings
        assert (reading.value, reading.measured_at.timestamp()) == (900, at)


async def test_a_notification_is_acknowledged_once_it_is_stored() -> None:
    async with (
        listening() as server,
        Nat(server.link.port) as nat,
        LampPeer(ENDPOINT, nat.port) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: lamp.is_observed and server.said(3418))
        acknowledged: list[bytes] = []

        def note(data: bytes) -> int:
            if data[0] & 0x30 == 0x20 and data[1] == 0:
                acknowledged.append(data)
            return 1

        nat.down = note
        server.stores.clear()
        lamp.notify(lamp.meter, r6=2.0)
        await eventually(lambda: len(server.said(3418)) >= 2)
        assert acknowledged == []
        server.stores.set()
        await eventually(lambda: acknowledged)


async def test_a_repeated_notification_is_stored_once() -> None:
    async with (
        listening() as server,
        Nat(server.link.port) as nat,
        LampPeer(ENDPOINT, nat.port) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: lamp.is_observed and server.said(3418))
        nat.up = lambda data: 3
        for energy in range(5):
            lamp.notify(lamp.meter, r6=float(energy))
            await eventually(lambda e=energy: len(server.said(3418)) >= 2 + e)  # type: ignore[misc]
        nat.up = lambda data: 1
        lamp.notify(lamp.meter, r6=100.0)
        await eventually(lambda: server.said(3418)[-1].readings[-1].value == 100)
        heard = [decoded.readings[-1].value for decoded in server.said(3418)]
        assert heard == [123456, 0, 1, 2, 3, 4, 100]


async def test_a_device_behind_a_nat_that_changed_is_heard_and_reached() -> None:
    async with (
        listening() as server,
        Nat(server.link.port) as nat,
        LampPeer(ENDPOINT, nat.port) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: lamp.is_observed and server.said(3418))
        before = server.port_of_device()
        await nat.rebind()
        lamp.notify(lamp.meter, r6=7.0)
        await eventually(lambda: server.port_of_device() != before)
        assert server.said(3418)[-1].readings[-1].value == 7
        await nat.rebind()
        assert (await lamp.update()).code is Code.CHANGED
        await server.link.send(ENDPOINT, codec.set_level(9), order_id="1", expires_at=None)
        assert lamp.lamp.writes == [{1: 9}]


async def test_a_large_instance_comes_in_blocks() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        lamp.lamp.padding = "x" * 3000
        await lamp.register()
        await eventually(lambda: server.said(3416))
        lamp.notify(lamp.lamp, r3=55)
        await eventually(lambda: len(server.said(3416)) == 2)
        assert server.said(3416)[-1].readings[0].value == 55


async def test_a_registration_survives_our_restart() -> None:
    store = MemoryStore()
    async with listening(store) as first:
        port = first.link.port
        lamp_context = LampPeer(ENDPOINT, port)
        lamp = await lamp_context.__aenter__()
        await lamp.register()
        await eventually(lambda: lamp.is_observed)
    try:
        async with listening(store, port=port) as second:
            await second.link.send(ENDPOINT, codec.set_level(42), order_id="1", expires_at=None)
            assert lamp.lamp.writes == [{1: 42}]
            assert (await lamp.update()).code is Code.CHANGED
            await eventually(lambda: second.said(3418))
    finally:
        await lamp_context.__aexit__()


async def test_what_is_not_ours_is_refused() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        assert (await lamp.ask(Code.GET, ["rd"])).code is Code.METHOD_NOT_ALLOWED
        assert (await lamp.ask(Code.POST, ["elsewhere"])).code is Code.NOT_FOUND
        assert (await lamp.ask(Code.POST, ["rd"], query=("lt=60",))).code is Code.BAD_REQUEST
        assert (await lamp.ask(Code.POST, ["rd"], query=("ep=a", "lt=no"))).code is Code.BAD_REQUEST
        large = await lamp.ask(Code.POST, ["rd"], query=("ep=a",), payload=b"x" * 200_000)
        assert large.code is Code.REQUEST_ENTITY_TOO_LARGE


async def test_a_device_that_acknowledges_and_never_answers_is_given_up() -> None:
    async with (
        listening(patience=timedelta(milliseconds=300)) as server,
        LampPeer(ENDPOINT, server.link.port, links="</3416/0>") as lamp,
    ):
        lamp.lamp.is_mute = True
        await lamp.register()
        with pytest.raises(UnreachableError, match="no answer"):
            await server.link.send(ENDPOINT, codec.set_level(5), order_id="1", expires_at=None)


async def test_a_device_that_ends_an_observation_is_asked_again_when_it_updates() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await lamp.register()
        await eventually(lambda: lamp.is_observed and server.said(3418))
        lamp.forget_observers(lamp.meter)
        await eventually(lambda: not lamp.is_observed)
        await lamp.update()
        await eventually(lambda: lamp.is_observed)
        lamp.notify(lamp.meter, r6=42.0)
        await eventually(lambda: server.said(3418)[-1].readings[-1].value == 42)


async def test_a_device_that_registers_twice_in_a_row_is_heard_once() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await asyncio.gather(lamp.register(), lamp.register())
        await lamp.register()
        await eventually(lambda: lamp.is_observed and server.said(3418))
        for energy in (7, 8):
            lamp.notify(lamp.meter, r6=float(energy))
            await eventually(lambda e=energy: server.said(3418)[-1].readings[-1].value == e)  # type: ignore[misc]
        heard = [decoded.readings[-1].value for decoded in server.said(3418)]
        assert [value for value in heard if value in (7, 8)] == [7, 8]

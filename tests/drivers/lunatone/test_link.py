"""The link against a gateway that behaves as documented, over real HTTP and WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from drivers.contract import Decoded, LevelEcho, PortFrame, Quantity
from drivers.dali.driver import ControlGear
from drivers.dali.line import LineUnpoweredError
from drivers.dali.ports import PORT_OF_BANK, Port
from drivers.dali.rounds import Pace
from drivers.errors import LinkError, RefusedByDeviceError, UnreachableError
from drivers.lunatone import LinkSettings, LunatoneLink, SessionLimits
from tests.peers.dali.gear import PeerGear, PeerLine
from tests.peers.lunatone.gateway import LunatonePeer, running
from tests.polling import eventually

# A line of 64 addresses is looked through frame by frame: time for a busy machine.
soon = partial(eventually, within_s=60)

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
GEAR = ControlGear()
HALF = GEAR.set_level(50)


class Heard:
    """All frames of a link, as they come."""

    def __init__(self, link: LunatoneLink) -> None:
        self._link = link
        self.frames: list[tuple[str, int, bytes]] = []

    async def listen(self) -> None:
        async for batch in self._link.batches(50, timedelta(milliseconds=5)):
            self.frames += [(one.topic, one.payload[0], one.payload[1:]) for one in batch.frames]
            batch.acknowledge()

    def of(self, place: str, port: int) -> list[Decoded]:
        """What the frames of `<line>/<address>` on a port say."""
        return [
            GEAR.decode_uplink(port, payload, AT)
            for topic, number, payload in self.frames
            if (topic, number) == (f"lunatone/gare/{place}", port)
        ]


@asynccontextmanager
async def linked(
    url: str, frame_timeout_s: float = 10.0
) -> AsyncIterator[tuple[LunatoneLink, Heard]]:
    limits = SessionLimits(Pace(after_failure_s=0.05), frame_timeout_s)
    settings = LinkSettings("gare", url, limits, reconnect_first_s=0.05)
    async with LunatoneLink(settings, lambda: AT) as link:
        heard = Heard(link)
        listening = asyncio.create_task(heard.listen())
        try:
            yield link, heard
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _send(link: LunatoneLink, address: str, order: PortFrame = HALF) -> None:
    await link.send(address, order, order_id="1", expires_at=LATER)


async def test_a_whole_d4i_lamp_is_read_through_the_gateway() -> None:
    gear = PeerGear(17)
    gear.level = 229
    peer = LunatonePeer({0: PeerLine(), 1: PeerLine(gear, PeerGear(18))})
    async with running(peer), linked(peer.url) as (_, heard):
        ports = (Port.STATE, *(PORT_OF_BANK[bank] for bank in (0, 1, 202, 204, 205, 206, 207)))
        await soon(lambda: all(heard.of("1/17", port) for port in ports))
        told = {
            reading.quantity: reading.value
            for port in ports
            for reading in heard.of("1/17", port)[0].readings
        }
        assert told[Quantity.LEVEL_PERCENT] == 50
        assert told[Quantity.ACTIVE_ENERGY_WH] == 12345
        assert told[Quantity.BURNING_TIME_S] == 3000
        assert not heard.of("1/17", Port.OVERHEARD)


async def test_an_order_goes_by_rest_and_is_proven_by_the_gear() -> None:
    line = PeerLine(PeerGear(17), PeerGear(18))
    peer = LunatonePeer({0: line})
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("0/18", Port.STATE))
        await _send(link, "gare/0/17")
        assert peer.rest_calls == [("/device/1/control", {"dimmable": 50})]
        assert [gear.level for gear in line.gears.values()] == [229, 0]
        await soon(lambda: heard.of("0/17", Port.ORDER_TAKEN))
        (decoded,) = heard.of("0/17", Port.ORDER_TAKEN)
        assert decoded.acknowledgements == [LevelEcho(50, AT)]
        assert not heard.of("0/17", Port.OVERHEARD)  # our own order, shown by the monitor


async def test_gear_the_gateway_has_not_scanned_is_ordered_by_frame() -> None:
    line = PeerLine(PeerGear(17))
    peer = LunatonePeer({0: line})
    peer.scanned.clear()
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("0/17", Port.STATE))
        await _send(link, "gare/0/17")
        assert peer.rest_calls == []
        assert line.gears[17].level == 229


async def test_orders_go_by_frame_while_the_rest_interface_is_broken() -> None:
    line = PeerLine(PeerGear(17))
    peer = LunatonePeer({0: line})
    peer.is_broken = True
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("0/17", Port.STATE))
        await _send(link, "gare/0/17")
        assert line.gears[17].level == 229
        with pytest.raises(RefusedByDeviceError, match="answered 503"):
            await _send(link, "gare/0/all")


@pytest.mark.parametrize(
    ("target", "path"), [("g3", "/group/3/control"), ("all", "/broadcast/control")]
)
async def test_groups_and_all_of_a_line_take_one_order(target: str, path: str) -> None:
    line = PeerLine(PeerGear(1, groups=frozenset({3})), PeerGear(2, groups=frozenset({3})))
    other = PeerLine(PeerGear(1, groups=frozenset({3})))
    peer = LunatonePeer({0: line, 1: other})
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("0/2", Port.STATE) and heard.of("1/1", Port.STATE))
        await _send(link, f"gare/0/{target}")
        assert peer.rest_calls == [(path, {"dimmable": 50})]
        assert [gear.level for gear in (*line.gears.values(), other.gears[1])] == [229, 229, 0]
        for place in ("0/1", "0/2"):
            await soon(lambda place=place: heard.of(place, Port.ORDER_TAKEN))


async def test_what_another_master_orders_is_overheard() -> None:
    peer = LunatonePeer({0: PeerLine(PeerGear(17))})
    async with running(peer), linked(peer.url) as (_, heard):
        await soon(lambda: heard.of("0/17", Port.STATE))
        await peer.another_master_sends(0, bytes([17 << 1, 100]))
        await soon(lambda: heard.of("0/17", Port.OVERHEARD))
        (event,) = heard.of("0/17", Port.OVERHEARD)[0].events
        assert event.detail == {"order": "DAPC short 17 level 100"}


async def test_a_gateway_that_comes_late_goes_and_comes_back_is_taken_up_again() -> None:
    peer = LunatonePeer({0: PeerLine(PeerGear(17))})
    async with running(peer):
        url = peer.url
    port = int(url.rpartition(":")[2])
    async with linked(url) as (link, heard):
        with pytest.raises(UnreachableError, match="not connected"):
            await _send(link, "gare/0/17")
        async with running(peer, port):
            await soon(lambda: heard.of("0/17", Port.STATE))
        await soon(lambda: not link.is_open())
        heard.frames.clear()
        async with running(peer, port):
            await soon(lambda: heard.of("0/17", Port.STATE))
            await _send(link, "gare/0/17")


async def test_a_connection_that_is_dropped_is_opened_again() -> None:
    peer = LunatonePeer({0: PeerLine(PeerGear(17))})
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("0/17", Port.STATE))
        heard.frames.clear()
        await peer.drop()
        await soon(lambda: heard.of("0/17", Port.STATE))
        assert link.is_open()


async def test_a_line_without_voltage_leaves_the_other_alone() -> None:
    peer = LunatonePeer({0: PeerLine(PeerGear(1)), 1: PeerLine(PeerGear(2))})
    peer.unpowered.add(0)
    peer.scanned.clear()
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("1/2", Port.STATE))
        with pytest.raises(LineUnpoweredError):
            await _send(link, "gare/0/1")
        peer.unpowered.clear()
        await soon(lambda: heard.of("0/1", Port.STATE))


async def test_a_gateway_that_says_nothing_of_a_frame_fails_the_order() -> None:
    peer = LunatonePeer({0: PeerLine(PeerGear(1))})
    async with running(peer), linked(peer.url, 2.0) as (link, heard):
        await soon(lambda: heard.of("0/1", Port.STATE))
        peer.is_mute = True
        with pytest.raises(LinkError, match="what became of a frame"):
            await _send(link, "gare/0/1")


async def test_what_is_no_message_is_passed_over() -> None:
    peer = LunatonePeer({0: PeerLine(PeerGear(1))})
    peer.garbage = ["", "[]", "not json", '{"type":"daliAnswer","data":{"line":9,"result":8}}']
    async with running(peer), linked(peer.url) as (_, heard):
        await soon(lambda: heard.of("0/1", Port.STATE))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("gare/0/40", "control gear 40 does not answer"),
        ("gare/7/1", "line 7 is none of 0 to 0"),
        ("gare/x/1", "not behind gare"),
        ("port/0/1", "not behind gare"),
        ("gare/0/g16", "no address on a line"),
    ],
)
async def test_an_order_to_nobody_is_refused(address: str, says: str) -> None:
    peer = LunatonePeer({0: PeerLine(PeerGear(17))})
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("0/17", Port.STATE))
        with pytest.raises(UnreachableError, match=says):
            await _send(link, address)


async def test_an_order_past_its_time_does_not_leave() -> None:
    peer = LunatonePeer({0: PeerLine(PeerGear(17))})
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("0/17", Port.STATE))
        with pytest.raises(UnreachableError, match="past its time"):
            await link.send("gare/0/17", HALF, order_id="1", expires_at=AT)
        assert peer.rest_calls == []


async def test_a_scan_lets_the_gateway_look_and_each_gear_tell_who_it_is() -> None:
    line = PeerLine(PeerGear(17))
    peer = LunatonePeer({0: line, 1: PeerLine(PeerGear(3))})
    async with running(peer), linked(peer.url) as (link, heard):
        await soon(lambda: heard.of("0/17", Port.STATE))
        line.gears[40] = PeerGear(40)
        found = await link.scan()
        assert [one.address for one in found] == ["gare/0/17", "gare/0/40", "gare/1/3"]
        assert {one.evidence["gtin"] for one in found} == {1234567654321}
        assert peer.scans == [{"newInstallation": False, "noAddressing": True}]
        await _send(link, "gare/0/40")
        assert peer.rest_calls == [("/device/2/control", {"dimmable": 50})]


async def test_an_order_waits_for_one_exchange_at_most_while_all_is_read() -> None:
    """Counted in frames: each holds a real line for 45 ms at most, so that it is under 2 s."""
    line = PeerLine(*(PeerGear(n) for n in range(10)))
    peer = LunatonePeer({0: line}, frame_s=0.001)
    peer.scanned.clear()
    async with running(peer), linked(peer.url) as (link, _):
        await soon(lambda: sum(payload[1] == 0xC5 for payload in line.seen) > 30)
        begun = len(line.seen)
        await _send(link, "gare/0/7")
        frames_before = line.seen.index(bytes([7 << 1, 229])) - begun
        assert frames_before * 0.045 < 2.0

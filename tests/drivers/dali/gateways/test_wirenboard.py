"""WB-DALI end to end: our link over Modbus TCP, a gateway by its published map, D4i gear."""

import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import LevelEcho, Quantity
from drivers.dali.frames import Forward, short
from drivers.dali.gateways.wirenboard.driver import WirenBoardGear
from drivers.dali.gateways.wirenboard.unit import WirenBoardUnit, newer_than
from drivers.dali.gateways.wirenboard.words import (
    GatewayOverheatedError,
    HeardFrame,
    SendSlot,
    answer_of,
)
from drivers.dali.line import GARBLED, FramePriority, LineUnpoweredError
from drivers.dali.ports import PORT_OF_BANK, Port
from drivers.dali.rounds import Pace
from drivers.errors import LinkError, UnreachableError
from drivers.modbus import ModbusLink
from tests.drivers.dali.gateways.polling import AT, LATER, Heard, polled, values
from tests.peers.dali.gear import PeerGear, PeerLine
from tests.peers.dali.wirenboard import WirenBoardPeer
from tests.polling import eventually

VECTORS = json.loads((Path(__file__).parents[3] / "data/vectors/dali_gateways.json").read_text())
GEAR = WirenBoardGear()
FRAME_S = 0.045


def _vectors(word: str) -> list[Any]:
    return [pytest.param(one, id=one["hex"]) for one in VECTORS if word in one["device"]]


@pytest.mark.parametrize("vector", _vectors("send-queue word"))
def test_a_send_slot_is_written_to_the_bit(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    slot = SendSlot(
        int(expected["frame"], 16), expected["bits"], expected["send_twice"], expected["priority"]
    )
    low, high = slot.encode()
    assert f"{high:04x}{low:04x}" == vector["hex"]
    assert SendSlot.decode(low, high) == slot


@pytest.mark.parametrize("vector", _vectors("reply word"))
def test_a_reply_is_read_as_published(vector: dict[str, Any]) -> None:
    answer = vector["expected"]["answer"]
    is_garbled = "collision" in vector["expected"]["meaning"]
    assert answer_of(int(vector["hex"], 16)) == (GARBLED if is_garbled else answer)


@pytest.mark.parametrize("vector", _vectors("monitor word"))
def test_a_frame_of_the_monitor_is_read_as_published(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    heard = HeardFrame.decode(int(vector["hex"], 16))
    assert heard == HeardFrame(
        expected["frame_counter"],
        expected["broken"],
        expected["backward"],
        expected["frame_length_bits"],
        int(expected["frame"], 16),
    )
    assert heard.forward is None  # 24 bits: of a control device, not to gear


@pytest.mark.parametrize(
    ("reply", "error"),
    [(0x0400, LineUnpoweredError), (0x0500, GatewayOverheatedError), (0x0900, UnreachableError)],
)
def test_a_frame_that_was_not_sent_is_an_error(reply: int, error: type[LinkError]) -> None:
    with pytest.raises(error):
        answer_of(reply)


@given(st.integers(0, 0xFFFF))
def test_any_reply_is_an_answer_or_an_error(reply: int) -> None:
    try:
        answer = answer_of(reply)
    except LinkError:
        return
    assert answer is None or answer == GARBLED or 0 <= answer <= 0xFF


@given(st.integers(0, (1 << 64) - 1))
def test_any_frame_of_the_monitor_is_read(word: int) -> None:
    heard = HeardFrame.decode(word)
    assert (heard.forward is None) or heard.bits == 16


def test_the_monitors_counter_wraps() -> None:
    frames = [HeardFrame(count, False, False, 16, 0) for count in (1, 65_535, 0, 65_534)]
    assert [one.counter for one in newer_than(65_534, frames)] == [65_535, 0, 1]
    assert newer_than(None, frames) == []


def _polled(
    peer: WirenBoardPeer, unit: WirenBoardUnit
) -> AbstractAsyncContextManager[tuple[ModbusLink, Heard]]:
    return polled(peer.memory, unit, GEAR)


def _quick(**paces: float) -> WirenBoardUnit:
    return WirenBoardUnit(Pace(**{"after_failure_s": 0.05, **paces}), listen_every_s=0.05)


async def test_a_whole_d4i_lamp_is_read_through_the_gateway() -> None:
    gear = PeerGear(17)
    gear.level = 229
    async with _polled(WirenBoardPeer({1: PeerLine(gear, PeerGear(18))}), _quick()) as (_, heard):
        ports = (Port.STATE, *(PORT_OF_BANK[bank] for bank in (0, 1, 202, 204, 205, 206, 207)))
        await eventually(lambda: all(heard.of("1/17", port) for port in ports))
        told = {
            quantity: value
            for port in ports
            for quantity, value in values(heard.of("1/17", port)[0]).items()
        }
        assert told[Quantity.LEVEL_PERCENT] == 50
        assert told[Quantity.ACTIVE_ENERGY_WH] == 12345
        assert told[Quantity.ACTIVE_POWER_W] == 45.1
        assert told[Quantity.LOAD_SIDE_ENERGY_WH] == 12000
        assert told[Quantity.BURNING_TIME_S] == 3000
        assert told[Quantity.SUPPLY_VOLTAGE_V] == 230.0
        assert told[Quantity.POWER_FACTOR] == 0.95


async def test_an_order_goes_through_the_gateway_and_is_proven_by_the_gear() -> None:
    line = PeerLine(PeerGear(17), PeerGear(18))
    async with _polled(WirenBoardPeer({0: line}), _quick()) as (link, heard):
        await eventually(lambda: heard.of("0/18", Port.STATE))
        order = GEAR.set_level(50)
        await link.send("gare/1/0/17", order, order_id="1", expires_at=LATER)
        assert [gear.level for gear in line.gears.values()] == [229, 0]
        await eventually(lambda: heard.of("0/17", Port.ORDER_TAKEN))
        (decoded,) = heard.of("0/17", Port.ORDER_TAKEN)
        assert decoded.acknowledgements == [LevelEcho(50, AT)]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("gare/1/0/40", "control gear 40 does not answer"),
        ("gare/1/0/64", "no address on a line"),
        ("gare/1/3/1", "channel '3' is none"),
        ("gare/1/x/1", "channel 'x' is none"),
        ("gare/1", "channel '' is none"),
    ],
)
async def test_an_order_to_nobody_is_refused(address: str, says: str) -> None:
    async with _polled(WirenBoardPeer({0: PeerLine(PeerGear(17))}), _quick()) as (link, heard):
        await eventually(lambda: heard.of("0/17", Port.STATE))
        with pytest.raises(UnreachableError, match=says):
            await link.send(address, GEAR.set_level(50), order_id="1", expires_at=LATER)


async def test_a_line_without_power_leaves_the_others_alone_and_comes_back() -> None:
    peer = WirenBoardPeer({n: PeerLine(PeerGear(n)) for n in range(3)})
    peer.unpowered.add(1)
    async with _polled(peer, _quick()) as (link, heard):
        await eventually(lambda: heard.of("0/0", Port.STATE) and heard.of("2/2", Port.STATE))
        assert not heard.of("1/1", Port.STATE)
        with pytest.raises(LineUnpoweredError):
            await link.send("gare/1/1/1", GEAR.set_level(50), order_id="1", expires_at=LATER)
        peer.unpowered.clear()
        await eventually(lambda: heard.of("1/1", Port.STATE))


async def test_what_another_master_orders_is_overheard() -> None:
    peer = WirenBoardPeer({0: PeerLine(PeerGear(17))})
    async with _polled(peer, _quick()) as (_, heard):
        await eventually(lambda: heard.of("0/17", Port.STATE))
        peer.another_master_sends(0, Forward(short(17).byte, 100).payload)

        def is_overheard() -> bool:
            return bool(heard.of("0/17", Port.OVERHEARD))

        async def orders_until_overheard() -> bool:
            peer.another_master_sends(0, Forward(short(17).byte, 120).payload)
            return is_overheard()

        await eventually(orders_until_overheard)
        told = heard.of("0/17", Port.OVERHEARD)[-1].events[0].detail
        assert str(told["order"]).startswith("DAPC short 17 level 1")


async def test_an_order_waits_less_than_two_seconds_while_all_is_read() -> None:
    """Counted in frames: each holds a real line for 45 ms at most."""
    line = PeerLine(*(PeerGear(n) for n in range(20)))
    async with _polled(WirenBoardPeer({0: line}, frame_s=0.001), _quick()) as (link, _):
        for percent, level in ((10, 170), (20, 195), (30, 210)):
            enough = _memory_reads(line) + 20
            await eventually(lambda enough=enough: _memory_reads(line) > enough)
            begun = len(line.seen)
            order = GEAR.set_level(percent)
            await link.send("gare/1/0/7", order, order_id="1", expires_at=LATER)
            frames_before = line.seen.index(bytes([7 << 1, level])) - begun
            assert frames_before * FRAME_S < 2.0


def _memory_reads(line: PeerLine) -> int:
    return sum(payload[1] == 0xC5 for payload in line.seen)


async def test_frames_of_one_exchange_hold_the_line_together() -> None:
    peer = WirenBoardPeer({0: PeerLine(PeerGear(17))})
    async with _polled(peer, _quick()) as (_, heard):
        await eventually(lambda: heard.of("0/17", PORT_OF_BANK[202]))
    polls, followers = FramePriority.PERIODIC_QUERY, FramePriority.CONTINUATION
    assert set(peer.priorities) == {polls, followers}
    assert peer.priorities.count(followers) > peer.priorities.count(polls)


async def test_a_scan_finds_gear_of_all_lines() -> None:
    lines = {0: PeerLine(PeerGear(3)), 2: PeerLine(PeerGear(63))}
    async with _polled(WirenBoardPeer(lines), _quick()) as (link, heard):
        await eventually(lambda: heard.of("2/63", Port.STATE))
        found = await link.scan()
    assert [one.address for one in found] == ["gare/1/0/3", "gare/1/2/63"]
    assert all(one.evidence["gtin"] == 1234567654321 for one in found)

"""Intesis gateways end to end: our link over Modbus TCP, registers by the published tables."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import EventKind, LevelEcho, Quantity, StatusFlag
from drivers.dali.gateways.intesis import (
    IN703DAL,
    INMBSDAL,
    IntesisGear,
    IntesisPort,
)
from drivers.dali.gateways.registers.unit import RegisterGateway
from drivers.dali.ports import Port
from drivers.errors import DecodeError, UnknownPortError, UnreachableError
from tests.drivers.dali.gateways.polling import AT, LATER, polled, values
from tests.peers.dali.gear import PeerGear, PeerLine
from tests.peers.dali.intesis import IntesisPeer
from tests.polling import eventually

VECTORS = json.loads((Path(__file__).parents[3] / "data/vectors/dali_gateways.json").read_text())
OLD, NEW = IntesisGear(INMBSDAL), IntesisGear(IN703DAL)


def _register(vector: dict[str, Any]) -> int:
    channel, address = vector["channel"], vector.get("short_address", 0)
    match vector["signal"]:
        case "ballast status":
            return INMBSDAL.block(Port.STATE).place.of(channel, address)
        case "actual level":
            return INMBSDAL.block(Port.STATE).place.of(channel, address) + 1
        case "arc power level (write)":
            return INMBSDAL.level_register(channel, str(address))
        case "group arc power level":
            return INMBSDAL.level_register(channel, f"g{vector['group']}")
        case "broadcast arc power level":
            return INMBSDAL.level_register(channel, "all")
        case "Part 252 active energy (Wh)":
            return IN703DAL.block(IntesisPort.D4I).place.of(channel, address)
    raise AssertionError(vector["signal"])


@pytest.mark.parametrize(
    "vector",
    [pytest.param(one, id=one["signal"]) for one in VECTORS if "Intesis" in one["device"]],
)
def test_registers_are_where_the_manual_says(vector: dict[str, Any]) -> None:
    assert _register(vector) == vector["expected"]["address"]


def test_the_second_channel_begins_at_7000() -> None:
    assert INMBSDAL.level_register(1, "0") == 7015
    assert INMBSDAL.level_register(1, "all") == 13_800


async def test_level_status_and_energy_of_gear_are_read() -> None:
    gear = PeerGear(5)
    gear.level, gear.led_failures = 216, 0b10
    peer = IntesisPeer({0: PeerLine(gear)}, has_d4i=True)
    async with polled(peer.memory, NEW.unit(), NEW) as (_, heard):
        await eventually(lambda: heard.of("0/5", IntesisPort.D4I))
        await eventually(lambda: heard.of("0/5", IntesisPort.LED_FAILURES))
        assert values(heard.of("0/5", Port.STATE)[0]) == {
            Quantity.LEVEL_PERCENT: 35,
            Quantity.STATUS_FLAGS: StatusFlag.LAMP_ON,
        }
        assert values(heard.of("0/5", IntesisPort.D4I)[0]) == {
            Quantity.ACTIVE_ENERGY_WH: 12_345,
            Quantity.ACTIVE_POWER_W: 45,
            Quantity.LOAD_SIDE_ENERGY_WH: 12_000,
            Quantity.LOAD_SIDE_POWER_W: 42,
            Quantity.OPERATING_TIME_S: 3600,
            Quantity.TEMPERATURE_C: -5,
        }
        (event,) = heard.of("0/5", IntesisPort.LED_FAILURES)[0].events
        assert event.kind == EventKind.LAMP_FAILURE


async def test_an_order_is_proven_by_what_the_gateway_reads_of_the_gear() -> None:
    line = PeerLine(PeerGear(63))
    peer = IntesisPeer({0: PeerLine(), 1: line})
    async with polled(peer.memory, OLD.unit(), OLD) as (link, heard):
        await eventually(lambda: heard.of("1/63", Port.STATE))
        await link.send("gare/1/1/63", OLD.set_level(50), order_id="1", expires_at=LATER)
        assert line.gears[63].level == 229
        await eventually(lambda: heard.of("1/63", Port.ORDER_TAKEN))
        (decoded,) = heard.of("1/63", Port.ORDER_TAKEN)
        assert decoded.acknowledgements == [LevelEcho(50, AT)]


async def test_all_gear_of_a_channel_takes_one_order_and_each_proves_it() -> None:
    line = PeerLine(PeerGear(1), PeerGear(2, groups=frozenset({3})))
    peer = IntesisPeer({0: line, 1: PeerLine(PeerGear(1))})
    async with polled(peer.memory, OLD.unit(), OLD) as (link, heard):
        await eventually(lambda: heard.of("1/1", Port.STATE))
        await link.send("gare/1/0/all", OLD.set_level(40), order_id="1", expires_at=LATER)
        await eventually(
            lambda: heard.of("0/1", Port.ORDER_TAKEN) and heard.of("0/2", Port.ORDER_TAKEN)
        )
        assert not heard.of("1/1", Port.ORDER_TAKEN)
        await link.send("gare/1/0/g3", OLD.set_level(10), order_id="2", expires_at=LATER)
        assert [gear.level for gear in line.gears.values()] == [221, 170]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("gare/1/0/9", "0/9 does not answer the gateway"),
        ("gare/1/2/9", "channel '2' is none of 0 to 1"),
        ("gare/1/0/64", "no address on a line"),
    ],
)
async def test_an_order_to_nobody_is_refused(address: str, says: str) -> None:
    peer = IntesisPeer({0: PeerLine(PeerGear(1)), 1: PeerLine()})
    async with polled(peer.memory, OLD.unit(), OLD) as (link, heard):
        await eventually(lambda: heard.of("0/1", Port.STATE))
        with pytest.raises(UnreachableError, match=says):
            await link.send(address, OLD.set_level(50), order_id="1", expires_at=LATER)


async def test_gear_the_gateway_cannot_ask_has_not_taken_its_order() -> None:
    peer = IntesisPeer({0: PeerLine(PeerGear(1)), 1: PeerLine()})
    async with polled(peer.memory, OLD.unit(), OLD) as (link, heard):
        await eventually(lambda: heard.of("0/1", Port.STATE))
        peer.never_updates.add((0, 1))
        with pytest.raises(UnreachableError, match="0/1 does not answer the gateway"):
            await link.send("gare/1/0/1", OLD.set_level(50), order_id="1", expires_at=LATER)


async def test_a_model_without_these_registers_is_read_as_far_as_it_goes() -> None:
    peer = IntesisPeer({0: PeerLine(PeerGear(1))})  # no second channel, no D4i registers
    async with polled(peer.memory, RegisterGateway(IN703DAL), NEW) as (_, heard):
        await eventually(lambda: heard.of("0/1", IntesisPort.LED_FAILURES))
        assert not heard.of("0/1", IntesisPort.D4I)


async def test_a_scan_finds_the_gear_the_gateway_shows() -> None:
    peer = IntesisPeer({0: PeerLine(PeerGear(0)), 1: PeerLine(PeerGear(63))})
    async with polled(peer.memory, OLD.unit(), OLD) as (link, heard):
        await eventually(lambda: heard.of("1/63", Port.STATE))
        found = await link.scan()
        assert [one.address for one in found] == ["gare/1/0/0", "gare/1/1/63"]


def _state_payload(status: int, level: int, ordered: int = 255) -> bytes:
    words = [status, level, 6, 1, 1, 100, 100, 100, 0, 7, level]
    return bytes([ordered]) + b"".join(word.to_bytes(2, "big") for word in words)


@pytest.mark.parametrize(
    ("level", "ordered", "shown", "is_taken"),
    [
        pytest.param(51, 50, 50, True, id="rounded otherwise by the gateway"),
        pytest.param(60, 50, 60, False, id="not obeyed"),
        pytest.param(1, 0, 1, False, id="lit though ordered off"),
        pytest.param(255, 50, None, False, id="level unknown"),
    ],
)
def test_an_order_counts_as_taken_by_what_is_shown(
    level: int, ordered: int, shown: int | None, is_taken: bool
) -> None:
    decoded = OLD.decode_uplink(Port.ORDER_TAKEN, _state_payload(4, level, ordered), AT)
    assert values(decoded).get(Quantity.LEVEL_PERCENT) == shown
    assert bool(decoded.acknowledgements) == is_taken


def test_the_older_model_has_no_energy() -> None:
    with pytest.raises(UnknownPortError):
        OLD.decode_uplink(IntesisPort.D4I, bytes(36), AT)


@given(st.sampled_from((1, 2, 4, 5, 6, 7)), st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(port: int, payload: bytes) -> None:
    for codec in (OLD, NEW):
        try:
            codec.decode_uplink(port, payload, AT)
        except DecodeError:
            continue

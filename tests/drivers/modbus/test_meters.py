"""Each published map, served by pymodbus as its device would and read through a link: over TCP and
over a serial line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from drivers import profiles
from drivers.contract import Frame
from drivers.modbus import Function, LinkSettings, ModbusLink, SerialLine, TcpEndpoint, words_of
from drivers.modbus.registers import RegisterMap
from simulator.modbus import server
from simulator.modbus.memory import Space, UnitMemory
from tests.peers.modbus.serial_line import serial_line

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
UNIT = 17
SPACES = {
    Function.READ_COILS: Space.COILS,
    Function.READ_DISCRETE_INPUTS: Space.INPUTS,
    Function.READ_HOLDING_REGISTERS: Space.HOLDING,
    Function.READ_INPUT_REGISTERS: Space.INPUT_REGISTERS,
}
# Registers a device gives at once; the others give what the protocol allows.
REGISTERS_MAX = {
    "gavazzi/em24": 11,
    "gavazzi/em340": 50,
    "gavazzi/em24-e1": 50,
    "eastron/sdm630": 60,
}
METERS = [each.name for each in profiles.all_profiles() if each.codec.kind == "registers"]


def codec_of(name: str) -> RegisterMap:
    codec = profiles.driver(name)
    assert isinstance(codec, RegisterMap)
    return codec


def first_frames(name: str) -> dict[int, bytes]:
    """By block, the registers of the first frame of a profile."""
    found: dict[int, bytes] = {}
    for frame in profiles.frames(name):
        found.setdefault(frame.port, bytes.fromhex(frame.hex))
    return found


def device(name: str) -> UnitMemory:
    """A device that shows what the profile's frames show, and nothing beside."""
    memory = UnitMemory(registers_max=REGISTERS_MAX.get(name, 125))
    shown = first_frames(name)
    for block in codec_of(name).blocks:
        payload = shown[block.number]
        if block.read.function.reads_bits:
            bits = [payload[place // 8] >> place % 8 & 1 for place in range(block.read.count)]
            memory.put(SPACES[block.read.function], block.read.start, bits)
        else:
            memory.put(SPACES[block.read.function], block.read.start, words_of(payload))
    return memory


@asynccontextmanager
async def line_to(memory: UnitMemory, name: str, kind: str) -> AsyncIterator[ModbusLink]:
    """A link to the device, over TCP or a serial line."""
    units = {UNIT: codec_of(name).unit()}
    if kind == "tcp":
        async with server.tcp({UNIT: memory}) as peer:
            settings = LinkSettings("gare", TcpEndpoint("127.0.0.1", peer.port))
            async with ModbusLink(settings, units, lambda: AT) as link:
                yield link
        return
    with serial_line() as (near, far):
        async with server.serial({UNIT: memory}, near, baudrate=115_200):
            settings = LinkSettings("gare", SerialLine(far, baudrate=115_200))
            async with ModbusLink(settings, units, lambda: AT) as link:
                yield link


async def heard(link: ModbusLink, count: int) -> list[Frame]:
    found: list[Frame] = []
    async with asyncio.timeout(20):
        async for batch in link.batches(count, timedelta(seconds=1)):
            found += batch.frames
            if len(found) >= count:
                return found
    raise AssertionError("the link ended")


@pytest.mark.parametrize("kind", ["tcp", "serial"])
@pytest.mark.parametrize("name", METERS)
async def test_a_device_is_read_as_its_frames_say(name: str, kind: str) -> None:
    codec = codec_of(name)
    async with line_to(device(name), name, kind) as link:
        frames = await heard(link, len(codec.blocks))
    told = {frame.payload[0]: frame.payload[1:] for frame in frames}
    assert told == first_frames(name)
    assert {frame.topic for frame in frames} == {f"modbus/gare/{UNIT}"}
    for port, payload in told.items():
        assert codec.decode_uplink(port, payload, AT).readings

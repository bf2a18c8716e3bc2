"""The line to a Modbus gateway, against pymodbus's own server: TCP and a serial line."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from drivers.contract import Frame, PortFrame
from drivers.errors import EncodeError, LinkError, RefusedByDeviceError, UnreachableError
from drivers.modbus import (
    Block,
    BusLimits,
    Function,
    LinkSettings,
    ModbusLink,
    Priority,
    Read,
    RegisterUnit,
    SerialLine,
    TcpEndpoint,
    Unit,
    Write,
)
from drivers.modbus.registers import ORDER_PORT
from simulator.modbus import server
from simulator.modbus.memory import Space, UnitMemory
from tests.peers.modbus.serial_line import serial_line

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
QUICK = BusLimits(answer_timeout_s=0.1, exchange_timeout_s=0.3, rest_first_s=0.05, rest_max_s=0.1)
POWER = Block(1, Read(Function.READ_INPUT_REGISTERS, 40, 2), period_s=0.05)
COILS = Block(2, Read(Function.READ_COILS, 0, 8), period_s=60)
CLOSE_K1 = PortFrame(ORDER_PORT, Write(Function.WRITE_COIL, 0, (0xFF00,)).encode())


def now() -> datetime:
    return AT


def device(power: Sequence[int] = (0x1234, 0x5678)) -> UnitMemory:
    memory = UnitMemory()
    memory.put(Space.INPUT_REGISTERS, 40, power)
    memory.put(Space.COILS, 0, [0] * 8)
    return memory


@asynccontextmanager
async def line(port: int, units: dict[int, Unit]) -> AsyncIterator[ModbusLink]:
    settings = LinkSettings("gare", TcpEndpoint("127.0.0.1", port), QUICK)
    async with ModbusLink(settings, units, now) as link:
        yield link


async def frames(link: ModbusLink, topic: str, count: int = 1) -> list[Frame]:
    """The next frames of a topic, within ten seconds."""
    found: list[Frame] = []
    async with asyncio.timeout(10):
        async for batch in link.batches(1, timedelta(seconds=1)):
            batch.acknowledge()
            found += [frame for frame in batch.frames if frame.topic == topic]
            if len(found) >= count:
                return found[:count]
    raise AssertionError("the link ended")


async def test_a_block_becomes_a_frame_of_its_number_and_its_registers() -> None:
    async with (
        server.tcp({7: device()}) as peer,
        line(peer.port, {7: RegisterUnit([POWER])}) as link,
    ):
        (frame,) = await frames(link, "modbus/gare/7")
        assert frame == Frame("modbus/gare/7", bytes.fromhex("01 1234 5678"), AT)
        assert link.is_open()


async def test_an_order_is_written_and_read_back_at_once() -> None:
    memory = device()
    async with (
        server.tcp({7: memory}) as peer,
        line(peer.port, {7: RegisterUnit([COILS])}) as link,
    ):
        (before,) = await frames(link, "modbus/gare/7")
        await link.send("gare/7", CLOSE_K1, order_id="1", expires_at=AT + timedelta(minutes=1))
        assert memory.get(1, 0, 1) == [1]
        (after,) = await frames(link, "modbus/gare/7")
        assert (before.payload, after.payload) == (b"\x02\x00", b"\x02\x01")


async def test_the_same_over_a_serial_line() -> None:
    memory = device()
    with serial_line() as (near, far):
        settings = LinkSettings("gare", SerialLine(far, baudrate=19_200), QUICK)
        async with (
            server.serial({7: memory, 9: device((1, 2))}, near, baudrate=19_200),
            ModbusLink(
                settings, {7: RegisterUnit([POWER, COILS]), 9: RegisterUnit([POWER])}, now
            ) as link,
        ):
            (frame,) = await frames(link, "modbus/gare/9")
            assert frame.payload == bytes.fromhex("01 0001 0002")
            await link.send("gare/7", CLOSE_K1, order_id="1", expires_at=None)
            assert memory.get(1, 0, 1) == [1]


async def test_a_silent_device_stops_no_other() -> None:
    silent = device()
    silent.is_silent = True
    units: dict[int, Unit] = {1: RegisterUnit([POWER]), 2: RegisterUnit([POWER])}
    async with server.tcp({1: silent, 2: device()}) as peer, line(peer.port, units) as link:
        assert len(await frames(link, "modbus/gare/2", count=10)) == 10
        with pytest.raises(UnreachableError, match="unit 1 does not answer"):
            await link.send("gare/1", CLOSE_K1, order_id="1", expires_at=None)
        silent.is_silent = False
        assert await frames(link, "modbus/gare/1")


async def test_a_device_that_refuses_a_block_is_evidence_and_others_are_read() -> None:
    memory = device()
    wrong = Block(3, Read(Function.READ_INPUT_REGISTERS, 900, 2), period_s=60)
    units: dict[int, Unit] = {7: RegisterUnit([wrong, POWER])}
    async with server.tcp({7: memory}) as peer, line(peer.port, units) as link:
        first, second = await frames(link, "modbus/gare/7", count=2)
        assert first.payload == bytes([0x80 | 3, 2])
        assert second.payload[0] == 1


async def test_an_order_a_device_refuses_says_why() -> None:
    memory = device()
    memory.refuses = 4
    units: dict[int, Unit] = {7: RegisterUnit([])}
    async with server.tcp({7: memory}) as peer, line(peer.port, units) as link:
        with pytest.raises(RefusedByDeviceError, match=r"exception 4 \(device failure\)"):
            await link.send("gare/7", CLOSE_K1, order_id="1", expires_at=None)


async def test_a_gateway_that_says_its_device_is_away_counts_as_silence() -> None:
    memory = device()
    memory.refuses = 11
    units: dict[int, Unit] = {7: RegisterUnit([])}
    async with server.tcp({7: memory}) as peer, line(peer.port, units) as link:
        with pytest.raises(UnreachableError, match="gateway target failed to respond"):
            await link.send("gare/7", CLOSE_K1, order_id="1", expires_at=None)


async def test_a_gateway_that_comes_back_is_found_again() -> None:
    async with server.tcp({7: device()}) as first:
        port = first.port
        units: dict[int, Unit] = {7: RegisterUnit([POWER])}
        async with line(port, units) as link:
            await frames(link, "modbus/gare/7")
            await first.__aexit__(None, None, None)
            with pytest.raises(LinkError):
                await link.bus.unit(7).read(POWER.read, Priority.COMMAND)
            async with server.tcp({7: device((5, 6))}, port=port):
                while (await frames(link, "modbus/gare/7"))[0].payload[1:] != b"\x00\x05\x00\x06":
                    pass


@pytest.mark.parametrize(
    ("address", "order", "error", "says"),
    [
        ("other/7", CLOSE_K1, UnreachableError, "other/7 is not behind gare"),
        ("gare/8", CLOSE_K1, UnreachableError, "unit 8 of gare is not configured"),
        ("gare/x", CLOSE_K1, UnreachableError, "gare/x is not behind gare"),
        ("gare/7/0/5", CLOSE_K1, LinkError, "nothing stands behind unit 7"),
        ("gare/7", PortFrame(1, b"\x03\x00\x00\x00\x01"), EncodeError, "function 5, 6 or 16"),
        ("gare/7", PortFrame(1, b"\x10\x00\x00\x00\x02\x04\x00\x01"), EncodeError, "length"),
        ("gare/7", PortFrame(1, b""), EncodeError, "function 5, 6 or 16"),
    ],
)
async def test_an_order_that_cannot_be_is_refused_before_the_bus(
    address: str, order: PortFrame, error: type[Exception], says: str
) -> None:
    async with line(1, {7: RegisterUnit([])}) as link:
        with pytest.raises(error, match=says):
            await link.send(address, order, order_id="1", expires_at=None)


async def test_an_order_past_its_time_never_leaves() -> None:
    async with line(1, {7: RegisterUnit([])}) as link:
        with pytest.raises(UnreachableError, match="order 1 to gare/7 is past its time"):
            await link.send("gare/7", CLOSE_K1, order_id="1", expires_at=AT)

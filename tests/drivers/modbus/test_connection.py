"""What a hostile or broken gateway answers, byte by byte, over a real socket."""

import asyncio
import os
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from pymodbus.framer import FramerRTU

from drivers.errors import LinkError, UnreachableError
from drivers.modbus.connection import SILENT_EXCHANGES_MAX, Connection, WrongAnswerError
from drivers.modbus.requests import Function, Read, Write
from drivers.modbus.settings import SerialLine, TcpEndpoint
from tests.peers.modbus.serial_line import serial_line
from tests.polling import eventually

READ = Read(Function.READ_INPUT_REGISTERS, 40, 2)
WRITE = Write(Function.WRITE_REGISTER, 5, (7,))
TIMEOUT_S = 0.1


class Gateway:
    """Answers every request with what `answer` makes of (transaction, unit)."""

    def __init__(self, answer: Callable[[int, int], bytes]) -> None:
        self._answer = answer
        self.connections = 0
        self.requests = 0

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Connection]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        connection = Connection(TcpEndpoint(*server.sockets[0].getsockname()), TIMEOUT_S)
        try:
            yield connection
        finally:
            connection.close()
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while request := await reader.read(260):
            self.requests += 1
            transaction, _, _, unit = struct.unpack_from(">HHHB", request)
            writer.write(self._answer(transaction, unit))
        writer.close()


def framed(transaction: int, unit: int, pdu: str) -> bytes:
    """A Modbus TCP message."""
    body = bytes.fromhex(pdu)
    return struct.pack(">HHHB", transaction, 0, len(body) + 1, unit) + body


async def test_an_answer_that_fits_is_taken() -> None:
    async with Gateway(lambda t, u: framed(t, u, "04 04 1234 5678")).serve() as connection:
        assert await connection.exchange(7, READ) == bytes.fromhex("1234 5678")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda t, u: framed(t, u + 1, "04 04 1234 5678"), id="another unit"),
        pytest.param(lambda t, u: framed(t + 1, u, "04 04 1234 5678"), id="another question"),
        pytest.param(lambda t, u: b"", id="nothing"),
        pytest.param(lambda t, u: framed(t, u, "04 04 1234 5678")[:-1], id="cut short"),
        pytest.param(lambda t, u: b"GET / HTTP/1.1\r\n\r\n", id="not Modbus"),
    ],
)
async def test_what_is_no_answer_is_silence(answer: Callable[[int, int], bytes]) -> None:
    async with Gateway(answer).serve() as connection:
        with pytest.raises(UnreachableError, match="unit 7 does not answer"):
            await connection.exchange(7, READ)


@pytest.mark.parametrize(
    ("pdu", "says"),
    [
        ("04 02 1234", r"2 byte\(s\), 4 were asked for"),
        ("04 06 1234 5678 9abc", r"6 byte\(s\), 4 were asked for"),
        ("03 04 1234 5678", "answered function 3 to 4"),
    ],
)
async def test_an_answer_that_does_not_fit_is_refused(pdu: str, says: str) -> None:
    async with Gateway(lambda t, u: framed(t, u, pdu)).serve() as connection:
        with pytest.raises(WrongAnswerError, match=says):
            await connection.exchange(7, READ)


async def test_a_write_confirmed_for_another_register_is_refused() -> None:
    async with Gateway(lambda t, u: framed(t, u, "06 0006 0007")).serve() as connection:
        with pytest.raises(WrongAnswerError, match="says it wrote to 6"):
            await connection.exchange(7, WRITE)


async def test_a_half_open_connection_is_given_up_and_opened_anew() -> None:
    gateway = Gateway(lambda t, u: b"")
    async with gateway.serve() as connection:
        for _ in range(SILENT_EXCHANGES_MAX):
            assert gateway.connections <= 1
            with pytest.raises(UnreachableError):
                await connection.exchange(7, READ)
        assert not connection.is_open
        with pytest.raises(UnreachableError):
            await connection.exchange(7, READ)
        await eventually(lambda: gateway.connections == 2)


async def test_nobody_at_the_address_is_said_at_once() -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    endpoint = TcpEndpoint(*server.sockets[0].getsockname())
    server.close()
    await server.wait_closed()
    connection = Connection(endpoint, TIMEOUT_S)
    with pytest.raises(LinkError, match="takes no connection"):
        await connection.exchange(7, READ)


@pytest.mark.parametrize(
    ("answer", "is_taken"),
    [
        pytest.param("07 04 04 1234 5678", True, id="the unit that was asked"),
        pytest.param("08 04 04 1234 5678", False, id="another unit"),
        pytest.param("07 04 02 1234", False, id="too short"),
    ],
)
async def test_on_a_serial_line_only_the_unit_that_was_asked_is_heard(
    answer: str, is_taken: bool
) -> None:
    body = bytes.fromhex(answer)
    frame = body + FramerRTU.compute_CRC(body).to_bytes(2, "big")
    with serial_line() as (near, far):
        gateway = os.open(near, os.O_RDWR | os.O_NOCTTY)
        loop = asyncio.get_running_loop()
        loop.add_reader(gateway, lambda: os.read(gateway, 260) and os.write(gateway, frame))
        connection = Connection(SerialLine(far, baudrate=115_200), 0.5)
        try:
            if is_taken:
                assert await connection.exchange(7, READ) == bytes.fromhex("1234 5678")
            else:
                with pytest.raises(LinkError):
                    await connection.exchange(7, READ)
        finally:
            connection.close()
            loop.remove_reader(gateway)
            os.close(gateway)


async def test_a_serial_line_that_is_not_there_is_named() -> None:
    connection = Connection(SerialLine("/dev/tty-that-is-not-there"), TIMEOUT_S)
    with pytest.raises(UnreachableError, match="not-there takes no connection"):
        await connection.exchange(7, READ)

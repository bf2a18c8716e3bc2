"""Who may speak next on a bus, with a connection of our own making."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from drivers.errors import LinkError, UnreachableError
from drivers.modbus.bus import Bus, BusBusyError, BusLimits, Priority
from drivers.modbus.connection import ModbusRefusalError
from drivers.modbus.requests import Function, Read, Request, Write
from tests.polling import eventually

READ = Read(Function.READ_INPUT_REGISTERS, 0, 1)
WRITE = Write(Function.WRITE_COIL, 0, (0xFF00,))
LIMITS = BusLimits(queue_max=3, exchange_timeout_s=0.05, rest_first_s=10, rest_max_s=30)


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class FakeConnection:
    """Answers when told to; units in `deaf` never do."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Request]] = []
        self.deaf: set[int] = set()
        self.failing: dict[int, Exception] = {}
        self.may_answer = asyncio.Event()
        self.closed = 0

    async def exchange(self, unit: int, request: Request) -> bytes:
        self.asked.append((unit, request))
        if unit in self.failing:
            raise self.failing[unit]
        if unit in self.deaf:
            await asyncio.Event().wait()
        await self.may_answer.wait()
        return bytes([unit])

    def close(self) -> None:
        self.closed += 1


@asynccontextmanager
async def running(bus: Bus) -> AsyncIterator[None]:
    task = asyncio.create_task(bus.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_commands_go_before_people_and_people_before_polling() -> None:
    connection = FakeConnection()
    bus = Bus(connection, BusLimits())
    waiting = [
        asyncio.create_task(bus.ask(unit, READ, priority))
        for unit, priority in [
            (1, Priority.POLL),
            (2, Priority.POLL),
            (3, Priority.ANSWER),
            (4, Priority.COMMAND),
            (5, Priority.COMMAND),
        ]
    ]
    await asyncio.sleep(0)
    connection.may_answer.set()
    async with running(bus):
        answers = await asyncio.gather(*waiting)
    assert [unit for unit, _ in connection.asked] == [4, 5, 3, 1, 2]
    assert answers == [b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"]


async def test_a_command_waits_for_one_exchange_at_most() -> None:
    connection = FakeConnection()
    connection.deaf = {1, 2}
    connection.may_answer.set()
    bus = Bus(connection, LIMITS)
    async with running(bus):
        polls = [asyncio.create_task(bus.ask(unit, READ, Priority.POLL)) for unit in (1, 2, 1)]
        await eventually(lambda: connection.asked)
        assert await bus.ask(9, WRITE, Priority.COMMAND) == b"\x09"
        assert [unit for unit, _ in connection.asked[:2]] == [1, 9]
        await asyncio.gather(*polls, return_exceptions=True)


def test_connecting_and_answering_take_less_than_the_two_seconds_a_command_may_wait() -> None:
    assert BusLimits().exchange_timeout_s < 2
    assert BusLimits().answer_timeout_s < BusLimits().exchange_timeout_s


async def test_a_silent_device_is_polled_ever_more_seldom_and_commanded_always() -> None:
    connection, clock = FakeConnection(), Clock()
    connection.deaf = {1}
    bus = Bus(connection, LIMITS, clock)
    rests = []
    async with running(bus):
        for _ in range(4):
            with pytest.raises(UnreachableError, match="no answer of unit 1 in time"):
                await bus.ask(1, READ, Priority.POLL)
            start_s = clock.now_s
            while bus.is_resting(1):
                with pytest.raises(UnreachableError, match="a moment ago"):
                    await bus.ask(1, READ, Priority.POLL)
                clock.now_s += 1
            rests.append(clock.now_s - start_s)
        with pytest.raises(UnreachableError, match="in time"):
            await bus.ask(1, WRITE, Priority.COMMAND)
        assert bus.is_resting(1)
    assert rests == [10, 20, 30, 30]
    assert len(connection.asked) == 5
    assert connection.closed == 5  # an exchange that took too long ends its connection


async def test_an_answer_ends_the_rest_of_a_device() -> None:
    connection = FakeConnection()
    connection.failing[1] = UnreachableError("unit 1 does not answer")
    connection.may_answer.set()
    bus = Bus(connection, LIMITS, Clock())
    async with running(bus):
        with pytest.raises(UnreachableError):
            await bus.ask(1, READ, Priority.POLL)
        assert bus.is_resting(1)
        connection.failing[1] = ModbusRefusalError(1, 2)  # a refusal is an answer too
        with pytest.raises(ModbusRefusalError):
            await bus.ask(1, READ, Priority.COMMAND)
        assert not bus.is_resting(1)


async def test_a_full_queue_refuses_polls_and_takes_commands() -> None:
    connection = FakeConnection()
    connection.may_answer.set()
    bus = Bus(connection, LIMITS)
    waiting = [asyncio.create_task(bus.ask(1, READ, Priority.POLL)) for _ in range(3)]
    await asyncio.sleep(0)
    for priority in (Priority.POLL, Priority.ANSWER):
        with pytest.raises(BusBusyError, match="3 questions are waiting"):
            await bus.ask(1, READ, priority)
    command = asyncio.create_task(bus.ask(2, WRITE, Priority.COMMAND))
    await asyncio.sleep(0)
    async with running(bus):
        assert await command == b"\x02"
        await asyncio.gather(*waiting)


async def test_who_gave_up_waiting_is_not_asked_for() -> None:
    connection = FakeConnection()
    connection.may_answer.set()
    bus = Bus(connection, LIMITS)
    gone = asyncio.create_task(bus.ask(1, WRITE, Priority.COMMAND))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    async with running(bus):
        await bus.ask(2, READ, Priority.POLL)
    assert [unit for unit, _ in connection.asked] == [2]


async def test_a_crash_of_one_exchange_leaves_the_bus_running() -> None:
    connection = FakeConnection()
    connection.failing[1] = RuntimeError("a mistake of ours")
    connection.may_answer.set()
    bus = Bus(connection, LIMITS)
    async with running(bus):
        with pytest.raises(RuntimeError, match="mistake"):
            await bus.ask(1, READ, Priority.POLL)
        assert await bus.ask(2, READ, Priority.POLL) == b"\x02"


async def test_who_waits_when_the_line_is_closed_is_told() -> None:
    connection = FakeConnection()
    bus = Bus(connection, BusLimits())
    async with running(bus):
        waiting = [asyncio.create_task(bus.ask(1, READ, Priority.POLL)) for _ in range(2)]
        await eventually(lambda: connection.asked)
    for task in waiting:
        with pytest.raises(LinkError, match="the line was closed"):
            await task

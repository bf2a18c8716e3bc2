"""Gear asked over a line of python-dali's gear, which shares no code with our drivers."""

import asyncio
from collections.abc import Sequence

import pytest

from drivers.dali import gear as asking
from drivers.dali.bus import Line
from drivers.dali.curve import Curve
from drivers.dali.frames import Forward, Order, group, order, query, short
from drivers.dali.frames import Query as Ask
from drivers.dali.gear import DisturbedReadError
from drivers.dali.line import FRAMES_PER_EXCHANGE_MAX, Answer, Priority
from drivers.dali.memory import read_bank as values_of
from drivers.dali.model import Gear
from drivers.dali.ports import GearState
from tests.peers.dali.gear import D4I, PeerGear, PeerLine
from tests.peers.dali.wires import Wires


def _line(*gears: PeerGear) -> tuple[Line, PeerLine]:
    peer = PeerLine(*gears)
    return Line(Wires(peer)), peer


async def test_the_gear_on_a_line_is_found() -> None:
    line, _ = _line(PeerGear(0), PeerGear(17), PeerGear(63))
    assert await asking.find(line) == [0, 17, 63]


async def test_gear_tells_its_types_groups_and_curve() -> None:
    line, _ = _line(PeerGear(5, groups=frozenset({3, 12}), is_linear=True))
    gear = await asking.identify(line, 5)
    assert gear == Gear(5, D4I, frozenset({3, 12}), Curve.LINEAR)


@pytest.mark.parametrize("types", [(), (6,)])
async def test_gear_of_one_type_or_none_is_understood(types: tuple[int, ...]) -> None:
    line, _ = _line(PeerGear(5, device_types=types))
    assert (await asking.identify(line, 5)).device_types == types


async def test_the_state_holds_status_level_and_led_failures() -> None:
    peer = PeerGear(5)
    peer.level, peer.led_failures = 229, 0b10
    line, _ = _line(peer)
    state = await asking.read_state(line, await asking.identify(line, 5), 50)
    assert state == GearState(0b100, 229, 0, 0b10, 50)


async def test_gear_that_does_not_answer_has_no_state() -> None:
    line, _ = _line()
    assert await asking.read_state(line, Gear(5)) is None


@pytest.mark.parametrize("bank", [0, 1, 202, 204, 205, 206, 207])
async def test_a_whole_bank_is_read_as_the_gear_holds_it(bank: int) -> None:
    peer = PeerGear(5)
    line, wires = _line(peer, PeerGear(6))
    read = await asking.read_bank(line, 5, bank)
    assert read is not None
    held = bytes(peer.memory(bank)[read.start : read.start + len(read.content)])
    assert read.content == held
    assert all(name for name in values_of(bank, read.start, read.content))
    assert len(wires.seen) > len(held)


async def test_a_bank_that_is_not_there_is_none() -> None:
    line, _ = _line(PeerGear(5))
    assert await asking.read_bank(line, 5, 203) is None
    assert await asking.read_bank(line, 9, 202) is None


class CountingUp(Wires):
    """The gear's meter counts on with every frame, as far as it is not latched."""

    async def exchange(self, frames: Sequence[Forward], priority: Priority) -> list[Answer]:
        answers: list[Answer] = []
        for frame in frames:
            memory = self.line.gears[5].memory(202)
            counter = int.from_bytes(bytes(memory[0x05:0x0B]), "big") + 255
            memory[0x05:0x0B] = counter.to_bytes(6, "big")
            memory[0x0C:0x10] = counter.to_bytes(4, "big")
            answers += await super().exchange([frame], priority)
        return answers


async def test_values_of_a_latched_bank_are_of_one_moment() -> None:
    peer = PeerLine(PeerGear(5))
    read = await asking.read_bank(Line(CountingUp(peer)), 5, 202)
    assert read is not None
    told = values_of(202, read.start, read.content)
    energy, power = told["active_energy_wh"], told["active_power_w"]
    assert energy == float(str(power)) * 10  # both were set to one count, power in tenths
    await asyncio.sleep(0)
    assert peer.gears[5].memory_banks[202].latched is None


class Meddling(Wires):
    """Another master sets a register in the middle of a read."""

    async def exchange(self, frames: Sequence[Forward], priority: Priority) -> list[Answer]:
        half = len(frames) // 2
        answers = await super().exchange(frames[:half], priority)
        if len(frames) > 3:
            self.line.send(b"\xa3\x20")
        return answers + await super().exchange(frames[half:], priority)


async def test_a_read_another_master_disturbed_is_no_read() -> None:
    with pytest.raises(DisturbedReadError, match="short 5"):
        await asking.read_bank(Line(Meddling(PeerLine(PeerGear(5)))), 5, 202)


async def test_a_level_goes_to_one_gear_or_a_group_by_its_curve() -> None:
    line, peer = _line(PeerGear(1), PeerGear(2, groups=frozenset({3})))
    await asking.set_level(line, short(1), 50, Curve.STANDARD)
    await asking.set_level(line, group(3), 50, Curve.LINEAR)
    assert [gear.level for gear in peer.gears.values()] == [229, 127]


async def test_a_frame_of_configuration_counts_only_when_sent_twice() -> None:
    line, peer = _line(PeerGear(1))
    await line.exchange([order(short(1), Order.ENABLE_WRITE_MEMORY)])
    assert peer.gears[1].enableWriteMemory
    assert peer.send(b"\x03\x81") is None


async def test_a_scan_tells_who_each_gear_is() -> None:
    line, _ = _line(PeerGear(5))
    found = await asking.evidence_of(line, await asking.identify(line, 5))
    assert found.address == "5"
    evidence = found.evidence
    assert evidence["gtin"] == 1234567654321
    assert evidence["serial"] == 1
    assert evidence["luminaire_gtin"] == 7654321234567
    assert evidence["luminaire_id"] == 2
    assert evidence["device_types"] == list(D4I)


async def test_a_command_goes_before_all_polls_that_wait() -> None:
    peer = PeerLine(PeerGear(1))
    wires = Wires(peer)
    line = Line(wires)
    poll = [query(short(1), Ask.STATUS)] * 3
    async with asyncio.TaskGroup() as together:
        for _ in range(5):
            together.create_task(line.exchange(poll))
        together.create_task(line.exchange([order(short(1), Order.OFF)], Priority.COMMAND))
    assert wires.priorities.index(Priority.COMMAND) == 1


async def test_a_poll_that_is_given_up_leaves_the_line_to_others() -> None:
    line, _ = _line(PeerGear(1))
    first = asyncio.create_task(line.ask(query(short(1), Ask.STATUS)))
    second = asyncio.create_task(line.ask(query(short(1), Ask.STATUS)))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert await line.ask(query(short(1), Ask.CONTROL_GEAR_PRESENT)) == 0xFF


async def test_an_exchange_is_never_so_long_that_a_command_waits() -> None:
    line, _ = _line()
    with pytest.raises(ValueError, match="too long"):
        await line.exchange([query(short(1), Ask.STATUS)] * (FRAMES_PER_EXCHANGE_MAX + 1))

"""A line run by its master: gear found, asked, ordered and proven."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from drivers.contract import LevelEcho, Quantity
from drivers.dali.bus import Line
from drivers.dali.master import Master, address_of
from drivers.dali.meaning import decode_uplink
from drivers.dali.ports import PORT_OF_BANK, Port
from drivers.dali.rounds import STANDARD_PACE, Pace
from drivers.errors import LinkError, UnreachableError
from tests.peers.dali.gear import PeerGear, PeerLine
from tests.peers.dali.wires import Wires
from tests.polling import eventually

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)


class World:
    """A line with its master, and all that the master told."""

    def __init__(self, *gears: PeerGear, pace: Pace = STANDARD_PACE) -> None:
        self.peer = PeerLine(*gears)
        self.wires = Wires(self.peer)
        self.told: list[tuple[int, int, bytes]] = []
        self.master = Master(Line(self.wires), self._tell, pace=pace)

    async def _tell(self, address: int, port: int, payload: bytes) -> None:
        self.told.append((address, port, payload))

    def has_told(self, address: int, port: int) -> bool:
        return any(one[:2] == (address, port) for one in self.told)


@asynccontextmanager
async def running(world: World) -> AsyncIterator[World]:
    task = asyncio.create_task(world.master.run())
    try:
        yield world
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_all_gear_is_found_and_all_it_holds_is_told() -> None:
    async with running(World(PeerGear(5), PeerGear(17, device_types=(6,)))) as world:
        ports = [Port.STATE, *PORT_OF_BANK.values()]
        held = [port for port in ports if port != PORT_OF_BANK[203]]

        await eventually(lambda: all(world.has_told(5, port) for port in held))
        assert world.has_told(17, Port.STATE)
        assert not world.has_told(17, PORT_OF_BANK[202])


async def test_an_order_is_proven_by_the_gear_itself() -> None:
    world = World(PeerGear(5))
    await world.master.scan()
    await world.master.order("5", 35)
    assert world.peer.gears[5].level == 216
    ((address, port, payload),) = world.told
    assert (address, port) == (5, Port.ORDER_TAKEN)
    decoded = decode_uplink(port, payload, AT)
    assert decoded.acknowledgements == [LevelEcho(35, AT)]


async def test_gear_of_linear_curve_is_ordered_the_same_light() -> None:
    world = World(PeerGear(5, is_linear=True))
    await world.master.scan()
    await world.master.order("5", 50)
    assert world.peer.gears[5].level == 127
    decoded = decode_uplink(*world.told[0][1:], AT)
    assert decoded.acknowledgements == [LevelEcho(50, AT)]


async def test_gear_that_does_not_answer_has_not_taken_its_order() -> None:
    world = World()
    with pytest.raises(UnreachableError, match="control gear 9 does not answer"):
        await world.master.order("9", 50)
    assert world.told == []


@pytest.mark.parametrize(("target", "moved"), [("g3", {1, 2}), ("all", {1, 2, 4})])
async def test_the_gear_of_a_group_or_all_proves_its_order_in_the_next_round(
    target: str, moved: set[int]
) -> None:
    groups = {1: frozenset({3}), 2: frozenset({3, 5}), 4: frozenset({5})}
    async with running(World(*(PeerGear(n, groups=g) for n, g in groups.items()))) as world:
        await eventually(lambda: len(world.master.gears) == 3)
        await world.master.order(target, 40)

        await eventually(
            lambda: all(world.has_told(address, Port.ORDER_TAKEN) for address in moved)
        )
        assert {n for n, gear in world.peer.gears.items() if gear.level} == moved
        echoed = {a for a, port, _ in world.told if port == Port.ORDER_TAKEN}
        assert echoed == moved


async def test_a_level_ordered_off_the_fives_is_told_as_ordered_from_then_on() -> None:
    async with running(World(PeerGear(5))) as world:
        await eventually(lambda: world.has_told(5, Port.STATE))
        await world.master.order("5", 51)  # the same level as 50
        world.told.clear()
        await world.master.scan()
        await eventually(lambda: world.has_told(5, Port.STATE))
        (payload,) = [payload for _, port, payload in world.told if port == Port.STATE]
        decoded = decode_uplink(Port.STATE, payload, AT)
        values = {one.quantity: one.value for one in decoded.readings}
        assert values[Quantity.LEVEL_PERCENT] == 51
        assert decoded.acknowledgements == []


async def test_a_line_that_was_away_is_taken_up_again() -> None:
    world = World(PeerGear(5), pace=Pace(after_failure_s=0.01))
    world.wires.is_away = True
    async with running(world):
        with pytest.raises(LinkError):
            await world.master.order("5", 50)
        world.wires.is_away = False

        await eventually(lambda: world.has_told(5, Port.STATE))


async def test_gear_that_falls_silent_is_told_once_and_asked_who_it_is_when_it_returns() -> None:
    gear = PeerGear(5, device_types=(6,))
    async with running(World(gear, pace=Pace(state_s=0.01, silent_state_s=0.01))) as world:
        await eventually(lambda: world.has_told(5, Port.STATE))
        gear.is_silent = True

        await eventually(lambda: world.has_told(5, Port.SILENCE))
        assert [port for _, port, _ in world.told].count(Port.SILENCE) == 1
        world.told.clear()
        gear.is_silent, gear.is_linear = False, True
        await eventually(lambda: world.has_told(5, Port.STATE))
        assert world.master.gears[0].curve.name == "LINEAR"
        assert not world.has_told(5, Port.SILENCE)


async def test_a_scan_tells_all_gear_with_its_evidence() -> None:
    world = World(PeerGear(0), PeerGear(63))
    found = await world.master.scan()
    assert [one.address for one in found] == ["0", "63"]
    assert {one.evidence["gtin"] for one in found} == {1234567654321}


@pytest.mark.parametrize("target", ["64", "g16", "", "g", "x3", "-1", "g-1"])
async def test_what_is_no_address_is_refused(target: str) -> None:
    with pytest.raises(UnreachableError, match="no address on a line"):
        address_of(target)

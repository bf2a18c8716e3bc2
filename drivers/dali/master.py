"""Runs one DALI line: finds its gear, asks it in rounds, carries orders, and tells what it heard.

What is told is bytes for the codec (`drivers.dali.meaning`); nothing is interpreted here.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

from drivers.contract import Found
from drivers.dali import gear as asking
from drivers.dali.bus import Line, Watch
from drivers.dali.curve import Curve
from drivers.dali.frames import BROADCAST, GROUP_MAX, SHORT_ADDRESS_MAX, Address, group, short
from drivers.dali.line import Priority
from drivers.dali.model import Gear
from drivers.dali.ports import BANK_OF_PORT, UNKNOWN, Port
from drivers.dali.rounds import SILENT_POLLS_MAX, STANDARD_PACE, Pace, Task, periods_s
from drivers.errors import UnreachableError

log = logging.getLogger(__name__)

ALL = "all"
GROUP_LETTER = "g"

TellGear: TypeAlias = Callable[[int, int, bytes], Awaitable[None]]
"""Hands on what was heard: the short address, the port, the bytes."""
SetLevel: TypeAlias = Callable[[str, int, Curve], Awaitable[None]]
"""Brings a percentage of light to `17`, group `g3` or `all`; raises `LinkError`."""


class Master:
    """The one who asks and orders on a line."""

    def __init__(
        self,
        line: Line,
        tell: TellGear,
        set_level: SetLevel | None = None,
        pace: Pace = STANDARD_PACE,
    ) -> None:
        self.line = line
        self._tell = tell
        self._set_level = set_level or self._set_level_by_frame
        self._pace = pace
        self._watch = Watch(self._find, self._do, pace)
        self._gears: dict[int, Gear] = {}
        self._ordered: dict[int, int] = {}
        self._unproven: set[int] = set()

    @property
    def gears(self) -> Sequence[Gear]:
        """The gear found last."""
        return tuple(self._gears.values())

    async def run(self) -> None:
        """Find and ask for ever, until cancelled; failures of the line are borne."""
        await self._watch.run()

    async def scan(self) -> list[Found]:
        """All gear on the line and who it is, for people who commission it."""
        await self._watch.find()
        return [await asking.evidence_of(self.line, gear) for gear in self.gears]

    async def order(self, target: str, percent: int) -> None:
        """Send `17`, group `g3` or `all` to a percentage of light.

        One gear is asked at once whether it obeys: raises `UnreachableError` when it does not
        answer. The gear of a group is asked in the next round.
        """
        address_of(target)
        members = self._members(target)
        self._ordered |= dict.fromkeys(members, percent)
        await self._set_level(target, percent, self._curve_of(members))
        if target.isdecimal():
            await self._prove(int(target), percent)
        else:
            self._unproven.update(members)
            self._watch.hurry(members)

    async def _find(self) -> Mapping[int, Mapping[int, float]]:
        self._gears = {
            address: await asking.identify(self.line, address)
            for address in await asking.find(self.line)
        }
        return {gear.address: periods_s(gear, self._pace) for gear in self.gears}

    async def _prove(self, address: int, percent: int) -> None:
        gear = self._gears.get(address, Gear(address))
        state = await asking.read_state(self.line, gear, percent, Priority.COMMAND)
        if state is None:
            raise UnreachableError(f"control gear {address} does not answer")
        await self._tell(address, Port.ORDER_TAKEN, state.encode())

    async def _do(self, task: Task) -> None:
        bank = BANK_OF_PORT.get(task.port)
        if bank is None:
            await self._ask_state(task.address)
        elif not self._watch.rounds.is_silent(task.address):
            read = await asking.read_bank(self.line, task.address, bank)
            if read is not None:
                await self._tell(task.address, task.port, read.payload)

    async def _ask_state(self, address: int) -> None:
        ordered = self._ordered.get(address, UNKNOWN)
        state = await asking.read_state(self.line, self._gears[address], ordered)
        if state is None:
            if self._watch.rounds.note_silence(address):
                await self._tell(address, Port.SILENCE, bytes([SILENT_POLLS_MAX]))
            return
        if self._watch.rounds.note_answer(address):  # perhaps not the gear it was
            self._gears[address] = await asking.identify(self.line, address)
            log.info("control gear %d answers again", address)
        port = Port.ORDER_TAKEN if address in self._unproven else Port.STATE
        self._unproven.discard(address)
        await self._tell(address, port, state.encode())

    async def _set_level_by_frame(self, target: str, percent: int, curve: Curve) -> None:
        await asking.set_level(self.line, address_of(target), percent, curve)

    def _members(self, target: str) -> list[int]:
        if target.isdecimal():
            return [int(target)]
        if target == ALL:
            return list(self._gears)
        number = int(target.removeprefix(GROUP_LETTER))
        return [gear.address for gear in self.gears if number in gear.groups]

    def _curve_of(self, members: Sequence[int]) -> Curve:
        """The curve the members share; the standard one where they differ or are not known."""
        curves = {self._gears[one].curve for one in members if one in self._gears}
        return curves.pop() if len(curves) == 1 else Curve.STANDARD


def address_of(target: str) -> Address:
    """Whom the last word of a controller's address means: `17`, `g3`, `all`."""
    if target == ALL:
        return BROADCAST
    if target.isdecimal() and int(target) <= SHORT_ADDRESS_MAX:
        return short(int(target))
    letter, number = target[:1], target[1:]
    if letter == GROUP_LETTER and number.isdecimal() and int(number) <= GROUP_MAX:
        return group(int(number))
    raise UnreachableError(f"{target!r} is no address on a line; write 0 to 63, g0 to g15, or all")

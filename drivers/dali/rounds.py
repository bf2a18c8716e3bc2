"""When to ask control gear what: level and status often, energy seldom, nameplates daily. Pure.

Times are seconds of a clock that only runs forward.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from drivers.dali.model import Gear
from drivers.dali.ports import PORT_OF_BANK, Port

# Gear that kept silent this often in a row is told as silent.
SILENT_POLLS_MAX = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How often gear is asked, and how long to pause, in seconds.

    With 64 D4i gears, this keeps a line busy about a third of the time.
    """

    state_s: float = 60.0
    energy_s: float = 900.0
    load_side_s: float = 3600.0
    diagnostics_s: float = 3600.0
    nameplate_s: float = 86_400.0
    silent_state_s: float = 600.0  # gear that was told as silent
    find_again_s: float = 86_400.0  # gear that was added without a word
    find_first_s: float = 300.0  # while the line is empty
    after_failure_s: float = 5.0  # the gateway or the line is away


# Parts of IEC 62386 that gear announces as device types, with the banks they bring.
_LUMINAIRE_DATA, _ENERGY, _DIAGNOSTICS = 50, 51, 52


class Task(NamedTuple):
    """One thing to ask one gear; `port` says what."""

    address: int
    port: int


def periods_s(gear: Gear, pace: Pace) -> Mapping[int, float]:
    """What this gear is asked, by port, and how often."""
    banks = {0: pace.nameplate_s}
    if _LUMINAIRE_DATA in gear.device_types:
        banks[1] = pace.nameplate_s
    if _ENERGY in gear.device_types:
        banks |= {202: pace.energy_s, 204: pace.load_side_s}
    if _DIAGNOSTICS in gear.device_types:
        banks |= {205: pace.diagnostics_s, 206: pace.diagnostics_s, 207: pace.nameplate_s}
    return {
        int(Port.STATE): pace.state_s,
        **{PORT_OF_BANK[bank]: period for bank, period in banks.items()},
    }


STANDARD_PACE = Pace()


@dataclass(slots=True)
class Rounds:
    """The tasks of one line in the order in which they fall due."""

    pace: Pace = STANDARD_PACE
    _due: list[tuple[float, int, Task]] = field(default_factory=list)
    _periods: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    _silent_polls: dict[int, int] = field(default_factory=dict)

    def set_tasks(self, periods_s: Mapping[int, Mapping[int, float]], now_s: float) -> None:
        """Ask this, by address and port at its period, all of it now, and nothing else.

        What is asked more often goes first: state, then energy, then the rest.
        """
        self._periods = periods_s
        self._silent_polls = dict.fromkeys(periods_s, 0)
        self._due = [
            (now_s, int(period), Task(address, port))
            for address, ports in periods_s.items()
            for port, period in ports.items()
        ]
        heapq.heapify(self._due)

    def next_due_s(self) -> float | None:
        """When the next task falls due; None when there is no gear."""
        return self._due[0][0] if self._due else None

    def take(self, now_s: float) -> Task | None:
        """The task to do now, put back for its next time; None when nothing is due."""
        if not self._due or self._due[0][0] > now_s:
            return None
        _, rank, task = self._due[0]
        period = self._periods[task.address][task.port]
        if self.is_silent(task.address):
            period = max(period, self.pace.silent_state_s)
        heapq.heapreplace(self._due, (now_s + period, rank, task))
        return task

    def hurry(self, addresses: Iterable[int], now_s: float) -> None:
        """Read the state of these at once: something was ordered."""
        hurried = {Task(address, Port.STATE) for address in addresses}
        self._due = [
            (min(due_s, now_s) if task in hurried else due_s, rank, task)
            for due_s, rank, task in self._due
        ]
        heapq.heapify(self._due)

    def note_answer(self, address: int) -> bool:
        """The gear answers; whether it had been told as silent before."""
        was_silent = self.is_silent(address)
        self._silent_polls[address] = 0
        return was_silent

    def note_silence(self, address: int) -> bool:
        """The gear did not answer; whether it is now to be told as silent, once."""
        count = self._silent_polls.get(address, 0) + 1
        self._silent_polls[address] = count
        return count == SILENT_POLLS_MAX

    def is_silent(self, address: int) -> bool:
        """Whether the gear was told as silent and has not answered since."""
        return self._silent_polls.get(address, 0) >= SILENT_POLLS_MAX

"""Processor time of the programs of a benchmark, children included."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Programs found by name, besides the processes named by number.
_PROGRAMS = ("postgres", "mosquitto")


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third on, or none when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _own_s(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S if fields else 0.0


def _below(root: int) -> set[int]:
    """Every living process below one."""
    parents = {int(one.name): _stat(int(one.name)) for one in Path("/proc").glob("[0-9]*")}
    found: set[int] = set()
    edge = {root}
    while edge:
        edge = {pid for pid, fields in parents.items() if fields and int(fields[1]) in edge} - found
        found |= edge
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


class CpuMeter:
    """Counts the processor time of groups of processes from now on."""

    def __init__(self, groups: Mapping[str, Sequence[int | None]]) -> None:
        self._groups = {name: [pid for pid in pids if pid] for name, pids in groups.items()}
        below = _below(os.getpid())
        for program in _PROGRAMS:
            self._groups[program] = [pid for pid in below if _name(pid) == program]
        self._before_s = {name: self._now_s(name) for name in self._groups}

    def _now_s(self, name: str) -> float:
        return sum(_own_s(pid) for pid in self._groups[name])

    def spent_s(self) -> dict[str, float]:
        """Seconds of processor time by group."""
        return {name: self._now_s(name) - before for name, before in self._before_s.items()}

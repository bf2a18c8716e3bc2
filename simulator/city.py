"""The city in motion: every lamp's level, power and counters, moved from instant to instant.

All lamps are arrays, so a night of thousands of lamps is a handful of numpy operations: the same
city makes the forty nights of a demo's past in seconds and then lives on in real time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from simulator import physics
from simulator.model import Lamp, SeededFault, TruthKind

VOLTAGE_NOISE_V = 1.5
ENERGY_COUNTER_WRAP_WH = 2**32


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What every meter shows at one instant; arrays in the order of the lamps."""

    at: datetime
    level_percent: npt.NDArray[np.int16]
    active_power_w: npt.NDArray[np.float64]
    active_energy_wh: npt.NDArray[np.int64]
    burning_time_s: npt.NDArray[np.int64]
    supply_voltage_v: npt.NDArray[np.float64]
    power_factor: npt.NDArray[np.float64]
    temperature_c: npt.NDArray[np.float64]
    is_dead: npt.NDArray[np.bool_]
    is_heard: npt.NDArray[np.bool_]


class City:
    """Lamps with memory. Orders set levels; `advance` moves time and turns the counters."""

    def __init__(
        self, lamps: Sequence[Lamp], at: datetime, faults: Iterable[SeededFault] = (), seed: int = 1
    ) -> None:
        count = len(lamps)
        self.lamps = list(lamps)
        self.at = at
        self.index = {lamp.address: i for i, lamp in enumerate(lamps)}
        self.level_percent = np.zeros(count, dtype=np.int16)
        self.energy_wh = np.zeros(count)
        self.burning_s = np.zeros(count)
        self._rated_w = np.array([lamp.rated_power_w for lamp in lamps])
        self._standby_w = np.array([lamp.standby_power_w for lamp in lamps])
        self._next_turn: datetime | None = None
        self._noise_v = np.random.default_rng(seed).normal(0, VOLTAGE_NOISE_V, count)
        self.faults = sorted(faults, key=lambda fault: (fault.starts_at, fault.lamp))
        self._is = {kind: np.zeros(count, dtype=bool) for kind in TruthKind}
        self._refresh()

    def advance(self, to: datetime) -> None:
        """Move to `to`, stopping where a fault begins or ends on the way."""
        if to < self.at:
            raise ValueError(f"the city is at {self.at}, it cannot go back to {to}")
        while self._next_turn is not None and self._next_turn <= to:
            self._run(self._next_turn)
            self._refresh()
        self._run(to)

    def order(self, lamp: int, level_percent: int) -> None:
        """A controller takes a level (a day burner takes 0 too, and burns on)."""
        self.level_percent[lamp] = level_percent

    def order_all(self, level_percent: npt.NDArray[np.int16]) -> None:
        """Every controller takes its level at once."""
        self.level_percent[:] = level_percent

    def repair(self, lamp: int, at: datetime) -> None:
        """A crew mends everything that is wrong with a lamp at `at`, now or later."""
        self.faults = [
            replace(fault, ends_at=at) if fault.lamp == lamp and fault.holds_at(at) else fault
            for fault in self.faults
        ]
        self._refresh()

    def swap_controller(self, lamp: int, address: str) -> None:
        """Another controller speaks for a lamp from now on; its meter goes on where it was."""
        del self.index[self.lamps[lamp].address]
        self.lamps[lamp] = replace(self.lamps[lamp], address=address)
        self.index[address] = lamp

    def add_fault(self, fault: SeededFault) -> None:
        """Break something from now on or later."""
        self.faults = sorted([*self.faults, fault], key=lambda one: (one.starts_at, one.lamp))
        self._refresh()

    def is_faulty(self, kind: TruthKind) -> npt.NDArray[np.bool_]:
        """The truth of one kind of fault, lamp by lamp, now."""
        return self._is[kind]

    def power_w(self) -> npt.NDArray[np.float64]:
        """What each luminaire draws now."""
        # A day burner dims as it is told, but never goes out: its relay has welded.
        is_stuck = self._is[TruthKind.DAY_BURNER] & (self.level_percent == 0)
        level = np.where(is_stuck, np.int16(100), self.level_percent)
        return physics.power_w(
            self._rated_w,
            self._standby_w,
            level,
            self._is[TruthKind.LAMP_FAILURE],
            self._is[TruthKind.POWER_LOW],
        )

    def snapshot(self) -> Snapshot:
        """What every meter shows now."""
        power_w = self.power_w()
        return Snapshot(
            at=self.at,
            level_percent=self.level_percent.copy(),
            active_power_w=power_w,
            active_energy_wh=self.energy_wh.astype(np.int64) % ENERGY_COUNTER_WRAP_WH,
            burning_time_s=self.burning_s.astype(np.int64),
            supply_voltage_v=physics.mains_voltage_v(self.at, self._noise_v),
            power_factor=physics.power_factor(self.level_percent),
            temperature_c=physics.temperature_c(self.at, power_w),
            is_dead=self._is[TruthKind.LAMP_FAILURE].copy(),
            is_heard=~self._is[TruthKind.COMMUNICATION_LOSS],
        )

    def _run(self, to: datetime) -> None:
        elapsed_s = (to - self.at).total_seconds()
        power = self.power_w()
        self.energy_wh += power * elapsed_s / 3600
        self.burning_s += np.where(power > self._standby_w, elapsed_s, 0.0)
        self.at = to

    def _refresh(self) -> None:
        """What is broken now, and when the next fault begins or ends."""
        for flags in self._is.values():
            flags[:] = False
        later = []
        for fault in self.faults:
            if fault.holds_at(self.at):
                self._is[fault.kind][fault.lamp] = True
            later += [turn for turn in (fault.starts_at, fault.ends_at) if turn and turn > self.at]
        self._next_turn = min(later, default=None)

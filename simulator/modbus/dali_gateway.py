"""A DALI gateway of a cabinet: its lamps as registers, as an Intesis IN703DAL shows control gear.

Percent of light, D4i values of two registers. Source: Intesis IN703DAL user manual, tables of
Modbus registers.
"""

import asyncio
from collections.abc import Sequence

from simulator.city import Snapshot
from simulator.modbus.memory import Space, UnitMemory
from simulator.modbus.server import tcp
from simulator.sharing import SharedCity

UNIT = 1
GEAR_MAX = 64
REGISTERS = 7000
PER_GEAR = 100
UPDATE, STATUS, ARC_LEVEL, LED = 4, 5, 15, 80
GROUPS, BROADCAST = 6400, 6800
D4I = 25_000 + 34
LAMP_FAILURE, LAMP_ON = 0x02, 0x04
DT6_LED, FADE_RATE = 6, 7
NONE = 0xFFFF_FFFF
PERCENT_MAX = 100


class DaliGateway:
    """The lamps of one network `modbus:<name>`, whose addresses end in their short address."""

    def __init__(self, network: str, host: str, port: int, shared: SharedCity) -> None:
        self.network = network
        self._host, self._port = host, port
        self._shared = shared
        self._gear = {
            int(address.rpartition("/")[2]): lamp for lamp, address in shared.lamps_of(network)
        }
        self._memory = UnitMemory(on_write=self._written)
        self._memory.put(Space.HOLDING, 0, [0] * REGISTERS)
        shown = shared.look()
        for short_address in self._gear:
            self._show(short_address, shown)

    async def speak(self) -> None:
        """Serve the registers until cancelled."""
        async with tcp({UNIT: self._memory}, self._host, self._port):
            await asyncio.Event().wait()

    def _written(self, space: Space, register: int, values: Sequence[int]) -> None:
        if register >= BROADCAST:
            self._order(self._gear, values[0])
            return
        if register >= GROUPS:
            return  # the lamps of this cabinet are in no group
        short_address, offset = divmod(register, PER_GEAR)
        if offset == ARC_LEVEL:
            self._order([short_address], values[0])
        elif offset == UPDATE and short_address in self._gear:
            shown = self._shared.look()
            if shown.is_heard[self._gear[short_address]]:
                self._show(short_address, shown)

    def _order(self, short_addresses: Sequence[int] | dict[int, int], level_percent: int) -> None:
        if not 0 <= level_percent <= PERCENT_MAX:
            return
        for short_address in short_addresses:
            if short_address in self._gear:
                self._shared.order(self._gear[short_address], level_percent)

    def _show(self, short_address: int, shown: Snapshot) -> None:
        """What the gateway has just heard from one gear."""
        lamp, base = self._gear[short_address], PER_GEAR * short_address
        level = int(shown.level_percent[lamp])
        lit = LAMP_FAILURE if shown.is_dead[lamp] else LAMP_ON
        status = lit if level else 0
        state = [status, level, DT6_LED, 1, 1, PERCENT_MAX, PERCENT_MAX, PERCENT_MAX]
        self._memory.put(Space.HOLDING, base + UPDATE, [0])
        self._memory.put(Space.HOLDING, base + STATUS, [*state, 0, FADE_RATE, level])
        self._memory.put(Space.HOLDING, base + LED, [0, 0, 0])
        self._memory.put(Space.HOLDING, D4I + base, d4i_registers(shown, lamp))


def d4i_registers(shown: Snapshot, lamp: int) -> list[int]:
    """Energy, power, their apparent and load-side twins (not there), time, starts, temperature."""
    values = [
        int(shown.active_energy_wh[lamp]),
        round(float(shown.active_power_w[lamp])),
        *(NONE, NONE, NONE, NONE),
        int(shown.burning_time_s[lamp]),
        NONE,
        round(float(shown.temperature_c[lamp])) & NONE,
    ]
    return [half for value in values for half in (value >> 16, value & 0xFFFF)]

"""Intesis INMBSDAL and IN703DAL as their register tables say: gear shown in percent."""

from collections.abc import Mapping

from simulator.modbus.memory import Space, UnitMemory
from tests.peers.dali.gear import PeerGear, PeerLine

UPDATE, STATUS, MAX_LEVEL, ARC_LEVEL, LED = 4, 5, 10, 15, 80
GROUPS, BROADCAST, D4I, D4I_OFFSET = 6400, 6800, 25_000, 34
# Percent of light to level on the standard curve, where tests order it.
LEVELS = {0: 0, 10: 170, 30: 210, 35: 216, 40: 221, 50: 229, 75: 243, 100: 254}
PERCENTS = {level: percent for percent, level in LEVELS.items()} | {1: 0}


class IntesisPeer:
    """The gateway; it asks the gear when its update register is written."""

    def __init__(self, lines: Mapping[int, PeerLine], *, has_d4i: bool = False) -> None:
        self.lines = lines
        self.memory = UnitMemory(on_write=self._written)
        self.never_updates: set[tuple[int, int]] = set()
        self._has_d4i = has_d4i
        for channel in lines:
            self.memory.put(Space.HOLDING, 7000 * channel, [0] * 7000)
            for address in range(64):
                self._show(channel, address)

    def _written(self, space: Space, register: int, values: list[int]) -> None:
        channel, place = divmod(register, 7000)
        line, level = self.lines[channel], LEVELS.get(values[0], 0)
        if place >= BROADCAST:
            line.send(bytes([0xFE, level]))
        elif place >= GROUPS:
            line.send(bytes([0x80 | (place - GROUPS) // 20 << 1, level]))
        else:
            address, offset = divmod(place, 100)
            if offset == ARC_LEVEL:
                line.send(bytes([address << 1, level]))
            elif offset == UPDATE and (channel, address) not in self.never_updates:
                self._show(channel, address)

    def _show(self, channel: int, address: int) -> None:
        base = 7000 * channel + 100 * address
        self.memory.put(Space.HOLDING, base + UPDATE, [0])
        gear = self.lines[channel].gears.get(address)
        if gear is None:
            return
        line, command = self.lines[channel], address << 1 | 1
        status = line.send(bytes([command, 0x90])) or 0
        level = PERCENTS[line.send(bytes([command, 0xA0])) or 0]
        state = [status, level, 6, 1, 1, 100, 100, 100, 0, 7, level]
        self.memory.put(Space.HOLDING, base + STATUS, state)
        self.memory.put(Space.HOLDING, base + LED, [gear.led_failures, 0, int(gear.is_linear)])
        if self._has_d4i and 202 in gear.memory_banks:
            self.memory.put(Space.HOLDING, D4I + 100 * address + D4I_OFFSET, _d4i(gear))


def _d4i(gear: PeerGear) -> list[int]:
    """Nine values of 32 bits, high word first; what the gear has not is all ones."""
    energy = int.from_bytes(bytes(gear.memory(202)[0x05:0x0B]), "big")
    power = int.from_bytes(bytes(gear.memory(202)[0x0C:0x10]), "big") // 10
    seconds = int.from_bytes(bytes(gear.memory(205)[0x04:0x08]), "big")
    none = 0xFFFF_FFFF
    values = [energy, power, none, none, 12_000, 42, seconds, 10, -5 & none]
    return [half for value in values for half in (value >> 16, value & 0xFFFF)]

"""The lamps of a cabinet as D4i control gear on one DALI line: frames in, answers out.

LED gear (device type 6) with energy and diagnostics in memory banks. Sources: IEC 62386-102 and
-207, tables of commands; DiiA parts 252 (bank 202) and 253 (banks 205 and 206).
"""

import math
from collections.abc import Callable, Mapping, Sequence

from simulator.city import Snapshot
from simulator.sharing import SharedCity

YES, LEVEL_MAX, PERCENT_MAX = 0xFF, 254, 100
STEPS_PER_DECADE = 253 / 3
LAMP_FAILURE, LAMP_ON = 0x02, 0x04
TYPES: Sequence[int] = (6, 51, 52)  # LED, energy (part 252), diagnostics (part 253)
SEVERAL_TYPES, NO_MORE_TYPES = 255, 254
LATCH, LOCK_OFFSET = 0xAA, 2
TEMPERATURE_ZERO_C = 60
MAINS_HZ = 50

SET_DTR0, SET_DTR1, WRITE_MEMORY, WRITE_NO_REPLY = 0xA3, 0xC3, 0xC7, 0xC9
BROADCAST = 0xFE
OFF, RECALL_MAX = 0x00, 0x05
STATUS, PRESENT, DTR0, TYPE, DTR1, LEVEL, NEXT_TYPE = 0x90, 0x91, 0x98, 0x99, 0x9C, 0xA0, 0xA7
GROUPS, READ_MEMORY, CURVE, LED_FAILURES = (0xC0, 0xC1), 0xC5, 0xEE, 0xF1


def percent_of(level: int) -> int:
    """Light of an arc power level on the standard curve, whole percent."""
    return round(10 ** ((level - 1) / STEPS_PER_DECADE - 1)) if level else 0


def level_of(percent: int) -> int:
    """The level nearest to a percentage of light on the standard curve."""
    if percent <= 0:
        return 0
    return min(LEVEL_MAX, max(1, round((math.log10(percent) + 1) * STEPS_PER_DECADE + 1)))


class Gear:
    """One control gear: what it has in its registers beside the lamp."""

    def __init__(self, lamp: int, serial: int, shared: SharedCity) -> None:
        self.lamp = lamp
        self._serial = serial
        self._shared = shared
        self._types: Sequence[int] = ()
        self._latched: dict[int, bytes] = {}
        self.dtr0 = self.dtr1 = 0

    def answer(self, opcode: int) -> int | None:
        """What comes back to a command to this gear; None when nothing does."""
        shown = self._shared.look()
        if not shown.is_heard[self.lamp]:
            return None
        if opcode in (OFF, RECALL_MAX):
            self._shared.order(self.lamp, PERCENT_MAX if opcode == RECALL_MAX else 0)
            return None
        if opcode == READ_MEMORY:
            return self._read(shown)
        return self._told(opcode, shown)

    def set_level(self, level: int) -> None:
        """Direct arc power."""
        if level <= LEVEL_MAX:
            self._shared.order(self.lamp, percent_of(level))

    def write(self, value: int) -> None:
        """Write at the place DTR1 and DTR0 name: only locks can be written here."""
        if self.dtr0 == LOCK_OFFSET and self.dtr1 in _BANKS:
            if value == LATCH:
                self._latched[self.dtr1] = self._bank(self._shared.look())
            else:
                self._latched.pop(self.dtr1, None)
        self.dtr0 = min(self.dtr0 + 1, 0xFF)

    def _told(self, opcode: int, shown: Snapshot) -> int | None:
        percent = int(shown.level_percent[self.lamp])
        lit = LAMP_FAILURE if shown.is_dead[self.lamp] else LAMP_ON
        if opcode == TYPE:
            self._types = TYPES
            return SEVERAL_TYPES
        if opcode == NEXT_TYPE:
            first, self._types = (*self._types[:1], NO_MORE_TYPES)[0], self._types[1:]
            return first
        fixed = {
            PRESENT: YES,
            STATUS: lit if percent else 0,
            LEVEL: level_of(percent),
            DTR0: self.dtr0,
            DTR1: self.dtr1,
            **dict.fromkeys((*GROUPS, CURVE, LED_FAILURES), 0),
        }
        return fixed.get(opcode)

    def _read(self, shown: Snapshot) -> int | None:
        bank = self._latched.get(self.dtr1) or self._bank(shown)
        value = bank[self.dtr0] if self.dtr0 < len(bank) else None
        self.dtr0 = min(self.dtr0 + 1, 0xFF)
        return value

    def _bank(self, shown: Snapshot) -> bytes:
        """All bytes of the bank in DTR1; empty when there is none."""
        make = _BANKS.get(self.dtr1)
        if make is None:
            return b""
        content = make(self, shown)
        return bytes([len(content) + LOCK_OFFSET, 0, 0xFF]) + content

    def identity(self, _: Snapshot) -> bytes:
        """Bank 0 from offset 3: GTIN, firmware, serial number, hardware, parts of the standard."""
        gtin, firmware, hardware = bytes(6), bytes([1, 0]), bytes([1, 0])
        parts = bytes([8, 8, 0, 0, 1, 0])
        return gtin + firmware + self._serial.to_bytes(8, "big") + hardware + parts

    def energy(self, shown: Snapshot) -> bytes:
        """Bank 202 from offset 3: version, Wh (48 bits), tenths of a watt (32 bits)."""
        energy_wh = int(shown.active_energy_wh[self.lamp])
        power_dw = round(float(shown.active_power_w[self.lamp]) * 10)
        return b"\x01\x00" + energy_wh.to_bytes(6, "big") + b"\xff" + power_dw.to_bytes(4, "big")

    def gear_diagnostics(self, shown: Snapshot) -> bytes:
        """Bank 205 from offset 3: operating time, starts, mains, failures (none), temperature."""
        volts = round(float(shown.supply_voltage_v[self.lamp]) * 10)
        factor = round(float(shown.power_factor[self.lamp]) * 100)
        celsius = round(float(shown.temperature_c[self.lamp])) + TEMPERATURE_ZERO_C
        seconds = int(shown.burning_time_s[self.lamp])
        mains = volts.to_bytes(2, "big") + bytes([MAINS_HZ, factor])
        level = int(shown.level_percent[self.lamp])
        return (
            b"\x01" + seconds.to_bytes(4, "big") + bytes(3) + mains + bytes(12)
            + bytes([celsius, level])
        )  # fmt: skip

    def lamp_diagnostics(self, shown: Snapshot) -> bytes:
        """Bank 206 from offset 3: starts, on time twice, volts, milliamperes, failures, °C."""
        seconds = int(shown.burning_time_s[self.lamp]).to_bytes(4, "big")
        is_dead = bool(shown.is_dead[self.lamp])
        milliamperes = round(float(shown.active_power_w[self.lamp]) * 10)
        electrical = (480).to_bytes(2, "big") + milliamperes.to_bytes(2, "big")
        failures = bytes([is_dead, is_dead, 0, 0, is_dead, is_dead, 0, 0, 0, 0])
        celsius = round(float(shown.temperature_c[self.lamp])) + TEMPERATURE_ZERO_C
        return b"\x01" + bytes(6) + seconds * 2 + electrical + failures + bytes([celsius])


_BANKS: Mapping[int, Callable[[Gear, Snapshot], bytes]] = {
    0: Gear.identity,
    202: Gear.energy,
    205: Gear.gear_diagnostics,
    206: Gear.lamp_diagnostics,
}


class GearLine:
    """Gear on two wires, by short address."""

    def __init__(self, lamps: Mapping[int, int], shared: SharedCity) -> None:
        self.gears = {
            address: Gear(lamp, address + 1, shared) for address, lamp in sorted(lamps.items())
        }

    def send(self, frame: bytes) -> int | None:
        """Put a forward frame of two bytes on the line: the byte that comes back, if one does.

        A question to several gears at once is answered by none here, as by a collision.
        """
        first, second = frame
        if first in (SET_DTR0, SET_DTR1, WRITE_MEMORY, WRITE_NO_REPLY):
            self._special(first, second)
            return None
        if first & 0xE1 in (0xA1, 0xC1) and first < BROADCAST:
            return None  # other special commands: nothing here needs them
        told = [self._one(gear, first, second) for gear in self._named(first)]
        return told[0] if len(told) == 1 else None

    def _named(self, first: int) -> list[Gear]:
        if first >= BROADCAST:
            return list(self.gears.values())
        gear = self.gears.get(first >> 1) if first < 0x80 else None
        return [gear] if gear is not None else []

    def _one(self, gear: Gear, first: int, second: int) -> int | None:
        if first & 1:
            return gear.answer(second)
        gear.set_level(second)
        return None

    def _special(self, command: int, value: int) -> None:
        for gear in self.gears.values():
            if command == SET_DTR0:
                gear.dtr0 = value
            elif command == SET_DTR1:
                gear.dtr1 = value
            else:
                gear.write(value)

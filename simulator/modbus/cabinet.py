"""A street cabinet on Modbus: a relay module with its contacts, and a meter that counts what the
cabinet's lamps draw through its contactors.

The relay module is a Waveshare Modbus RTU Relay (D): coils 0 to 7, discrete inputs 0 to 7. The
meter is an ABB B23: voltage in 0.1 V, current in 0.01 A, power in 0.01 W, energy in 0.01 kWh, each
number in two registers or four, high word first. Sources: the makers' tables of registers.
"""

import asyncio
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime

from simulator.modbus.memory import Space, UnitMemory
from simulator.modbus.server import tcp
from simulator.sharing import SharedCity

RELAY_UNIT, METER_UNIT = 1, 2
# Where the contacts of the cabinet are wired, by input from 0.
DOOR, BREAKER, RESIDUAL_CURRENT, MAINS, AUXILIARY, PHOTOCELL = range(6)
CONTACTOR = 0
CONTACTS = 8

VOLTAGE, CURRENT, POWER, POWER_OF_PHASES = 0x5B00, 0x5B0C, 0x5B14, 0x5B16
FREQUENCY, POWER_FACTOR = 0x5B2C, 0x5B3A
INSTANT, INSTANT_COUNT = 0x5B00, 62
ENERGY, ENERGY_OF_PHASES = 0x5000, 0x5460
NOMINAL_VOLTAGE_V = 230.0
LAMP_POWER_FACTOR = 0.95
LOOK_EVERY_S = 2.0


class Cabinet:
    """Registers of a cabinet; `feed` moves its time, the other methods are things that happen."""

    def __init__(self, at: datetime, energy_wh: Sequence[float] = (0.0, 0.0, 0.0)) -> None:
        self.relay_module = UnitMemory(on_write=self._switched)
        self.meter = UnitMemory()
        self._at = at
        self._energy_wh = list(energy_wh)
        self._is_welded = False
        self.relay_module.put(Space.COILS, 0, [0] * CONTACTS)
        self.relay_module.put(Space.INPUTS, 0, [0] * CONTACTS)
        self.relay_module.put(Space.COILS, CONTACTOR, [1])
        self.relay_module.put(Space.INPUTS, MAINS, [1])
        self._follow()
        self.meter.put(Space.HOLDING, INSTANT, [0] * INSTANT_COUNT)
        self.feed((0.0, 0.0, 0.0), at)

    @property
    def units(self) -> Mapping[int, UnitMemory]:
        """The devices, by unit identifier."""
        return {RELAY_UNIT: self.relay_module, METER_UNIT: self.meter}

    @property
    def is_feeding(self) -> bool:
        """Whether the contactor is closed, whatever its relay says."""
        return bool(self.relay_module.get(2, AUXILIARY, 1)[0])

    def contact(self, place: int, is_closed: bool) -> None:
        """A door opens, a breaker trips."""
        self.relay_module.put(Space.INPUTS, place, [is_closed])

    def weld(self) -> None:
        """The contactor stays as it is from now on."""
        self._is_welded = True

    def feed(
        self,
        power_w: Sequence[float],
        at: datetime,
        voltage_v: Sequence[float] = (NOMINAL_VOLTAGE_V,) * 3,
    ) -> None:
        """The lamps on each phase draw this since the last time; nothing through an open contactor
        or from a dead phase."""
        hours = (at - self._at).total_seconds() / 3600
        self._at = at
        drawn_w = [
            watts if self.is_feeding and volts > 0 else 0.0
            for watts, volts in zip(power_w, voltage_v, strict=True)
        ]
        self._energy_wh = [
            so_far + watts * hours for so_far, watts in zip(self._energy_wh, drawn_w, strict=True)
        ]
        self._show(drawn_w, voltage_v)

    def _show(self, drawn_w: Sequence[float], voltage_v: Sequence[float]) -> None:
        current_a = [
            watts / volts / LAMP_POWER_FACTOR if volts > 0 else 0.0
            for watts, volts in zip(drawn_w, voltage_v, strict=True)
        ]
        self._put(VOLTAGE, "III", *(round(volts * 10) for volts in voltage_v))
        self._put(CURRENT, "III", *(round(amperes * 100) for amperes in current_a))
        self._put(POWER, "i", round(sum(drawn_w) * 100))
        self._put(POWER_OF_PHASES, "iii", *(round(watts * 100) for watts in drawn_w))
        self._put(FREQUENCY, "H", 5000)
        self._put(POWER_FACTOR, "hhhh", *[round(LAMP_POWER_FACTOR * 1000)] * 4)
        self._put(ENERGY, "QQ", int(sum(self._energy_wh) / 10), 0)
        self._put(ENERGY_OF_PHASES, "QQQ", *(int(each / 10) for each in self._energy_wh))

    def _put(self, address: int, layout: str, *values: int) -> None:
        packed = struct.pack(f">{layout}", *values)
        words = struct.unpack(f">{len(packed) // 2}H", packed)
        self.meter.put(Space.HOLDING, address, words)

    def _switched(self, space: Space, address: int, values: list[int]) -> None:
        self._follow()

    def _follow(self) -> None:
        if not self._is_welded:
            relay = self.relay_module.get(1, CONTACTOR, 1)
            self.relay_module.put(Space.INPUTS, AUXILIARY, relay)


class CabinetVoice:
    """A cabinet of the city on a network of its own: its meter counts what these lamps draw."""

    def __init__(
        self, network: str, host: str, port: int, shared: SharedCity, lamps: Sequence[int]
    ) -> None:
        self.network = network
        self._host, self._port = host, port
        self._shared = shared
        self._phases = [list(lamps[phase::3]) for phase in range(3)]
        shown = shared.look()
        counted = [float(shown.active_energy_wh[phase].sum()) for phase in self._phases]
        self.cabinet = Cabinet(shown.at, counted)

    def look(self) -> None:
        """Take over what the lamps draw now."""
        shown = self._shared.look()
        power_w = [float(shown.active_power_w[phase].sum()) for phase in self._phases]
        self.cabinet.feed(power_w, shown.at)

    async def speak(self) -> None:
        """Serve the registers until cancelled."""
        async with tcp(self.cabinet.units, self._host, self._port):
            while True:
                self.look()
                await asyncio.sleep(LOOK_EVERY_S)

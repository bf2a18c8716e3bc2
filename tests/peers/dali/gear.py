"""D4i control gear: LED gear with luminaire data, energy and diagnostics in memory banks."""

from typing import Any

from dali import command, frame
from dali.gear import general, led
from dali.memory import diagnostics, energy, maintenance, oem
from dali.tests import fakes

LATCH = 0xAA
LOCK_OFFSET = 2
LED, LUMINAIRE_DATA, ENERGY, DIAGNOSTICS = 6, 50, 51, 52
D4I = (LED, LUMINAIRE_DATA, ENERGY, DIAGNOSTICS)


def make_bank(kind: Any, memory: str, last: int | None = None) -> type[fakes.FakeMemoryBank]:
    """A bank whose values, from offset 3 on, are these bytes in hexadecimal."""
    content = bytes.fromhex(memory)
    head = [len(content) + 2 if last is None else last, None, 0xFF]

    class Bank(_LatchedBank):
        bank = kind
        initial_contents = (*head, *content)

    return Bank


class _LatchedBank(fakes.FakeMemoryBank):  # type: ignore[misc]
    """While latched, reads come from the moment of the latch."""

    latched: list[int] | None = None

    def read(self, address: int) -> int | None:
        if address <= self.contents[0] and self.latched is not None:
            return self.latched[address]
        return super().read(address)  # type: ignore[no-any-return]

    def write(self, address: int, value: int) -> int | None:
        if address == LOCK_OFFSET:
            self.latched = list(self.contents) if value == LATCH else None
        return super().write(address, value)  # type: ignore[no-any-return]


class IdentityBank(fakes.FakeBank0):  # type: ignore[misc]
    """Bank 0 as python-dali has it: GTIN 1234567654321, serial 1."""


LUMINAIRE = make_bank(
    oem.BANK_1,
    "06f62919228700000000000000020003152b05dc006400dc00fa003a9864000105" + "00" * 84,
)
ACTIVE = make_bank(energy.BANK_202, "01" + "00000000003039" + "ff000001c3")
LOAD_SIDE = make_bank(energy.BANK_204, "01" + "00000000002ee0" + "ff000001a4")
GEAR = make_bank(diagnostics.BANK_205, "0100000e1000000a08fc325f0000000a000b0002000600025a55")
SOURCE = make_bank(
    diagnostics.BANK_206, "0100012c0001f4000003e800000bb8025802bc000c000f0017002d0043a0"
)
MAINTENANCE = make_bank(maintenance.BANK_207, "01325a1388")
BANKS = (IdentityBank, LUMINAIRE, ACTIVE, LOAD_SIDE, GEAR, SOURCE, MAINTENANCE)


class PeerGear(fakes.Gear):  # type: ignore[misc]
    """Adds to the fake: status, LED questions, power that follows the level, and silence."""

    def __init__(
        self,
        address: int,
        *,
        device_types: tuple[int, ...] = D4I,
        groups: frozenset[int] = frozenset(),
        banks: tuple[Any, ...] = BANKS,
        is_linear: bool = False,
    ) -> None:
        super().__init__(address, set(groups), list(device_types), memory_banks=banks)
        self.is_linear = is_linear
        self.is_silent = False
        self.status_bits = 0
        self.led_failures = 0
        self.fade = [0, 7]

    def send(self, cmd: Any) -> int | None:
        if self.is_silent:
            return None
        if self.valid_address(cmd):
            own = self._own_answer(cmd)
            if own is not None:
                return own
        answer: int | None = super().send(cmd)
        return answer

    def memory(self, bank: int) -> list[int]:
        """The bytes of a bank, to be changed at will."""
        content: list[int] = self.memory_banks[bank].contents
        return content

    def _own_answer(self, cmd: Any) -> int | None:
        if isinstance(cmd, general.QueryStatus):
            return self.status_bits | (0b100 if self.level else 0)
        if isinstance(cmd, general.QueryFadeTimeFadeRate):
            return self.fade[0] << 4 | self.fade[1]
        self._take_setting(cmd)
        if LED not in self.devicetypes:
            return None
        if isinstance(cmd, led.QueryDimmingCurve):
            return int(self.is_linear)
        return self.led_failures if isinstance(cmd, led.QueryFailureStatus) else None

    def _take_setting(self, cmd: Any) -> None:
        if isinstance(cmd, general.SetFadeTime):
            self.fade[0] = self.dtr0
        elif isinstance(cmd, general.SetFadeRate):
            self.fade[1] = self.dtr0
        elif isinstance(cmd, led.SelectDimmingCurve):
            self.is_linear = self.dtr0 == 1


class PeerLine:
    """Gear on two wires: takes frames as bytes; a byte comes back, None, or -1 for a collision."""

    def __init__(self, *gears: PeerGear) -> None:
        self.gears = {gear.shortaddr: gear for gear in gears}
        self.seen: list[bytes] = []
        self._device_type = 0

    def send(self, payload: bytes, is_sent_twice: bool = False) -> int | None:
        """What comes back when this frame is put on the line, once or twice."""
        self.seen.append(payload)
        cmd = command.from_frame(frame.ForwardFrame(16, payload), devicetype=self._device_type)
        is_enabling = isinstance(cmd, general.EnableDeviceType)
        self._device_type = cmd.param if is_enabling else 0
        if cmd.sendtwice and not is_sent_twice:
            return None  # heeded only when heard twice
        answers = [gear.send(cmd) for gear in self.gears.values()]
        given = [answer for answer in answers if answer is not None]
        if cmd.response is None or not given:
            return None
        return given[0] if len(given) == 1 else -1

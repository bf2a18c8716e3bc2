"""What can be asked of a Modbus device, as values; a written order is the request's own bytes.

Numbers of functions, limits and layouts: MODBUS Application Protocol Specification V1.1b3, §6.
Addresses are those of the protocol, from 0.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from drivers.errors import EncodeError

REGISTERS_PER_READ_MAX = 125
REGISTERS_PER_WRITE_MAX = 123
BITS_PER_READ_MAX = 2000
ADDRESS_MAX = 0xFFFF
# A coil is written as one of these two words.
COIL_ON, COIL_OFF = 0xFF00, 0x0000

# MODBUS Application Protocol V1.1b3, §7.
EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledged, not done yet",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target failed to respond",
}
"""What a device answers instead, by its code."""


class Function(IntEnum):
    """The functions this driver speaks."""

    READ_COILS = 1
    READ_DISCRETE_INPUTS = 2
    READ_HOLDING_REGISTERS = 3
    READ_INPUT_REGISTERS = 4
    WRITE_COIL = 5
    WRITE_REGISTER = 6
    WRITE_REGISTERS = 16

    @property
    def reads_bits(self) -> bool:
        """Whether the answer is bits, not registers."""
        return self in (Function.READ_COILS, Function.READ_DISCRETE_INPUTS)


@dataclass(frozen=True, slots=True)
class Read:
    """Ask for `count` registers or bits from `start` on.

    The answer is bytes: two a register, high byte first; for bits one for each eight, the first
    bit lowest, as they travel.
    """

    function: Function
    start: int
    count: int

    def __post_init__(self) -> None:
        if self.function > Function.READ_INPUT_REGISTERS:
            raise ValueError(f"{self.function.name} does not read")
        most = BITS_PER_READ_MAX if self.function.reads_bits else REGISTERS_PER_READ_MAX
        if not 1 <= self.count <= most:
            raise ValueError(f"{self.function.name} takes 1 to {most} at once, not {self.count}")
        if not 0 <= self.start <= ADDRESS_MAX + 1 - self.count:
            raise ValueError(f"{self.start} + {self.count} is beyond the last address")

    @property
    def length(self) -> int:
        """Bytes of the answer."""
        return (self.count + 7) // 8 if self.function.reads_bits else 2 * self.count


@dataclass(frozen=True, slots=True)
class Write:
    """Write words from `start` on; a coil is written as `COIL_ON` or `COIL_OFF`."""

    function: Function
    start: int
    words: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.function <= Function.READ_INPUT_REGISTERS:
            raise EncodeError(f"{self.function.name} does not write")
        most = REGISTERS_PER_WRITE_MAX if self.function is Function.WRITE_REGISTERS else 1
        if not 1 <= len(self.words) <= most:
            raise EncodeError(f"{self.function.name} takes 1 to {most} words at once")
        if not all(0 <= word <= 0xFFFF for word in self.words):
            raise EncodeError("a word is 0 to 65535")
        if not 0 <= self.start <= ADDRESS_MAX + 1 - len(self.words):
            raise EncodeError(f"{self.start} is beyond the last address")
        if self.function is Function.WRITE_COIL and self.words[0] not in (COIL_ON, COIL_OFF):
            raise EncodeError("a coil is written as 0xFF00 or 0x0000")

    def encode(self) -> bytes:
        """The request as it travels, from its function code on."""
        if self.function is not Function.WRITE_REGISTERS:
            return struct.pack(">BHH", self.function, self.start, self.words[0])
        count = len(self.words)
        head = struct.pack(">BHHB", self.function, self.start, count, 2 * count)
        return head + struct.pack(f">{count}H", *self.words)

    @classmethod
    def decode(cls, request: bytes) -> "Write":
        """A request from its bytes; raises `EncodeError` when it is none that writes."""
        if len(request) < 5 or request[0] not in (5, 6, 16):
            raise EncodeError("not a request of function 5, 6 or 16")
        function, start, word = struct.unpack_from(">BHH", request)
        words = (word,) if function != Function.WRITE_REGISTERS else words_of(request[6:])
        write = cls(Function(function), start, words)
        if write.encode() != request:
            raise EncodeError("the request's length is not the one it announces")
        return write


Request: TypeAlias = Read | Write


def words_of(payload: bytes) -> tuple[int, ...]:
    """Registers from their bytes, an odd one at the end left out."""
    count = len(payload) // 2
    return struct.unpack(f">{count}H", payload[: 2 * count])

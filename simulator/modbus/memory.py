"""The registers of one simulated device: what it shows, what may be written, what it refuses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

ILLEGAL_ADDRESS = 2
ILLEGAL_VALUE = 3


class Space(Enum):
    """The four kinds of registers, each with addresses of its own."""

    COILS = "coils"
    INPUTS = "inputs"
    HOLDING = "holding"
    INPUT_REGISTERS = "input_registers"


# MODBUS Application Protocol V1.1b3, §6.
SPACE_OF_FUNCTION = {
    1: Space.COILS,
    2: Space.INPUTS,
    3: Space.HOLDING,
    4: Space.INPUT_REGISTERS,
    5: Space.COILS,
    6: Space.HOLDING,
    15: Space.COILS,
    16: Space.HOLDING,
}


class RefusedError(Exception):
    """The device answers with this exception code."""

    def __init__(self, exception_code: int) -> None:
        super().__init__(f"exception {exception_code}")
        self.exception_code = exception_code


def _nothing_happens(space: Space, address: int, values: list[int]) -> None:
    return None


@dataclass(slots=True)
class UnitMemory:
    """One device. `is_silent` makes it deaf; `refuses` makes it answer an exception always."""

    registers_max: int = 125
    on_write: Callable[[Space, int, list[int]], None] = _nothing_happens
    is_silent: bool = False
    refuses: int | None = None
    _values: dict[tuple[Space, int], int] = field(default_factory=dict)

    def put(self, space: Space, address: int, values: Iterable[int]) -> None:
        """Show these values from `address` on; what was never put is no register."""
        for offset, value in enumerate(values):
            self._values[space, address + offset] = int(value)

    def get(self, function: int, address: int, count: int) -> list[int]:
        """What the device answers to a read; raises `RefusedError`."""
        self._check(function, count)
        space = SPACE_OF_FUNCTION[function]
        try:
            return [self._values[space, address + offset] for offset in range(count)]
        except KeyError as error:
            raise RefusedError(ILLEGAL_ADDRESS) from error

    def write(self, function: int, address: int, values: list[int]) -> None:
        """Take what a client writes; raises `RefusedError`."""
        self._check(function, len(values))
        space = SPACE_OF_FUNCTION[function]
        if any((space, address + offset) not in self._values for offset in range(len(values))):
            raise RefusedError(ILLEGAL_ADDRESS)
        self.put(space, address, values)
        self.on_write(space, address, values)

    def _check(self, function: int, count: int) -> None:
        if self.refuses is not None:
            raise RefusedError(self.refuses)
        if function in (3, 4) and count > self.registers_max:
            raise RefusedError(ILLEGAL_VALUE)

"""What the bytes of a DALI frame on their way to the codec mean, by the number of their port.

A gateway's link asks on the bus and hands on what came back; the codec in `meaning` understands it.
Both sides know the layout from here.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple, Self

from drivers.dali.curve import Curve
from drivers.dali.frames import MASK
from drivers.errors import InvalidValueError, TrailingBytesError, TruncatedFrameError


class Port(IntEnum):
    """Kinds of frames that are not a memory bank."""

    STATE = 1
    ORDER_TAKEN = 2  # the state of gear just after an order
    OVERHEARD = 3
    SILENCE = 4  # gear that was there does not answer: one byte, the questions it left open


BANK_OF_PORT: Mapping[int, int] = {
    10: 0,
    11: 1,
    12: 202,
    13: 203,
    14: 204,
    15: 205,
    16: 206,
    17: 207,
}
"""The memory bank a port carries: the offset of the first byte, then the bytes as read."""
PORT_OF_BANK: Mapping[int, int] = {bank: port for port, bank in BANK_OF_PORT.items()}

UNKNOWN = 0xFF
PERCENT_MAX = 100


class GearState(NamedTuple):
    """Answers of gear, one byte each: 255 where none came, and for a percentage nobody ordered."""

    status: int
    level: int = MASK
    curve: int = UNKNOWN
    led_failures: int = 0  # 0 also where the gear is not of type 6
    ordered_percent: int = UNKNOWN

    @property
    def dimming_curve(self) -> Curve:
        """The standard curve unless the gear says it is linear."""
        return Curve.LINEAR if self.curve == Curve.LINEAR else Curve.STANDARD

    def encode(self) -> bytes:
        """Its five bytes."""
        return bytes(self)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From five bytes; raises `DecodeError`."""
        length = len(cls._fields)
        if len(payload) < length:
            raise TruncatedFrameError("state of control gear", length, 0, len(payload))
        if len(payload) > length:
            raise TrailingBytesError("state of control gear", len(payload) - length)
        state = cls(*payload)
        if PERCENT_MAX < state.ordered_percent < UNKNOWN:
            raise InvalidValueError(f"ordered {state.ordered_percent} % is above {PERCENT_MAX} %")
        return state

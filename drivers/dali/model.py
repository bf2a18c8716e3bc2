"""Control gear as it was found, and memory as it was read."""

from msgspec import Struct

from drivers.dali.curve import Curve
from drivers.dali.frames import LED_GEAR


class Gear(Struct, frozen=True):
    """Control gear as it answered when it was found."""

    address: int
    device_types: tuple[int, ...] = ()
    groups: frozenset[int] = frozenset()
    curve: Curve = Curve.STANDARD

    @property
    def is_led(self) -> bool:
        """Whether it answers the questions of IEC 62386-207."""
        return LED_GEAR in self.device_types


class BankBytes(Struct, frozen=True):
    """Memory of a bank as read, from `start` on."""

    number: int
    start: int
    content: bytes

    @property
    def payload(self) -> bytes:
        """The first offset, then the bytes: what a frame of this bank carries."""
        return bytes([self.start]) + self.content

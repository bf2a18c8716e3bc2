"""Registers of the Wiren Board WB-DALI gateway: frames to send, what came back, what was heard.

Source: wirenboard/wb-mqtt-dali, tests; wirenboard/wb-mqtt-serial, template of WB-DALI.
"""

from typing import NamedTuple

from drivers.dali.frames import Forward
from drivers.dali.line import GARBLED, Answer, FramePriority, LineUnpoweredError
from drivers.errors import LinkError, UnreachableError

CHANNELS = 3
CHANNEL_OFFSET = 1000  # from the registers of one channel to those of the next
SEND_SLOTS = 1400  # holding registers, two a slot, low word first
SEND_POINTER = 1432  # holding register: the slot sent next
SLOTS = 16
REPLIES = 1500  # input registers, one a slot
MONITOR = 1900  # input registers, four a frame, low word first
MONITOR_SLOTS = 4
MONITOR_WORDS = 4

_SIZES = {0: 16, 1: 24, 2: 25}  # bits of a frame by its code
_FRAME_MASK = (1 << 25) - 1


class GatewayOverheatedError(LinkError):
    """The gateway is too hot to send."""

    code = "gateway_overheated"


class SendSlot(NamedTuple):
    """A frame as it stands in the send queue."""

    frame: int
    bits: int
    is_sent_twice: bool
    priority: int

    @classmethod
    def of(cls, frame: Forward, priority: FramePriority) -> "SendSlot":
        """The slot that sends a forward frame of 16 bits."""
        return cls(int.from_bytes(frame.payload, "big"), 16, frame.is_sent_twice, priority)

    def encode(self) -> tuple[int, int]:
        """The two registers, low word first."""
        size = next(code for code, bits in _SIZES.items() if bits == self.bits)
        word = self.frame | size << 25 | int(self.is_sent_twice) << 28 | self.priority << 29
        return word & 0xFFFF, word >> 16

    @classmethod
    def decode(cls, low: int, high: int) -> "SendSlot":
        """From its two registers."""
        word = high << 16 | low
        bits = _SIZES.get(word >> 25 & 0b111, 0)
        return cls(word & _FRAME_MASK, bits, bool(word >> 28 & 1), word >> 29)


class HeardFrame(NamedTuple):
    """A frame another master sent, as the gateway's monitor keeps it."""

    counter: int
    is_broken: bool
    is_backward: bool
    bits: int
    frame: int

    @classmethod
    def decode(cls, word: int) -> "HeardFrame":
        """From 64 bits."""
        bits = word >> 32 & 0xFF
        frame = word & ((1 << min(bits, 32)) - 1)
        return cls(word >> 48, bool(word >> 41 & 1), bool(word >> 40 & 1), bits, frame)

    @property
    def forward(self) -> Forward | None:
        """The whole forward frame of 16 bits, if it is one."""
        if self.is_broken or self.is_backward or self.bits != 16:
            return None
        return Forward(self.frame >> 8, self.frame & 0xFF)


def answer_of(reply: int) -> Answer:
    """What came back for a slot; raises `LinkError` when the frame was not sent."""
    status, answer = reply >> 8, reply & 0xFF
    match status:
        case 1:
            return answer
        case 2:
            return None
        case 3:
            return GARBLED
        case 4:
            raise LineUnpoweredError("there is no voltage on the line")
        case 5:
            raise GatewayOverheatedError("the gateway is too hot to send")
        case _:
            raise UnreachableError(f"the gateway did not send (status {status})")


def is_pending(reply: int) -> bool:
    """Whether the slot waits to be sent."""
    return reply >> 8 == 0

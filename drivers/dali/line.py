"""Words for what passes on a DALI line: exchanges, answers, priorities, and who carries them.

An exchange is a short run of frames that must not be parted, because the gear's data transfer
registers (DTR) are shared by all that speak on the line.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol, TypeAlias

from drivers.dali.frames import Forward
from drivers.errors import LinkError

# A question with its answer and the pauses around takes up to 45 ms on the bus (IEC 62386-101,
# 1200 bit/s): this many last about a second, and a command waits for one exchange.
FRAMES_PER_EXCHANGE_MAX = 24

Answer: TypeAlias = int | None
"""The byte that came back; None for silence, which means no, and for frames without answer."""
GARBLED: int = -1
"""An answer that could not be read: several answered at once, which to a question means yes."""


class Priority(IntEnum):
    """Who goes first."""

    COMMAND = 0
    ANSWER = 1
    POLL = 2


class FramePriority(IntEnum):
    """Priorities by which a line settles who sends (IEC 62386-103, 1 first)."""

    CONTINUATION = 1
    USER_ACTION = 2
    CONFIGURATION = 3
    AUTOMATIC = 4
    PERIODIC_QUERY = 5


_FIRST_FRAME = {
    Priority.COMMAND: FramePriority.USER_ACTION,
    Priority.ANSWER: FramePriority.CONFIGURATION,
    Priority.POLL: FramePriority.PERIODIC_QUERY,
}


def frame_priority(priority: Priority, *, is_first: bool) -> FramePriority:
    """The priority of a frame; those after the first of an exchange let no other master between."""
    return _FIRST_FRAME[priority] if is_first else FramePriority.CONTINUATION


def answers_to(
    asked: Sequence[Forward], sent: Sequence[Forward], answers: Sequence[Answer]
) -> list[Answer]:
    """The answers to what was asked, without those to frames that only enabled a device type."""
    kept: list[Answer] = []
    for frame, answer in zip(sent, answers, strict=True):
        if len(kept) < len(asked) and frame == asked[len(kept)]:
            kept.append(answer)
    return kept


class LineUnpoweredError(LinkError):
    """There is no voltage on the line."""

    code = "line_unpowered"


class Carrier(Protocol):
    """Brings frames to one line through its gateway."""

    async def exchange(self, frames: Sequence[Forward], priority: Priority) -> list[Answer]:
        """One answer a frame, in order; raises `LinkError` when the gateway or the line fails.

        A frame of a device type is preceded by the frame that enables the type.
        """

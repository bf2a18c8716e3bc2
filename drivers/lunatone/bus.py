"""Frames on a line through the gateway's WebSocket: one under way per line at a time.

The gateway's messages name the line but no frame, so that what comes back belongs to the frame
that is under way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from drivers.dali.frames import Forward, with_enabling
from drivers.dali.line import Answer, FramePriority, Priority, answers_to, frame_priority
from drivers.errors import UnreachableError
from drivers.lunatone.messages import FrameAnswered, FrameSent, answer_of, check_sent, write_frame

# The second confirmation of a frame sent twice follows the first at once, or never.
SECOND_TIMEOUT_S = 0.2

SendText: TypeAlias = Callable[[str], Awaitable[None]]


class LineSocket:
    """One line of the gateway."""

    def __init__(self, line: int, send: SendText, frame_timeout_s: float) -> None:
        self._line = line
        self._timeout_s = frame_timeout_s
        self._send = send
        self._sent: asyncio.Queue[FrameSent] = asyncio.Queue()
        self._answered: asyncio.Queue[FrameAnswered] = asyncio.Queue()

    def hear(self, message: FrameSent | FrameAnswered) -> None:
        """The gateway says what became of the frame under way."""
        if isinstance(message, FrameSent):
            self._sent.put_nowait(message)
        else:
            self._answered.put_nowait(message)

    async def exchange(self, frames: Sequence[Forward], priority: Priority) -> list[Answer]:
        """One answer a frame; raises `LinkError`."""
        whole = with_enabling(list(frames))
        answers = [
            await self._carry(frame, frame_priority(priority, is_first=place == 0))
            for place, frame in enumerate(whole)
        ]
        return answers_to(frames, whole, answers)

    async def _carry(self, frame: Forward, priority: FramePriority) -> Answer:
        self._forget()
        await self._send(write_frame(self._line, frame, priority))
        try:
            async with asyncio.timeout(self._timeout_s):
                check_sent(await self._sent.get())
                answer = answer_of(await self._answered.get()) if frame.has_answer else None
        except TimeoutError as error:
            raise UnreachableError(
                f"the gateway does not say what became of a frame on line {self._line}"
            ) from error
        if frame.is_sent_twice:
            with suppress(TimeoutError):
                async with asyncio.timeout(SECOND_TIMEOUT_S):
                    check_sent(await self._sent.get())
        return answer

    def _forget(self) -> None:
        """What comes late belongs to a frame that was given up."""
        for queue in (self._sent, self._answered):
            while not queue.empty():
                queue.get_nowait()

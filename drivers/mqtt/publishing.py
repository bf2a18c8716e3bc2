"""Messages handed to the broker and not yet acknowledged by it, as the event loop sees them."""

import asyncio
from collections import deque
from collections.abc import Callable

from drivers.mqtt.errors import LinkClosedError, PublishRefusedError


class Publishing:
    """Who waits for which acknowledgement; outcomes come from the network thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._outcomes: deque[tuple[int, str | None]] = deque()
        self._is_scheduled = False
        self.published_count = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def outcome(self, packet_id: int, refusal: str | None) -> None:
        """Network thread: the broker has acknowledged, or refused, a message."""
        self._outcomes.append((packet_id, refusal))
        if not self._is_scheduled:
            self._is_scheduled = True
            self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        self._is_scheduled = False
        while self._outcomes:
            packet_id, refusal = self._outcomes.popleft()
            future = self._waiting.pop(packet_id, None)
            if future is None or future.done():
                continue
            if refusal is None:
                self.published_count += 1
                future.set_result(None)
            else:
                future.set_exception(PublishRefusedError(f"the broker refused: {refusal}"))

    async def settled(self, hand_over: Callable[[], int | None]) -> None:
        """Hands a message over and returns when the broker has acknowledged it."""
        packet_id = hand_over()
        if packet_id is None:
            raise PublishRefusedError("too many messages wait for the broker")
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiting[packet_id] = future
        try:
            await future
        finally:
            self._waiting.pop(packet_id, None)

    def close(self) -> None:
        """Nobody waits any longer."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(LinkClosedError("the line to the broker was closed"))

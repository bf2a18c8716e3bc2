"""Messages on their way to the broker, in order: queued, handed over, acknowledged or given up."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from drivers.mqtt.errors import LinkClosedError, PublishRefusedError, PublishTimeoutError


class Message(NamedTuple):
    """One message and who waits for it."""

    topic: str
    payload: bytes
    queued_at_s: float  # on the event loop's clock
    outcome: asyncio.Future[None]


class Publishing:
    """Lives in the event loop; only `note_outcome` is called by the network thread.

    `hand_over` gives a message to the network and returns its identifier, None without room.
    Patience is with the broker, not with the queue: a message is given up when for `timeout_s`
    the broker has acknowledged nothing at all.
    """

    def __init__(
        self,
        hand_over: Callable[[str, bytes], int | None],
        sent_limit: int,
        queue_limit: int,
        timeout_s: float,
    ) -> None:
        self._hand_over = hand_over
        self._sent_limit = sent_limit
        self._queue_limit = queue_limit
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._is_ready = False
        self._is_closed = False
        self._queue: deque[Message] = deque()
        self._sent: dict[int, Message] = {}
        self._outcomes: deque[tuple[int, str | None]] = deque()
        self._is_settling = False
        self._progress_at_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.published_count = 0

    def __len__(self) -> int:
        return len(self._queue) + len(self._sent)

    async def publish(self, topic: str, payload: bytes) -> None:
        """Returns when the broker has acknowledged; see `MqttLink.publish` for what it raises."""
        if self._is_closed:
            raise LinkClosedError("the line to the broker is closed")
        if len(self._queue) >= self._queue_limit:
            raise PublishRefusedError(f"{self._queue_limit} messages wait already")
        message = Message(topic, payload, self._loop.time(), self._loop.create_future())
        self._queue.append(message)
        self._send_queued()
        self._watch_the_clock()
        await message.outcome

    def set_ready(self, is_ready: bool) -> None:
        """The line stands, or is gone; what was handed over stays with the network."""
        self._is_ready = is_ready
        self._send_queued()

    def note_outcome(self, packet_id: int, refusal: str | None) -> None:
        """Network thread: the broker has acknowledged, or refused, a message."""
        self._outcomes.append((packet_id, refusal))
        if not self._is_settling:
            self._is_settling = True
            self._loop.call_soon_threadsafe(self._settle)

    def close(self) -> None:
        """Nobody waits any longer."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        for message in (*self._queue, *self._sent.values()):
            _fail(message, LinkClosedError("the line to the broker was closed"))

    def _send_queued(self) -> None:
        while self._is_ready and self._queue and len(self._sent) < self._sent_limit:
            message = self._queue.popleft()
            if message.outcome.done():
                continue  # given up or cancelled meanwhile
            try:
                packet_id = self._hand_over(message.topic, message.payload)
            except ValueError as error:  # no topic one may publish on
                _fail(message, error)
                continue
            if packet_id is None:
                _fail(message, PublishRefusedError("the network has no room"))
            else:
                self._sent[packet_id] = message

    def _settle(self) -> None:
        self._is_settling = False
        self._progress_at_s = self._loop.time()
        while self._outcomes:
            packet_id, refusal = self._outcomes.popleft()
            message = self._sent.pop(packet_id, None)
            if message is None or message.outcome.done():
                continue
            if refusal is None:
                self.published_count += 1
                message.outcome.set_result(None)
            else:
                _fail(message, PublishRefusedError(f"the broker refused: {refusal}"))
        self._send_queued()

    def _watch_the_clock(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout_s, self._give_up)

    def _give_up(self) -> None:
        """Gives up what is due; looks again while anything waits."""
        self._timer = None
        due_before_s = self._loop.time() - self._timeout_s
        waiting = [each for each in (*self._sent.values(), *self._queue) if not each.outcome.done()]
        for message in waiting:
            if max(message.queued_at_s, self._progress_at_s) <= due_before_s:
                _fail(message, PublishTimeoutError(f"{message.topic}: no acknowledgement in time"))
        due_at_s = min(
            (
                max(each.queued_at_s, self._progress_at_s) + self._timeout_s
                for each in waiting
                if not each.outcome.done()
            ),
            default=None,
        )
        if due_at_s is not None:
            self._timer = self._loop.call_at(due_at_s, self._give_up)


def _fail(message: Message, error: Exception) -> None:
    if not message.outcome.done():
        message.outcome.set_exception(error)

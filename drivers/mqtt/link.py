"""A line to an MQTT broker for asyncio: frames in acknowledged batches, messages out.

Frames come at least once: the broker keeps each until its batch is acknowledged, and sends it
again on the next connection otherwise. What receives them must bear repetition.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from drivers.mqtt.errors import LinkClosedError
from drivers.mqtt.inbox import Arrival, Batch, Inbox
from drivers.mqtt.network import NetworkThread
from drivers.mqtt.publishing import Publishing
from drivers.mqtt.settings import MqttSettings


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """What a line has done since it was opened."""

    is_ready: bool
    received_count: int
    acknowledged_count: int
    waiting_count: int
    published_count: int
    unpublished_count: int
    connection_count: int
    lost_session_count: int


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MqttLink:
    """One line to a broker. Use it as `async with MqttLink(settings) as link`."""

    def __init__(self, settings: MqttSettings, now: Callable[[], datetime] = _utc_now) -> None:
        self.settings = settings
        self._now = now
        self._unacknowledged: deque[Batch] = deque()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Starts the network thread, which connects and keeps connecting. Does not wait for it."""
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._inbox = Inbox(self.settings.inbox_limit)
        self._publishing = Publishing(
            lambda topic, payload: self._network.publish(topic, payload),
            sent_limit=self.settings.publish_limit,
            queue_limit=self.settings.publish_queue_limit,
            timeout_s=self.settings.publish_timeout.total_seconds(),
        )
        self._network = NetworkThread(
            self.settings,
            self._inbox,
            self._now,
            on_ready=self._ready_changed,
            on_published=self._publishing.note_outcome,
            on_failed=self._failed,
        )
        self._network.start()

    async def close(self) -> None:
        """Sends acknowledgements given so far, says goodbye; unacknowledged frames come again."""
        self._inbox.close()
        self._publishing.close()
        await asyncio.to_thread(self._network.stop)

    async def ready(self) -> None:
        """Returns once connected and subscribed."""
        await self._ready.wait()

    async def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        """Batches of at most `max_count` frames, none older than `max_wait`; ends with the line.

        Acknowledge each once its frames are safe. The broker hears of it in the order of
        arrival, so a batch never acknowledged holds back those after it.
        """
        wait_s = max_wait.total_seconds()
        while not self._inbox.is_closed:
            await self._inbox.wait_for(1)
            await self._inbox.wait_for(max_count, wait_s)
            was_full = self._inbox.is_full
            arrivals = self._inbox.take(max_count)
            if was_full:
                self._network.wake()
            if arrivals and not self._inbox.is_closed:
                batch = Batch(arrivals, self._pass_acknowledgements_on)
                self._unacknowledged.append(batch)
                yield batch
        if self._inbox.failure is not None:
            raise LinkClosedError("the line to the broker failed") from self._inbox.failure

    async def publish(self, topic: str, payload: bytes) -> None:
        """Returns once the broker has acknowledged the message (with QoS 0, once it has left); sent
        in calling order.

        Raises `PublishTimeoutError` when for `publish_timeout` the broker has acknowledged
        nothing (it may still get the message: give orders an end of their own),
        `PublishRefusedError` or `LinkClosedError`, all of them OSError, and ValueError for a
        topic nobody may publish on.
        """
        await self._publishing.publish(topic, payload)

    @property
    def figures(self) -> LinkFigures:
        return LinkFigures(
            is_ready=self._ready.is_set(),
            received_count=self._inbox.received_count,
            acknowledged_count=self._network.acknowledged_count,
            waiting_count=len(self._inbox),
            published_count=self._publishing.published_count,
            unpublished_count=len(self._publishing),
            connection_count=self._network.session.connection_count,
            lost_session_count=self._network.session.lost_session_count,
        )

    def _pass_acknowledgements_on(self) -> None:
        """MQTT wants acknowledgements in the order of arrival: as far as batches are done."""
        done: list[Arrival] = []
        while self._unacknowledged and self._unacknowledged[0].is_acknowledged:
            done += self._unacknowledged.popleft().arrivals
        if done and not self._inbox.is_closed:
            self._network.acknowledge(done)

    def _failed(self, failure: BaseException) -> None:
        """Called by the network thread when it ends by a fault in this code."""
        self._loop.call_soon_threadsafe(self._inbox.close, failure)
        self._loop.call_soon_threadsafe(self._publishing.close)

    def _ready_changed(self, is_ready: bool) -> None:
        """Called by the network thread."""
        self._loop.call_soon_threadsafe(self._note_ready, is_ready)

    def _note_ready(self, is_ready: bool) -> None:
        self._publishing.set_ready(is_ready)
        if is_ready:
            self._ready.set()
        else:
            self._ready.clear()

"""The thread that holds the line to the broker: reads, acknowledges, publishes, comes back."""

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from random import uniform

from paho.mqtt.enums import MQTTErrorCode

from drivers.contract import Frame
from drivers.mqtt.bulk_client import BulkSocket
from drivers.mqtt.errors import StreamBrokenError
from drivers.mqtt.inbox import Arrival, Inbox
from drivers.mqtt.packets import KIND, PUBLISH, pubacks, read_publish
from drivers.mqtt.session import Session
from drivers.mqtt.settings import MqttSettings, MqttVersion

log = logging.getLogger(__name__)

_TICK_S = 1.0  # how often paho looks at its keep-alive


class NetworkThread:
    """Runs paho's external loop. Its methods may be called from the event loop's thread."""

    def __init__(
        self,
        settings: MqttSettings,
        inbox: Inbox,
        now: Callable[[], datetime],
        on_ready: Callable[[bool], None],
        on_published: Callable[[int, str | None], None],
        on_failed: Callable[[BaseException], None],
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._now = now
        self._on_ready = on_ready
        self._on_failed = on_failed
        self._has_properties = settings.version is MqttVersion.V5
        self._acknowledged: deque[list[Arrival]] = deque()
        self._is_stopping = False
        self._is_woken = False
        self._full_since_s: float | None = None
        self._delay_s = 0.0
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._wake_writer.setblocking(False)
        self.session = Session(settings, on_published)
        self._client = self.session.client
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self.acknowledged_count = 0

    # Called by the event loop.

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Sends what is acknowledged, says goodbye and ends; returns when it has."""
        self._is_stopping = True
        self.wake()
        self._thread.join()
        self._wake_reader.close()
        self._wake_writer.close()

    def wake(self) -> None:
        """Makes the thread look at what there is to do; one byte is enough until it has."""
        if self._is_woken:
            return
        self._is_woken = True
        with contextlib.suppress(BlockingIOError):  # a full pipe wakes it as well
            self._wake_writer.send(b"\0")

    def acknowledge(self, arrivals: list[Arrival]) -> None:
        self._acknowledged.append(arrivals)
        self.wake()

    def publish(self, topic: str, payload: bytes) -> int | None:
        """Hands a message to paho; its identifier, None when paho has no room for it."""
        sent = self._client.publish(topic, payload, qos=self._settings.publish_qos)
        self.wake()
        return None if sent.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE else sent.mid

    # The thread.

    def _run(self) -> None:
        try:
            self._keep_connected()
        except BaseException as failure:  # whoever waits for frames must hear of it
            log.exception("mqtt thread failed")
            self._on_failed(failure)

    def _keep_connected(self) -> None:
        while not self._is_stopping:
            try:
                self._serve(self.session.connect())
            except (OSError, StreamBrokenError) as error:
                log.warning("mqtt connection failed", extra={"error": str(error)})
            self._hang_up()
            if not self._is_stopping:
                self._wait_before_reconnecting()

    def _serve(self, bulk: BulkSocket) -> None:
        """One connection, from its first byte to its end."""
        next_tick_s = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_reader, selectors.EVENT_READ)
            watched = 0
            self._write(bulk)  # what paho has to say first
            while self._client.socket() is not None and not self._should_end():
                watched = self._watch(selector, bulk, watched)
                must_read = bulk.has_more_to_fill and not self._inbox.is_full
                ready = selector.select(0 if must_read else _TICK_S)
                readable = {key.fileobj for key, mask in ready if mask & selectors.EVENT_READ}
                self._drain_wakes()
                self._read(bulk, must_read or bulk in readable)
                self._write(bulk)
                if time.monotonic() >= next_tick_s:
                    next_tick_s = time.monotonic() + _TICK_S
                    self._client.loop_misc()
            self._say_goodbye(bulk)

    def _should_end(self) -> bool:
        return self._is_stopping or self._is_full_for_long()

    def _is_full_for_long(self) -> bool:
        """Nobody takes frames: hang up before the broker does, and let others have them."""
        if not self._inbox.is_full:
            self._full_since_s = None
            return False
        if self._full_since_s is None:
            self._full_since_s = time.monotonic()
        patience_s = self._settings.keepalive.total_seconds() / 2
        return time.monotonic() - self._full_since_s > patience_s

    def _watch(self, selector: selectors.BaseSelector, bulk: BulkSocket, watched: int) -> int:
        """Reading stops while the inbox is full: the broker, then its sender, hold back."""
        wanted = 0 if self._inbox.is_full else selectors.EVENT_READ
        if bulk.has_unsent:
            wanted |= selectors.EVENT_WRITE
        if wanted != watched:
            if watched:
                selector.unregister(bulk)
            if wanted:
                selector.register(bulk, wanted)
        return wanted

    def _drain_wakes(self) -> None:
        """From here on a call to `wake` counts again, and what was asked before is looked at."""
        with contextlib.suppress(BlockingIOError):
            self._wake_reader.recv(4096)
        self._is_woken = False

    def _read(self, bulk: BulkSocket, has_arrived: bool) -> None:
        if has_arrived:
            bulk.fill()
        self._take_packets(bulk)
        if bulk.is_at_end:
            self._client.loop_read()  # paho finds the end and says why

    def _take_packets(self, bulk: BulkSocket) -> None:
        received_at = self._now()
        while not self._inbox.is_full:
            span = bulk.next_packet()
            if span is None:
                break
            if span.header & KIND == PUBLISH:
                topic, payload, packet_id = read_publish(bulk.received, span, self._has_properties)
                bulk.skip(span)
                frame = Frame(topic, payload, received_at)
                self._inbox.put(Arrival(frame, packet_id, self.session.connection))
            else:
                bulk.grant(span)
                if self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    return
                if self.session.take_readiness():
                    self._on_ready(True)
        self._inbox.notify()

    def _write(self, bulk: BulkSocket) -> None:
        while self._acknowledged:
            arrivals = self._acknowledged.popleft()
            # An identifier of an earlier connection may by now stand for another message.
            packet_ids = [
                arrival.packet_id
                for arrival in arrivals
                if arrival.packet_id and arrival.connection == self.session.connection
            ]
            if packet_ids:
                bulk.send(pubacks(packet_ids))
                self.acknowledged_count += len(packet_ids)
        if self._client.want_write():
            self._client.loop_write()
        if self._client.socket() is not None:
            bulk.flush()

    def _say_goodbye(self, bulk: BulkSocket) -> None:
        if self._client.socket() is None:
            return
        if self._is_stopping:
            self._write(bulk)
        else:
            log.warning("mqtt line given up", extra={"waiting_count": len(self._inbox)})
        bulk.lingers = True
        self._client.disconnect()
        self._client.loop_write()

    def _hang_up(self) -> None:
        self.session.end()
        self._on_ready(False)

    def _wait_before_reconnecting(self) -> None:
        """Longer after each failure, never all workers at once; and while the inbox is full."""
        if self.session.has_connected_last:
            self._delay_s = 0.0
        smallest = self._settings.reconnect_delay_min.total_seconds()
        largest = self._settings.reconnect_delay_max.total_seconds()
        self._delay_s = min(max(self._delay_s * 2, smallest), largest)
        end_s = time.monotonic() + self._delay_s * uniform(0.5, 1.0)
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_reader, selectors.EVENT_READ)
            while not self._is_stopping:
                left_s = end_s - time.monotonic()
                if left_s <= 0 and not self._inbox.is_full:
                    return
                selector.select(max(left_s, _TICK_S / 10))
                self._drain_wakes()

"""Connects a simulated street to a real broker, and lets it live by a clock.

Both network servers share the broker here; each keeps to its own topics.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from kit.clock import Clock
from kit.log import get_logger
from simulator.servers import SERVERS
from simulator.servers.model import BadCommandError, Message, QueuedDownlink
from simulator.sharing import SharedCity
from simulator.street import Street

log = get_logger()

TICK_S = 0.5
# A stretch of simulated time longer than this is lived in steps, so that reports keep their
# rhythm when the clock runs fast or the process was held up.
STEP_MAX = timedelta(minutes=1)
# What the smallest broker takes without losing anything; after a pause the street catches up at
# this pace instead of flooding it.
PUBLISHED_PER_S_MAX = 3000
WAITING_MAX = 200_000
CONNECT_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class BrokerLogin:
    """Where the network server's broker is."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None


class BrokerUnreachableError(ConnectionError):
    """The broker does not answer; the text says where it was looked for."""


class Speaker:
    """The network server's side of the broker for one simulated street."""

    def __init__(
        self, street: Street, clock: Clock, login: BrokerLogin, shared: SharedCity | None = None
    ) -> None:
        self._street = street
        self._shared = shared or SharedCity(street.city)
        self._clock = clock
        self._login = login
        self._orders: deque[QueuedDownlink] = deque()
        self._is_connected = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id="simulated-network-server", clean_session=False
        )
        self._client.max_queued_messages_set(WAITING_MAX)
        if login.username is not None:
            self._client.username_pw_set(login.username, login.password)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    def run(self, stop: threading.Event, after_tick: Callable[[], None]) -> None:
        """Live until `stop` is set; `after_tick` is called between ticks (to keep state)."""
        self._client.connect_async(self._login.host, self._login.port)
        self._client.loop_start()
        try:
            if not self._is_connected.wait(CONNECT_TIMEOUT_S):
                raise BrokerUnreachableError(
                    f"no MQTT broker answers at {self._login.host}:{self._login.port}"
                )
            while not stop.wait(TICK_S):
                with self._shared.alone():
                    self._live()
                    after_tick()
        finally:
            self._client.disconnect()
            self._client.loop_stop()

    def _live(self) -> None:
        """Bring the street towards the present and publish what was heard."""
        orders = [self._orders.popleft() for _ in range(len(self._orders))]
        self._street.receive(orders, self._street.city.at)
        for message in lived(self._street, self._clock.now(), PUBLISHED_PER_S_MAX * TICK_S):
            self._client.publish(message.topic, message.payload, qos=1)

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(
            [(one, 1) for server in SERVERS.values() for one in server.command_filters]
        )
        self._is_connected.set()
        log.info("simulated network server connected", lamps=len(self._street.city.lamps))

    def _on_disconnect(self, *_: object) -> None:
        log.warning("simulated network server disconnected")

    def _on_message(self, _: mqtt.Client, __: object, message: mqtt.MQTTMessage) -> None:
        try:
            server = next(
                one
                for one in SERVERS.values()
                if any(mqtt.topic_matches_sub(each, message.topic) for each in one.command_filters)
            )
            self._orders.append(server.read_command(message.topic, bytes(message.payload)))
        except BadCommandError as error:
            log.warning("downlink request refused", reason=str(error))


def lived(street: Street, until: datetime, count: float) -> Iterator[Message]:
    """Move a street towards `until`, and stop on the way once `count` messages were heard."""
    while street.city.at < until and count > 0:
        heard = street.tick(min(until, street.city.at + STEP_MAX))
        yield from (message for _, message in heard)
        count -= len(heard)

"""A network server that publishes the counters of a street and knows what the broker has taken."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from types import TracebackType
from typing import Any, NamedTuple
from uuid import UUID

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from app.embedded.broker import BrokerAddress
from drivers.lorawan.nas.uplinks import encode_usage_uplink
from simulator.model import Lamp
from simulator.servers import SERVERS
from simulator.servers.model import HeardFrame, Message

APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"
COUNTER_START_WH = 10_000
COUNTER_STEP_WH = 5
MINUTE = timedelta(minutes=1)
# Between two frames, on average: a few hundred a second, some batches each.
PAUSE_MEAN_S = 0.004


class Counter(NamedTuple):
    """One reading, as it has to be stored."""

    controller_key: int
    at: datetime
    active_energy_wh: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What a lamp reports, and the message that brings it."""

    counter: Counter
    message: Message


class NetworkServer:
    """Publishes at QoS 1 over one persistent session; it connects again by itself."""

    def __init__(self, address: BrokerAddress, random: Random) -> None:
        self._address = address
        self._random = random
        # paho holds a lock of its own while it calls back, and another while it publishes: a lock
        # of ours around both would close the circle. A set and a sum need none.
        self._taken: set[int] = set()
        self._said_count = 0
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id="network-server", clean_session=False
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish

    def __enter__(self) -> "NetworkServer":
        self._client.connect(self._address.host, self._address.port)
        self._client.loop_start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def waiting_count(self) -> int:
        """Messages said that the broker has not taken yet."""
        return self._said_count - len(self._taken)

    def say(self, message: Message) -> None:
        """Hand one message over; it leaves as soon as there is a broker."""
        self._client.publish(message.topic, message.payload, qos=1)
        self._said_count += 1

    def say_all(self, frames: Iterable[Frame]) -> None:
        """Say one frame after the other at random moments; for a thread of its own."""
        pause = threading.Event()
        for frame in frames:
            self.say(frame.message)
            pause.wait(self._random.expovariate(1 / PAUSE_MEAN_S))

    def _on_publish(self, _: Any, __: Any, packet_id: int, *___: Any) -> None:
        self._taken.add(packet_id)


def lamp_at(address: str) -> Lamp:
    """A lamp that speaks under this network address."""
    return Lamp(address, f"chirpstack:{APPLICATION}", "0016c001f153a14c", 60.0, 0.5, 47.32, 5.04)


def frames_of(
    addresses: dict[int, str], start: datetime, round_count: int, random: Random
) -> list[Frame]:
    """Every lamp's counter (addresses by controller key), round after round, a minute apart."""
    return [
        _frame(key, address, start + turn * MINUTE, turn, random)
        for turn in range(round_count)
        for key, address in addresses.items()
    ]


def greeting(address: str, at: datetime, random: Random) -> Message:
    """The frame of a lamp that nobody has registered: it ends in quarantine."""
    return _frame(0, address, at, 0, random).message


def _frame(key: int, address: str, at: datetime, turn: int, random: Random) -> Frame:
    energy_wh = COUNTER_START_WH + turn * COUNTER_STEP_WH
    said = encode_usage_uplink(active_energy_wh=energy_wh, active_power_w=60)
    identifier = UUID(int=random.getrandbits(128), version=4)
    heard = HeardFrame(said.port, said.payload, at, turn, identifier, snr_db=7)
    message = SERVERS["chirpstack"].uplink(lamp_at(address), heard)
    return Frame(Counter(key, at, energy_wh), message)

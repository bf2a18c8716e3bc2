"""Messages of cellular controllers over our broker: each becomes a frame that names its network and
its profile, for only the profile can tell whose it is."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from drivers.cellular.codec import JsonLamp
from drivers.contract import Frame, PortFrame
from drivers.errors import EncodeError, RefusedByDeviceError, UnknownTopicError

TOPIC_WORD = "mqtt"


class Batch(Protocol):
    """Frames a broker handed over together."""

    @property
    def frames(self) -> Sequence[Frame]: ...

    def acknowledge(self) -> None: ...


class Broker(Protocol):
    """A line to a broker, as `drivers.mqtt.MqttLink` is."""

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]: ...

    async def publish(self, topic: str, payload: bytes) -> None: ...


class NamedBatch(NamedTuple):
    """A batch whose frames name network and profile."""

    frames: Sequence[Frame]
    origin: Batch

    def acknowledge(self) -> None:
        """Tell the broker that they are stored."""
        self.origin.acknowledge()


class Origin(NamedTuple):
    """Where a frame came from: network, profile, and the device's own topic."""

    network: str
    profile: str
    topic: str


class CellularLink:
    """The messages of one network. `name` is the second word of its name, `mqtt:<name>`."""

    def __init__(
        self,
        broker: Broker,
        name: str,
        profile: str,
        codec: object,
        now: Callable[[], datetime],
    ) -> None:
        self._broker = broker
        self._now = now
        self._name = name
        self._profile = profile
        self._codec = codec

    async def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[NamedBatch]:
        """What devices publish; the broker forgets a batch once it is acknowledged."""
        async for batch in self._broker.batches(max_count, max_wait):
            named = [
                Frame(topic_of(self._name, self._profile, one.topic), one.payload, one.received_at)
                for one in batch.frames
            ]
            yield NamedBatch(named, batch)

    async def send(
        self, address: str, frame: PortFrame, *, order_id: str, expires_at: datetime | None
    ) -> None:
        """Return once the broker has taken the order; what came of it, the device's next report
        tells. Raises `LinkError`."""
        if not isinstance(self._codec, JsonLamp):
            raise EncodeError(f"profile {self._profile} takes no orders")
        if expires_at is not None and expires_at <= self._now():
            raise RefusedByDeviceError(f"the order {order_id} expired at {expires_at.isoformat()}")
        await self._broker.publish(self._codec.topic_for(address), frame.payload)


def topic_of(network: str, profile: str, topic: str) -> str:
    """The topic of a frame: `mqtt/<network>/<maker>/<model>/<the device's topic>`."""
    return f"{TOPIC_WORD}/{network}/{profile}/{topic}"


def origin_of(topic: str) -> Origin:
    """What the topic of a frame names; raises `DecodeError`."""
    words = topic.split("/", 4)
    if len(words) < 5 or words[0] != TOPIC_WORD:
        raise UnknownTopicError(f"{topic[:100]!r} is no topic of a cellular network")
    return Origin(words[1], f"{words[2]}/{words[3]}", words[4])

"""How to reach a broker, and the limits of the line to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

# What a broker may have sent and we have not acknowledged; the field is 16 bits wide.
RECEIVE_MAXIMUM = 65_535


class MqttVersion(StrEnum):
    """Protocol versions; 5 lets the broker hold back what the inbox has no room for."""

    V3_1_1 = "3.1.1"
    V5 = "5"


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Files in PEM; without a certificate authority the system's are used."""

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """One line to a broker.

    The session is persistent: `client_id` must stay the same over restarts, and be another for
    each process. With `share_group`, processes of the same group share the messages.
    """

    host: str
    port: int
    client_id: str
    subscriptions: Sequence[str] = ()
    share_group: str | None = None
    username: str | None = None
    password: str | None = None
    tls: TlsSettings | None = None
    version: MqttVersion = MqttVersion.V3_1_1
    keepalive: timedelta = timedelta(seconds=60)
    session_expiry: timedelta = timedelta(days=7)  # how long a version 5 broker keeps the session
    inbox_limit: int = 20_000  # frames waiting to be taken
    publish_qos: Literal[0, 1] = 1  # 0 for a server that acknowledges nothing: sent is all we know
    publish_limit: int = 1_000  # messages sent and not yet acknowledged by the broker
    publish_queue_limit: int = 250_000  # messages waiting to be sent: a large city at once
    publish_timeout: timedelta = timedelta(seconds=10)  # without a sign of the broker
    reconnect_delay_min: timedelta = timedelta(seconds=1)
    reconnect_delay_max: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        if not self.client_id:
            raise ValueError("a persistent session needs a client_id")
        for limit in ("inbox_limit", "publish_limit", "publish_queue_limit"):
            if getattr(self, limit) < 1:
                raise ValueError(f"{limit} must be at least 1")
        for each in self.subscriptions:
            if not _is_filter(each):
                raise ValueError(f"subscriptions: {each!r} is no topic filter")

    @property
    def filters(self) -> list[str]:
        """Topic filters to subscribe to."""
        if self.share_group is None:
            return list(self.subscriptions)
        return [f"$share/{self.share_group}/{each}" for each in self.subscriptions]


def _is_filter(text: str) -> bool:
    """MQTT 3.1.1, section 4.7: `+` fills a level, `#` fills the last one."""
    levels = text.split("/")
    are_filled = all(level in ("+", "#") or not set(level) & set("+#") for level in levels)
    return bool(text) and are_filled and "#" not in levels[:-1]

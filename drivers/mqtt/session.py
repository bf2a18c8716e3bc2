"""What paho keeps and tells of a line: connected, subscribed, published, lost."""

import logging
from collections.abc import Callable
from typing import Any, cast

from paho.mqtt.client import ConnectFlags, DisconnectFlags
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from drivers.mqtt.bulk_client import BulkClient, BulkSocket
from drivers.mqtt.settings import RECEIVE_MAXIMUM, MqttSettings, MqttVersion
from drivers.mqtt.stream import open_stream

log = logging.getLogger(__name__)

QOS = 1
NOT_CONNECTED = 0


class Session:
    """A persistent session over any number of connections; used by the network thread."""

    def __init__(
        self, settings: MqttSettings, on_published: Callable[[int, str | None], None]
    ) -> None:
        self._settings = settings
        self._on_published = on_published
        self._becomes_ready = False
        self.connection = NOT_CONNECTED  # the number of the connection that stands
        self.connection_count = 0
        self.lost_session_count = 0
        self.has_connected_last = False
        self.client = self._make_client()

    def connect(self) -> BulkSocket:
        """A new connection, on which nothing has been said yet; raises OSError."""
        self.has_connected_last = False
        self.client.reconnect()
        if self.client.bulk is None:
            raise OSError("paho opened no socket")
        return self.client.bulk

    def end(self) -> None:
        """The connection is over, whoever ended it."""
        self.connection = NOT_CONNECTED
        self._becomes_ready = False
        if self.client.bulk is not None:
            self.client.bulk.close()

    def take_readiness(self) -> bool:
        """True once a connection, when connected and subscribed."""
        becomes_ready, self._becomes_ready = self._becomes_ready, False
        return becomes_ready

    def _make_client(self) -> BulkClient:
        settings = self._settings
        is_v5 = settings.version is MqttVersion.V5
        client = BulkClient(
            lambda: open_stream(settings),
            client_id=settings.client_id,
            clean_session=None if is_v5 else False,
            protocol=MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        # Unlimited: the line has its own limit, and paho's looks through all for each PUBACK.
        client.max_inflight_messages_set(0)
        client.max_queued_messages_set(2 * settings.publish_limit)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected
        client.on_publish = self._published
        client.on_socket_register_write = lambda *_: None  # we write, not the caller's thread
        if settings.username is not None:
            client.username_pw_set(settings.username, settings.password)
        client.connect_async(
            settings.host,
            settings.port,
            keepalive=round(settings.keepalive.total_seconds()),
            clean_start=False,
            properties=self._connect_properties() if is_v5 else None,
        )
        return client

    def _connect_properties(self) -> Any:
        properties: Any = cast("Any", Properties)(PacketTypes.CONNECT)  # untyped in paho
        properties.SessionExpiryInterval = round(self._settings.session_expiry.total_seconds())
        properties.ReceiveMaximum = min(self._settings.inbox_limit, RECEIVE_MAXIMUM)
        return properties

    def _connected(
        self, client: Any, userdata: Any, flags: ConnectFlags, reason: ReasonCode, _: Any
    ) -> None:
        if reason.is_failure:
            log.error("mqtt connection refused", extra={"reason": str(reason)})
            return
        if self.connection_count and not flags.session_present:
            self.lost_session_count += 1
            log.error("mqtt session lost: the broker forgot what it had not delivered")
        self.connection_count += 1
        self.connection = self.connection_count
        self.has_connected_last = True
        log.info("mqtt connected", extra={"session_present": bool(flags.session_present)})
        filters = self._settings.filters
        if filters:
            self.client.subscribe([(each, QOS) for each in filters])
        else:
            self._becomes_ready = True

    def _subscribed(
        self, client: Any, userdata: Any, mid: int, reasons: list[ReasonCode], _: Any
    ) -> None:
        for each, reason in zip(self._settings.filters, reasons, strict=True):
            if reason.is_failure:
                refusal = {"filter": each, "reason": str(reason)}
                log.error("mqtt subscription refused", extra=refusal)
        self._becomes_ready = True

    def _disconnected(
        self, client: Any, userdata: Any, flags: DisconnectFlags, reason: ReasonCode, _: Any
    ) -> None:
        if reason.is_failure:
            log.warning("mqtt connection lost", extra={"reason": str(reason)})

    def _published(self, client: Any, userdata: Any, mid: int, reason: ReasonCode, _: Any) -> None:
        self._on_published(mid, str(reason) if reason.is_failure else None)

"""The line to ChirpStack: one for all its applications, through our broker.

Uplinks and orders have connections of their own: when uplinks pile up, the broker's answers to
orders must not wait behind them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from app.lines.line import Surroundings, UnknownNetworkError
from app.lines.orders import words_of
from app.wiring import MissingSettingError
from drivers.lorawan import chirpstack
from drivers.mqtt import MqttLink, MqttSettings, TlsSettings
from kit.settings import Settings
from lighting.control.model import Order
from lighting.ingest.intake import Batch


class ChirpStackLine:
    """Two connections to the broker, seen as one line."""

    def __init__(self, uplinks: MqttLink, orders: MqttLink) -> None:
        self._uplinks = uplinks
        self._orders = orders

    def is_open(self) -> bool:
        """Whether the broker can be heard."""
        return self._uplinks.figures.is_ready

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        return self._uplinks.batches(max_count, max_wait)

    async def send(self, order: Order) -> None:
        await self._orders.publish(*message_for(order))


@asynccontextmanager
async def open_line(around: Surroundings) -> AsyncIterator[ChirpStackLine]:
    """The line for every ChirpStack application that speaks through our broker."""
    uplinks = link_settings(around.settings)
    client_id = f"{uplinks.client_id}-orders"
    orders = replace(uplinks, client_id=client_id, subscriptions=(), share_group=None)
    async with MqttLink(uplinks, around.now) as up, MqttLink(orders, around.now) as down:
        yield ChirpStackLine(up, down)


def message_for(order: Order) -> tuple[str, bytes]:
    """Topic and payload that carry an order to its controller."""
    _, _, application_id = order.network.partition(":")
    if not application_id:
        raise UnknownNetworkError(
            f"{order.network!r} is not a network; write chirpstack:<application id>"
        )
    words = words_of(order)
    return chirpstack.downlink(
        application_id,
        order.address,
        words.port,
        words.payload,
        queue_item_id=str(order.delivery_id),
        expires_at=order.expires_at,
    )


def link_settings(settings: Settings) -> MqttSettings:
    """How our broker is reached, and what to listen to there."""
    mqtt = settings.mqtt
    if mqtt.host is None:
        raise MissingSettingError(
            "REVERBERE_MQTT__HOST is missing; name your broker "
            "(or use 'reverbere run', which starts its own)"
        )
    tls = TlsSettings(mqtt.ca_file, mqtt.client_certificate_file, mqtt.client_key_file)
    return MqttSettings(
        host=mqtt.host,
        port=mqtt.port,
        client_id=mqtt.client_id,
        subscriptions=[settings.chirpstack.topic_filter],
        share_group=mqtt.shared_group,
        username=mqtt.username,
        password=mqtt.password.get_secret_value() if mqtt.password else None,
        tls=tls if mqtt.tls else None,
    )

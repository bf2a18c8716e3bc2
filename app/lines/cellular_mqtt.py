"""The line to cellular controllers that publish to our broker, by what their profile says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from app.lines.chirpstack import link_settings
from app.lines.line import Line, Surroundings
from app.lines.orders import words_of
from drivers import profiles
from drivers.cellular.link import CellularLink
from drivers.mqtt import MqttLink
from lighting.control.model import Order
from lighting.ingest.intake import Batch
from lighting.networks.kinds import CellularMqttSettings
from lighting.networks.model import FieldNetworkView


class CellularMqttLine:
    """One connection to the broker for reports and orders, seen as a line."""

    def __init__(self, link: CellularLink) -> None:
        self.link = link

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        return self.link.batches(max_count, max_wait)

    async def send(self, order: Order) -> None:
        await self.link.send(
            *(order.address, words_of(order)),
            order_id=str(order.delivery_id),
            expires_at=order.expires_at,
        )


@asynccontextmanager
async def open_line(network: FieldNetworkView, around: Surroundings) -> AsyncIterator[Line]:
    """What comes by the network's topics."""
    asked = CellularMqttSettings.model_validate(network.settings)
    ours = link_settings(around.settings)
    settings = replace(
        ours,
        client_id=f"{ours.client_id}-{network.where}",
        subscriptions=[asked.topic_filter],
        share_group=None,
    )
    codec = profiles.driver(asked.profile)
    async with MqttLink(settings, around.now) as broker:
        yield CellularMqttLine(
            CellularLink(broker, network.where, asked.profile, codec, around.now)
        )

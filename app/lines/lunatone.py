"""The line to a Lunatone DALI-2 IoT gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from app.lines.line import Line, Surroundings
from app.lines.orders import words_of
from drivers.lunatone import LinkSettings, LunatoneLink
from lighting.control.model import Order
from lighting.ingest.intake import Batch
from lighting.networks.kinds import LunatoneSettings, settings_of
from lighting.networks.model import FieldNetworkView


class LunatoneLine:
    """A link as the switchboard sees it."""

    def __init__(self, link: LunatoneLink) -> None:
        self.link = link

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        return self.link.batches(max_count, max_wait)

    async def send(self, order: Order) -> None:
        await self.link.send(
            order.address,
            words_of(order),
            order_id=str(order.delivery_id),
            expires_at=order.expires_at,
        )


@asynccontextmanager
async def open_line(network: FieldNetworkView, around: Surroundings) -> AsyncIterator[Line]:
    """The line to one gateway; its gear is found and asked as soon as it answers."""
    settings = settings_of(network.kind, network.settings)
    assert isinstance(settings, LunatoneSettings)
    async with LunatoneLink(LinkSettings(network.where, settings.url), around.now) as link:
        yield LunatoneLine(link)

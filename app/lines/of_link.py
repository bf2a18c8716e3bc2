"""A driver's link as a line: most drivers speak alike, and only their opening differs."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from app.lines.orders import words_of
from drivers.contract import PortFrame
from lighting.control.model import Order
from lighting.ingest.intake import Batch


class Link(Protocol):
    """What drivers give: frames in batches, and orders taken to an address."""

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        """Frames as they come."""

    async def send(
        self, address: str, frame: PortFrame, /, *, order_id: str, expires_at: datetime | None
    ) -> None:
        """Return once the device, or its server, has taken the order; raises `LinkError`."""


LinkT = TypeVar("LinkT", bound=Link)


class LineOfLink(Generic[LinkT]):
    """The line of one link; its orders are in the words of their device's profile."""

    def __init__(self, link: LinkT) -> None:
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

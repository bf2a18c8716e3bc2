"""Orders for devices that sleep: they wait here until the device is heard, or until they expire.

The newest order for an object takes the place of the one before, so that a device that wakes does
what is wanted now, not what was wanted yesterday.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from drivers.contract import PortFrame


class WaitingOrder(NamedTuple):
    """An order, its identifier, and until when it may be carried out."""

    frame: PortFrame
    order_id: str
    expires_at: datetime | None


class Waiting:
    """One order for each object of each device."""

    def __init__(self) -> None:
        self._orders: dict[str, dict[int, WaitingOrder]] = {}

    def __len__(self) -> int:
        return sum(len(orders) for orders in self._orders.values())

    def put(self, endpoint: str, order: WaitingOrder) -> None:
        """Let an order wait; it replaces an older one for the same object."""
        self._orders.setdefault(endpoint, {})[order.frame.port] = order

    def put_back(self, endpoint: str, order: WaitingOrder) -> None:
        """Let an order wait on, unless a newer one came meanwhile."""
        self._orders.setdefault(endpoint, {}).setdefault(order.frame.port, order)

    def has(self, endpoint: str) -> bool:
        """Whether an order waits for this device."""
        return endpoint in self._orders

    def take(self, endpoint: str, now: datetime) -> list[WaitingOrder]:
        """The orders of a device that is awake; those that have expired are gone."""
        orders = self._orders.pop(endpoint, {})
        return [one for one in orders.values() if one.expires_at is None or one.expires_at > now]

    def drop_expired(self, now: datetime) -> None:
        """Forget orders that may not be carried out any more."""
        for endpoint in list(self._orders):
            kept: Iterable[WaitingOrder] = self.take(endpoint, now)
            for order in kept:
                self.put(endpoint, order)

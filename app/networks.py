"""Sends orders to the field: the profile says how, the network's name says where."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from drivers import profiles
from drivers.contract import Dims
from drivers.errors import EncodeError
from drivers.lorawan import chirpstack
from kit.log import get_logger
from lighting.control.model import Order

log = get_logger()

# Networks are named `kind:where`: for ChirpStack, `chirpstack:<application id>`.
CHIRPSTACK = "chirpstack"


class Publishes(Protocol):
    """Publishes one message; returns once the broker has taken it."""

    async def publish(self, topic: str, payload: bytes) -> None: ...


class UnknownNetworkError(ValueError):
    """A controller names a network nobody speaks."""


def message_for(order: Order) -> tuple[str, bytes]:
    """Topic and payload that carry an order to its controller."""
    kind, _, where = order.network.partition(":")
    if kind != CHIRPSTACK or not where:
        raise UnknownNetworkError(
            f"{order.network!r} is not a network; write {CHIRPSTACK}:<application id>"
        )
    driver = profiles.driver(order.profile)
    if not isinstance(driver, Dims):
        raise EncodeError(f"profile {order.profile} takes no levels")
    downlink = driver.set_level(order.level_percent)
    return chirpstack.downlink(
        where,
        order.address,
        downlink.port,
        downlink.payload,
        queue_item_id=str(order.delivery_id),
        expires_at=order.expires_at,
    )


async def send_all(link: Publishes, orders: Sequence[Order], now: datetime) -> int:
    """Send orders side by side; one that cannot leave is tried again after its pause."""
    results = await asyncio.gather(*(_send(link, order) for order in orders))
    sent = sum(results)
    if orders:
        log.info("orders sent", sent=sent, failed=len(orders) - sent, at=now.isoformat())
    return sent


async def _send(link: Publishes, order: Order) -> bool:
    try:
        await link.publish(*message_for(order))
    except (OSError, TimeoutError, ValueError) as error:
        log.warning(
            "order not sent",
            delivery_id=str(order.delivery_id),
            controller_key=order.controller_key,
            error=str(error),
        )
        return False
    return True

"""Hands queued orders to the field networks, at the pace of each gateway.

An order is marked as sent and the mark is committed before it leaves: if the process dies in
between, the missing echo brings the order back after its pause. The reverse order could send
twice without knowing, or keep sending what was already given up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from lighting.control import deliveries
from lighting.control.model import Order
from lighting.control.rules import pace, retry_after
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import LatestState


@dataclass(frozen=True, slots=True)
class Address:
    """How a controller is reached."""

    address: str
    network: str
    profile: str


async def hand_out(
    session: AsyncSession,
    addresses: Mapping[int, Address],
    now: datetime,
    elapsed: timedelta,
    *,
    elsewhere: Collection[int] = (),
) -> Sequence[Order]:
    """The orders that leave now, marked as sent; at most what each gateway may send in `elapsed`.

    Orders to the controllers `elsewhere` are left to the worker that holds their line. Send these
    after the commit of this transaction.
    """
    due = [
        row
        for row in await deliveries.due(session, now, elsewhere)
        if row["controller_key"] in addresses
    ]
    states = await telemetry.latest(session, [row["controller_key"] for row in due])
    orders = [
        _order(row, addresses[row["controller_key"]], states.get(row["controller_key"]))
        for row in due
    ]
    leaving = pace(orders, elapsed)
    if leaving:
        await deliveries.mark_sent(
            session,
            [order.delivery_id for order in leaving],
            [now + retry_after(order.attempts + 1) for order in leaving],
            now,
        )
    return leaving


def _order(row: Any, to: Address, seen: LatestState | None) -> Order:
    """An order with the gateway that heard its controller best; unheard ones share a queue."""
    gateway = seen.gateway_address if seen is not None else None
    return Order(
        delivery_id=row["id"],
        controller_key=row["controller_key"],
        address=to.address,
        network=to.network,
        profile=to.profile,
        gateway=gateway or to.network,
        level_percent=row["level_percent"],
        attempts=row["attempts"],
        expires_at=row["expires_at"],
    )

"""Hands queued orders to the field networks, at the pace of each gateway.

An order is marked as sent and the mark is committed before it leaves: if the process dies in
between, the missing echo brings the order back after its pause. The reverse order could send
twice without knowing, or keep sending what was already given up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Admission:
    """What may leave now: `leaving` one by one; `carried` by a frame to their group, with when
    each is tried again; `held` are due again at their instants; all others at the next look."""

    leaving: Sequence[Order]
    carried: Mapping[UUID, datetime] = field(default_factory=dict)
    held: Mapping[UUID, datetime] = field(default_factory=dict)


class Pacing(Protocol):
    """Decides which of the due orders leave now."""

    async def admit(
        self, session: AsyncSession, orders: Sequence[Order], now: datetime, elapsed: timedelta
    ) -> Admission:
        """Decide on due orders, oldest first; `elapsed` since the last time."""


class PerGateway:
    """So many orders a second for each gateway: where the air is not accounted for."""

    async def admit(
        self, session: AsyncSession, orders: Sequence[Order], now: datetime, elapsed: timedelta
    ) -> Admission:
        return Admission(pace(orders, elapsed))


async def hand_out(
    session: AsyncSession,
    addresses: Mapping[int, Address],
    now: datetime,
    elapsed: timedelta,
    *,
    elsewhere: Collection[int] = (),
    pacing: Pacing | None = None,
) -> Sequence[Order]:
    """The orders that leave now, marked as sent: those that `pacing` admits.

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
    admitted = await (pacing or PerGateway()).admit(session, orders, now, elapsed)
    await _write_down(session, admitted, now)
    return admitted.leaving


async def _write_down(session: AsyncSession, admitted: Admission, now: datetime) -> None:
    again = {order.delivery_id: now + retry_after(order.attempts + 1) for order in admitted.leaving}
    again.update(admitted.carried)
    if again:
        await deliveries.mark_sent(session, list(again), list(again.values()), now)
    if admitted.held:
        await deliveries.postpone(session, list(admitted.held), list(admitted.held.values()))


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
        command_id=row["command_id"],
    )

"""A light that got another controller, or that must prove itself: what was confirmed is not known
any more, so that the next tick orders the desired level again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.control import deliveries, repository, service
from lighting.control.model import ControlledLight, DeliveryState, NewOrder
from lighting.control.tables import Command
from lighting.registry.model import EquipmentInstalled, EquipmentKind, EquipmentRemoved


@dataclass(frozen=True, slots=True)
class Standing:
    """How a light stands towards one command: what it confirmed, and how far the order came."""

    desired_reason: str | None = None
    confirmed_level_percent: int | None = None
    confirmed_at: datetime | None = None
    order_state: DeliveryState | None = None
    order_detail: str | None = None
    order_attempts: int = 0


async def note_installed(session: AsyncSession, event: EquipmentInstalled, at: datetime) -> None:
    """Reaction: a controller that went up holds no level we know of, and gets its orders anew."""
    if event.kind == EquipmentKind.CONTROLLER:
        await ask_again(session, [event.light_point_id], confirmed_until=at)


async def note_removed(session: AsyncSession, event: EquipmentRemoved, at: datetime) -> None:
    """Reaction: what a controller confirmed left with it."""
    if event.kind == EquipmentKind.CONTROLLER:
        await ask_again(session, [event.light_point_id], confirmed_until=at)


async def ask_again(
    session: AsyncSession, light_point_ids: Sequence[UUID], *, confirmed_until: datetime
) -> None:
    """Forget levels confirmed up to an instant and the orders open since before it; the next tick
    makes new orders. Done twice, it changes nothing that was confirmed in between."""
    await deliveries.forget_confirmed(session, light_point_ids, confirmed_until)
    await deliveries.supersede_made_before(session, light_point_ids, confirmed_until)


async def order_now(
    session: AsyncSession, light: ControlledLight, controller_key: int, command: Command
) -> None:
    """Queue the order of a command that has just been made, without waiting for the tick, even
    where the light holds that level already: its answer is the proof that is wanted."""
    await ask_again(session, [light.light_point_id], confirmed_until=command.created_at)
    order = NewOrder(
        light_point_id=light.light_point_id,
        organisation_id=light.organisation_id,
        controller_key=controller_key,
        level_percent=command.level_percent,
        command_id=command.id,
        command_ends_at=command.expires_at,
    )
    await session.flush()  # the order refers to its command
    await deliveries.add_orders(session, [order], command.created_at)


async def standing(session: AsyncSession, light_point_id: UUID, command_id: UUID) -> Standing:
    """How a light stands towards a command."""
    levels = next(iter(await repository.levels_of(session, [light_point_id])), None)
    orders = [
        order
        for order in await service.deliveries(
            session, Caller.system("control"), command_id, after=None, limit=200
        )
        if order.light_point_id == light_point_id
    ]
    last = max(orders, key=lambda order: order.created_at, default=None)
    return Standing(
        desired_reason=levels["desired_reason"] if levels else None,
        confirmed_level_percent=levels["acknowledged_level_percent"] if levels else None,
        confirmed_at=levels["acknowledged_at"] if levels else None,
        order_state=DeliveryState(last.state) if last else None,
        order_detail=last.detail if last else None,
        order_attempts=last.attempts if last else 0,
    )

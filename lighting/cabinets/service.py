"""Use cases of cabinets: switch their contactors, see the step of their power."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller, Role
from kit.access.scope import visible
from kit.errors import ConflictError, NotFoundError
from lighting.cabinets import repository, switching
from lighting.cabinets.compute import MINUTE
from lighting.cabinets.compute import power_step as step_between
from lighting.cabinets.devices import device_of, install_device, note, remove_device
from lighting.cabinets.model import ContactRole, Direction, PowerStep
from lighting.cabinets.switching import hand_out, tick
from lighting.cabinets.tables import CabinetChannel, Contactor, SwitchOrder
from lighting.cabinets.viewing import energy, live, readings
from lighting.cabinets.watching import supervise
from lighting.control.model import DeliveryState
from lighting.control.rules import command_end
from lighting.registry.network import service as network

__all__ = [
    "cancel",
    "energy",
    "forget",
    "hand_out",
    "install_device",
    "live",
    "power_step",
    "readings",
    "remove_device",
    "supervise",
    "switch",
    "switches",
    "tick",
]

# Power before and after an event is the mean of this many minutes.
STEP_WINDOW = timedelta(minutes=5)


class NotAContactorError(ConflictError):
    """The channel is no output of this cabinet."""

    code = "not_a_contactor"
    title = "This is no contactor of the cabinet"


class SwitchOrderEndedError(ConflictError):
    """The order is not under way any more."""

    code = "switch_order_ended"
    title = "This order has ended"


async def power_step(
    session: AsyncSession, cabinet_id: UUID, starts_at: datetime, ends_at: datetime
) -> PowerStep | None:
    """How the power of a cabinet changed over an event that began and ended then.

    Means of up to five minutes on both sides; None while one of them was not measured. Whole
    minutes count: those over before the event began, and those begun after it had ended.
    """
    before_w = await repository.powers_w(
        session, cabinet_id, starts_at - STEP_WINDOW - MINUTE, starts_at - MINUTE
    )
    after_w = await repository.powers_w(session, cabinet_id, ends_at, ends_at + STEP_WINDOW)
    return step_between(before_w, after_w)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Forget what meters and contacts said before an instant."""
    await repository.forget(session, before)


async def switch(
    session: AsyncSession,
    caller: Caller,
    cabinet_id: UUID,
    *,
    contactor_id: UUID,
    is_closed: bool,
    reason: str,
    now: datetime,
    expires_at: datetime | None = None,
    duration: timedelta | None = None,
) -> SwitchOrder:
    """Order a contactor closed or open until an end; then it rests again."""
    cabinet = await network.cabinet(session, caller, cabinet_id)
    caller.require(Role.COMMAND, cabinet.organisation_id)
    ends_at = command_end(now, expires_at, duration)
    devices = await repository.devices(session, cabinet_id)
    outputs = {
        channel.id: device
        for device in devices
        for channel in device.channels.values()
        if channel.direction is Direction.OUTPUT and channel.role is ContactRole.CONTACTOR_CLOSED
    }
    if contactor_id not in outputs:
        raise NotAContactorError("see GET /api/v1/cabinets/{id}/state for its contactors")
    order = await switching.want(
        session,
        outputs[contactor_id],
        contactor_id,
        is_closed=is_closed,
        reason=reason,
        author=caller.display_name,
        author_id=caller.user_id,
        now=now,
        expires_at=ends_at,
    )
    detail = {"order_id": str(order.id), "is_closed": is_closed, "until": ends_at.isoformat()}
    await note(session, caller, now, "cabinet.switch", cabinet, detail)
    return order


async def cancel(
    session: AsyncSession, caller: Caller, cabinet_id: UUID, order_id: UUID, *, now: datetime
) -> SwitchOrder:
    """End an order before its time: the contactor rests again."""
    cabinet = await network.cabinet(session, caller, cabinet_id)
    caller.require(Role.COMMAND, cabinet.organisation_id)
    order = await _order(session, cabinet_id, order_id)
    contactor = await session.get(Contactor, order.channel_id, with_for_update=True)
    is_in_force = contactor is not None and contactor.desired_at == order.created_at
    if not is_in_force or contactor is None or contactor.desired_until is None:
        raise SwitchOrderEndedError("another order holds, or its time is over")
    if order.ended_at is None:
        order.state, order.ended_at = DeliveryState.CANCELLED.value, now
    await session.flush()
    channel = await session.get_one(CabinetChannel, order.channel_id)
    device = await device_of(session, cabinet_id, channel.device_id)
    await switching.let_rest(session, device, channel, now)
    detail = {"order_id": str(order.id)}
    await note(session, caller, now, "cabinet.cancel_switch", cabinet, detail)
    return order


async def switches(
    session: AsyncSession,
    caller: Caller,
    cabinet_id: UUID,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[SwitchOrder]:
    """Orders to the contactors of a cabinet, newest first."""
    await network.cabinet(session, caller, cabinet_id)
    position = sa.tuple_(col(SwitchOrder.created_at), col(SwitchOrder.id))
    query = (
        sa.select(SwitchOrder)
        .where(col(SwitchOrder.cabinet_id) == cabinet_id)
        .where(visible(SwitchOrder.organisation_id, caller))
        .order_by(col(SwitchOrder.created_at).desc(), col(SwitchOrder.id).desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(position < sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def _order(session: AsyncSession, cabinet_id: UUID, order_id: UUID) -> SwitchOrder:
    found = await session.get(SwitchOrder, order_id, with_for_update=True)
    if found is None or found.cabinet_id != cabinet_id:
        raise NotFoundError("no such order; see GET /api/v1/cabinets/{id}/switches")
    return found

"""Orders to contactors, accounted for like those to lights: desired, acknowledged and actual.

An order is marked as sent and the mark committed before it leaves. The relay read back confirms
it; the contactor's auxiliary contact, where there is one, proves it. What is not confirmed is sent
again after a pause, and given up when its time is over.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from drivers import profiles
from drivers.contract import SwitchesCircuit
from drivers.errors import EncodeError
from kit.log import get_logger
from lighting.cabinets import repository
from lighting.cabinets.model import ContactHeard, DeviceRef, Direction
from lighting.cabinets.tables import CabinetChannel, CabinetDevice, Contactor, SwitchOrder
from lighting.control.model import ORDER_AGE_MAX, DeliveryState, Order
from lighting.control.rules import retry_after

log = get_logger()

OPEN_STATES = (DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.ACKNOWLEDGED)
HAND_OUT_MAX = 500
REST_AUTHOR = "cabinets"
REST_REASON = "rest"


async def want(
    session: AsyncSession,
    device: DeviceRef,
    channel_id: UUID,
    *,
    is_closed: bool,
    reason: str,
    author: str,
    now: datetime,
    author_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> SwitchOrder:
    """Want a contactor closed or open from now on; the newest order wins."""
    contactor = await _contactor(session, channel_id)
    contactor.desired_is_closed = is_closed
    contactor.desired_at = now
    contactor.desired_until = expires_at
    contactor.desired_reason = reason
    await _end_open(session, [channel_id], DeliveryState.SUPERSEDED, now)
    latest = now + ORDER_AGE_MAX
    order = SwitchOrder(
        organisation_id=device.organisation_id,
        cabinet_id=device.cabinet_id,
        channel_id=channel_id,
        is_closed=is_closed,
        reason=reason,
        author_id=author_id,
        author=author,
        created_at=now,
        deliver_by=min(latest, expires_at or latest),
        expires_at=expires_at,
        next_try_at=now,
    )
    session.add(order)
    await session.flush()
    return order


async def let_rest(
    session: AsyncSession, device: DeviceRef, channel: CabinetChannel, now: datetime
) -> None:
    """No order holds any more: back to how the contactor rests, or left as it is."""
    if channel.rest_is_closed is not None:
        await want(
            session,
            device,
            channel.id,
            is_closed=channel.rest_is_closed,
            reason=REST_REASON,
            author=REST_AUTHOR,
            now=now,
        )
        return
    contactor = await _contactor(session, channel.id)
    contactor.desired_is_closed = contactor.desired_at = contactor.desired_until = None
    contactor.desired_reason = ""
    await _end_open(session, [channel.id], DeliveryState.SUPERSEDED, now)


async def tick(session: AsyncSession, now: datetime) -> None:
    """Give up orders past their time, and let contactors rest whose order has expired."""
    late = sa.select(SwitchOrder).where(
        col(SwitchOrder.state).in_([one.value for one in OPEN_STATES]),
        col(SwitchOrder.deliver_by) <= now,
    )
    for order in await session.scalars(late.with_for_update()):
        _end(order, DeliveryState.EXPIRED, now, "not proven in time")
    over = (
        sa.select(CabinetChannel)
        .join(Contactor, col(Contactor.channel_id) == col(CabinetChannel.id))
        .where(col(Contactor.desired_until) <= now)
        .with_for_update()
    )
    channels = list(await session.scalars(over))
    if channels:
        devices = {device.id: device for device in await repository.devices(session)}
        for channel in channels:
            if channel.device_id in devices:
                await let_rest(session, devices[channel.device_id], channel, now)
    await session.flush()


async def hand_out(
    session: AsyncSession, reaches: Callable[[str], bool], now: datetime
) -> Sequence[Order]:
    """The orders that leave now by networks that can be reached, marked as sent.

    Send these after the commit of this transaction.
    """
    due = (
        sa.select(SwitchOrder, CabinetChannel)
        .join(CabinetChannel, col(CabinetChannel.id) == col(SwitchOrder.channel_id))
        .join(CabinetDevice, col(CabinetDevice.id) == col(CabinetChannel.device_id))
        .where(
            col(SwitchOrder.state).in_([DeliveryState.QUEUED.value, DeliveryState.SENT.value]),
            col(SwitchOrder.next_try_at) <= now,
            col(SwitchOrder.deliver_by) > now,
            col(CabinetDevice.removed_at).is_(None),
        )
        .order_by(col(SwitchOrder.next_try_at), col(SwitchOrder.id))
        .limit(HAND_OUT_MAX)
        .with_for_update(of=SwitchOrder, skip_locked=True)
    )
    rows = (await session.execute(due)).all()
    if not rows:
        return []
    devices = {device.id: device for device in await repository.devices(session)}
    leaving: list[Order] = []
    for order, channel in rows:
        device = devices.get(channel.device_id)
        if device is None or not reaches(device.network):
            continue
        try:
            leaving.append(_words(order, channel, device))
        except EncodeError as error:
            _end(order, DeliveryState.REJECTED, now, str(error))
            continue
        order.state = DeliveryState.SENT.value
        order.attempts += 1
        order.sent_at = now
        order.next_try_at = now + retry_after(order.attempts)
    await session.flush()
    return leaving


async def note_heard(
    session: AsyncSession, device: DeviceRef, heard: Iterable[ContactHeard], now: datetime
) -> None:
    """Relays confirm orders, auxiliary contacts prove them; what was said last counts."""
    newest = {one.channel_id: one for one in sorted(heard, key=lambda one: one.at)}
    channels = [one for one in device.channels.values() if one.id in newest]
    relays = [one.id for one in channels if one.direction is Direction.OUTPUT]
    proofs = {one.follows_id: newest[one.id] for one in channels if one.follows_id is not None}
    if relays:
        await repository.note_relays(session, [newest[each] for each in relays])
    for order in await _open_orders(session, {*relays, *proofs}):
        relay, proof = newest.get(order.channel_id), proofs.get(order.channel_id)
        if relay is not None and _answers(relay, order):
            if order.state == DeliveryState.SENT.value:
                order.state = DeliveryState.ACKNOWLEDGED.value
                order.acknowledged_at = relay.at
            if not await _has_proof(session, order.channel_id):
                _apply(order, relay.at)
        is_acknowledged = order.state == DeliveryState.ACKNOWLEDGED.value
        if is_acknowledged and proof is not None and _answers(proof, order):
            _apply(order, proof.at)
    await session.flush()


def _answers(heard: ContactHeard, order: SwitchOrder) -> bool:
    """Whether this shows what was ordered, after the order had left."""
    is_after = order.sent_at is not None and heard.at >= order.sent_at
    return is_after and heard.is_active is order.is_closed


def _apply(order: SwitchOrder, at: datetime) -> None:
    order.applied_at = at
    _end(order, DeliveryState.APPLIED, at)


def _end(order: SwitchOrder, state: DeliveryState, at: datetime, detail: str | None = None) -> None:
    order.state = state.value
    order.ended_at = at
    order.detail = detail
    log.info("switch order ended", order_id=str(order.id), state=state.value)


async def _end_open(
    session: AsyncSession, channel_ids: Sequence[UUID], state: DeliveryState, now: datetime
) -> None:
    for order in await _open_orders(session, channel_ids):
        _end(order, state, now)
    await session.flush()


async def end_open_of(session: AsyncSession, device: DeviceRef, now: datetime) -> None:
    """The device leaves its cabinet: what is under way to it never arrives."""
    ids = [channel.id for channel in device.channels.values()]
    await _end_open(session, ids, DeliveryState.CANCELLED, now)


async def _open_orders(
    session: AsyncSession, channel_ids: Collection[UUID]
) -> Sequence[SwitchOrder]:
    query = sa.select(SwitchOrder).where(
        col(SwitchOrder.channel_id).in_(channel_ids),
        col(SwitchOrder.state).in_([one.value for one in OPEN_STATES]),
    )
    return (await session.scalars(query.with_for_update())).all()


async def _has_proof(session: AsyncSession, channel_id: UUID) -> bool:
    query = sa.select(sa.exists().where(col(CabinetChannel.follows_id) == channel_id))
    return bool(await session.scalar(query))


async def _contactor(session: AsyncSession, channel_id: UUID) -> Contactor:
    found = await session.get(Contactor, channel_id, with_for_update=True)
    if found is None:
        found = Contactor(channel_id=channel_id)
        session.add(found)
        await session.flush()
    return found


def _words(order: SwitchOrder, channel: CabinetChannel, device: DeviceRef) -> Order:
    """The order in the language of its device."""
    codec = profiles.driver(device.profile)
    if not isinstance(codec, SwitchesCircuit):
        raise EncodeError(f"profile {device.profile} switches nothing")
    return Order(
        delivery_id=order.id,
        controller_key=device.controller_key,
        address=device.address,
        network=device.network,
        profile=device.profile,
        gateway=device.network,
        level_percent=100 if order.is_closed else 0,
        attempts=order.attempts,
        expires_at=order.deliver_by,
        frame=codec.switch_output(order.is_closed is not channel.is_inverted, channel.channel),
    )

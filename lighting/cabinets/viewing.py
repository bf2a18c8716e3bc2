"""How cabinets do, for people to see: as they are now, what their meters said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.errors import InvalidInputError
from lighting.cabinets import repository
from lighting.cabinets.compute import consumption
from lighting.cabinets.model import (
    Consumption,
    ContactState,
    DeviceRef,
    Direction,
    MeterReading,
    MeterState,
)
from lighting.cabinets.tables import CabinetChannel, Contactor, SwitchOrder
from lighting.registry.network import service as network
from lighting.registry.network.model import CabinetView

# Readings are shown for at most this long at once; longer spans are for reports.
READINGS_SPAN_MAX = timedelta(days=31)
# What a meter said last is shown for this long, even when it has gone silent.
SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ContactorView:
    """What a contactor should do, what its relay confirmed, and what it does."""

    channel: CabinetChannel
    wanted: Contactor | None
    actual: ContactState | None
    order: SwitchOrder | None


@dataclass(frozen=True, slots=True)
class CabinetLive:
    """A cabinet as it is now."""

    cabinet: CabinetView
    devices: Sequence[tuple[DeviceRef, datetime | None]]
    meters: Sequence[tuple[DeviceRef, MeterState]]
    contacts: Sequence[ContactState]
    contactors: Sequence[ContactorView]


async def live(
    session: AsyncSession, caller: Caller, cabinet_id: UUID, now: datetime
) -> CabinetLive:
    """How a cabinet does: its meters, contacts and contactors."""
    cabinet = await network.cabinet(session, caller, cabinet_id)
    devices = await repository.devices(session, cabinet_id)
    seen_at = await repository.seen_at(session)
    meters = [
        (device, meter)
        for device in devices
        if (meter := await repository.meter(session, device, now - SHOWN_FOR, now)) is not None
    ]
    contacts = await repository.contacts(session, cabinet_id)
    return CabinetLive(
        cabinet,
        [(device, seen_at.get(device.id)) for device in devices],
        meters,
        contacts,
        await _contactors(session, devices, contacts),
    )


async def readings(
    session: AsyncSession,
    caller: Caller,
    cabinet_id: UUID,
    span: tuple[datetime, datetime],
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[MeterReading]:
    """What the meters of a cabinet said in a span, oldest first."""
    await network.cabinet(session, caller, cabinet_id)
    _check_span(span)
    devices = await repository.device_ids(session, cabinet_id)
    return await repository.readings(session, devices, span, after, limit)


async def energy(
    session: AsyncSession, caller: Caller, cabinet_id: UUID, span: tuple[datetime, datetime]
) -> tuple[Consumption, Consumption]:
    """What a cabinet imported and exported in a span, whatever happened to its counters."""
    await network.cabinet(session, caller, cabinet_id)
    _check_span(span)
    devices = await repository.device_ids(session, cabinet_id)
    sums = []
    for column in ("active_energy_wh", "exported_energy_wh"):
        counted = await repository.counters(session, devices, column, span)
        flows = [consumption(counters) for counters in counted.values()]
        sums.append(
            Consumption(sum(one.energy_wh for one in flows), sum(one.reset_count for one in flows))
        )
    return sums[0], sums[1]


def _check_span(span: tuple[datetime, datetime]) -> None:
    starts_at, ends_at = span
    if not timedelta() < ends_at - starts_at <= READINGS_SPAN_MAX:
        raise InvalidInputError(f"from comes before to, at most {READINGS_SPAN_MAX.days} days")


async def _contactors(
    session: AsyncSession, devices: Sequence[DeviceRef], contacts: Sequence[ContactState]
) -> list[ContactorView]:
    """The auxiliary contact says what a contactor does; without one, its relay does."""
    ids = [
        channel.id
        for device in devices
        for channel in device.channels.values()
        if channel.direction is Direction.OUTPUT
    ]
    channels = await session.scalars(
        sa.select(CabinetChannel)
        .where(col(CabinetChannel.id).in_(ids))
        .order_by(col(CabinetChannel.channel))
    )
    relays = {one.channel.id: one for one in contacts}
    proofs = {one.channel.follows_id: one for one in contacts if one.channel.follows_id}
    newest = (
        sa.select(SwitchOrder)
        .where(col(SwitchOrder.channel_id).in_(ids))
        .ext(distinct_on(col(SwitchOrder.channel_id)))
        .order_by(col(SwitchOrder.channel_id), col(SwitchOrder.created_at).desc())
    )
    orders = {order.channel_id: order for order in await session.scalars(newest)}
    return [
        ContactorView(
            channel,
            await session.get(Contactor, channel.id),
            proofs.get(channel.id) or relays.get(channel.id),
            orders.get(channel.id),
        )
        for channel in channels
    ]

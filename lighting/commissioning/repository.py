"""Every query of commissioning."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from lighting.commissioning.model import CommissioningState, DeviceState, StepState
from lighting.commissioning.tables import OPEN, Commissioning, DiscoveredDevice, SelfTestStep


async def note_heard(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> Sequence[Any]:
    """Add what was heard of strangers to what is known of them; rows in the order of their key,
    so that two workers never wait for each other in a ring."""
    table = DiscoveredDevice
    statement = insert(table).values(list(rows))
    told = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["network", "address"],
        set_={
            "organisation_id": sa.func.coalesce(told.organisation_id, col(table.organisation_id)),
            "first_seen_at": sa.func.least(col(table.first_seen_at), told.first_seen_at),
            "last_seen_at": sa.func.greatest(col(table.last_seen_at), told.last_seen_at),
            "heard_count": col(table.heard_count) + told.heard_count,
            "rssi_dbm": sa.func.coalesce(told.rssi_dbm, col(table.rssi_dbm)),
            "snr_db": sa.func.coalesce(told.snr_db, col(table.snr_db)),
            "gateways": col(table.gateways).op("||")(told.gateways),
            "evidence": col(table.evidence).op("||")(told.evidence),
            "serial": sa.func.coalesce(told.serial, col(table.serial)),
            "lon_deg": sa.func.coalesce(told.lon_deg, col(table.lon_deg)),
            "lat_deg": sa.func.coalesce(told.lat_deg, col(table.lat_deg)),
        },
    )
    returned = statement.returning(
        col(table.id),
        col(table.network),
        col(table.address),
        col(table.profile_guess),
        col(table.guess_count),
    )
    return (await session.execute(returned)).all()


async def known_addresses(
    session: AsyncSession, network: str, addresses: Iterable[str]
) -> set[str]:
    """Those of these addresses that were discovered before."""
    query = sa.select(col(DiscoveredDevice.address)).where(
        col(DiscoveredDevice.network) == network,
        col(DiscoveredDevice.address) == sa.any_(sa.literal(list(addresses), sa.ARRAY(sa.Text))),
    )
    return set((await session.scalars(query)).all())


async def count_of(session: AsyncSession, network: str, limit: int) -> int:
    """How many devices were discovered on a network, counted to a limit."""
    some = (
        sa.select(sa.literal(1))
        .select_from(DiscoveredDevice)
        .where(col(DiscoveredDevice.network) == network)
        .limit(limit)
        .subquery()
    )
    return await session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


async def save_guess(
    session: AsyncSession,
    device_id: UUID,
    profile: str | None,
    lon_deg: float | None,
    lat_deg: float | None,
) -> None:
    """Keep which model a device may be, where it says it is, and that it was looked at."""
    table = DiscoveredDevice
    place: dict[str, Any] = {} if lon_deg is None else {"lon_deg": lon_deg, "lat_deg": lat_deg}
    await session.execute(
        sa.update(table)
        .where(col(table.id) == device_id)
        .values(
            profile_guess=sa.func.coalesce(profile, col(table.profile_guess)),
            guess_count=col(table.guess_count) + 1,
            **place,
        )
    )


def _seen_by(caller: Caller) -> sa.ColumnElement[bool]:
    """Devices of a network that is nobody's are for the system alone."""
    return visible(DiscoveredDevice.organisation_id, caller)


async def devices(
    session: AsyncSession,
    caller: Caller,
    *,
    state: DeviceState | None,
    network: str | None,
    q: str | None,
    organisation_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[DiscoveredDevice]:
    table = DiscoveredDevice
    key = sa.tuple_(col(table.last_seen_at), col(table.id))
    query = sa.select(table).where(_seen_by(caller)).order_by(key.desc()).limit(limit)
    if state is not None:
        query = query.where(col(table.state) == state.value)
    if network is not None:
        query = query.where(col(table.network) == network)
    if organisation_id is not None:
        query = query.where(col(table.organisation_id) == organisation_id)
    if q is not None:
        text = q.strip().lower()
        query = query.where(
            sa.or_(
                col(table.address).contains(text, autoescape=True),
                sa.func.lower(col(table.serial)).contains(text, autoescape=True),
            )
        )
    if after is not None:
        query = query.where(key < sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def device(
    session: AsyncSession, caller: Caller, device_id: UUID, *, is_held: bool = False
) -> DiscoveredDevice | None:
    query = sa.select(DiscoveredDevice).where(
        col(DiscoveredDevice.id) == device_id, _seen_by(caller)
    )
    return await session.scalar(query.with_for_update() if is_held else query)


async def device_called(
    session: AsyncSession, caller: Caller, *, address: str, serial: str | None
) -> DiscoveredDevice | None:
    """The device a label names, by its address or its serial; None when two are called so."""
    table = DiscoveredDevice
    names = [col(table.address) == address]
    if serial is not None:
        names.append(col(table.serial) == serial)
    query = sa.select(table).where(_seen_by(caller), sa.or_(*names)).limit(2)
    found = (await session.scalars(query)).all()
    return found[0] if len(found) == 1 else None


async def commissionings(
    session: AsyncSession,
    caller: Caller,
    *,
    state: CommissioningState | None,
    light_point_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Commissioning]:
    table = Commissioning
    key = sa.tuple_(col(table.created_at), col(table.id))
    query = (
        sa.select(table)
        .where(visible(table.organisation_id, caller))
        .order_by(key.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(col(table.state) == state.value)
    if light_point_id is not None:
        query = query.where(col(table.light_point_id) == light_point_id)
    if after is not None:
        query = query.where(key < sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def commissioning(
    session: AsyncSession, caller: Caller, commissioning_id: UUID, *, is_held: bool = False
) -> Commissioning | None:
    query = sa.select(Commissioning).where(
        col(Commissioning.id) == commissioning_id, visible(Commissioning.organisation_id, caller)
    )
    return await session.scalar(query.with_for_update() if is_held else query)


async def open_around(
    session: AsyncSession, light_point_id: UUID, controller_id: UUID
) -> Sequence[Commissioning]:
    """Commissionings under way at a light point, or of a controller, held."""
    query = (
        sa.select(Commissioning)
        .where(sa.text(OPEN))
        .where(
            sa.or_(
                col(Commissioning.light_point_id) == light_point_id,
                col(Commissioning.controller_id) == controller_id,
            )
        )
        .order_by(col(Commissioning.id))
        .with_for_update()
    )
    return (await session.scalars(query)).all()


async def add_replayed(session: AsyncSession, controller_id: UUID, count: int) -> None:
    """Count frames of a controller that were taken in after all, at its newest commissioning."""
    newest = (
        sa.select(col(Commissioning.id))
        .where(col(Commissioning.controller_id) == controller_id)
        .order_by(col(Commissioning.created_at).desc())
        .limit(1)
        .scalar_subquery()
    )
    await session.execute(
        sa.update(Commissioning)
        .where(col(Commissioning.id) == newest)
        .values(replayed_count=col(Commissioning.replayed_count) + count)
    )


async def testing(session: AsyncSession, limit: int) -> Sequence[Commissioning]:
    """Commissionings whose self-test is running, held; those another worker holds are passed."""
    query = (
        sa.select(Commissioning)
        .where(col(Commissioning.state) == CommissioningState.TESTING.value)
        .order_by(col(Commissioning.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def steps_of(
    session: AsyncSession, commissioning_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[SelfTestStep]]:
    """The steps of the newest run of each commissioning, in order."""
    newest = (
        sa.select(col(SelfTestStep.commissioning_id), sa.func.max(col(SelfTestStep.run)))
        .where(col(SelfTestStep.commissioning_id).in_(commissioning_ids))
        .group_by(col(SelfTestStep.commissioning_id))
    )
    query = (
        sa.select(SelfTestStep)
        .where(sa.tuple_(col(SelfTestStep.commissioning_id), col(SelfTestStep.run)).in_(newest))
        .order_by(col(SelfTestStep.position))
    )
    found: dict[UUID, list[SelfTestStep]] = {}
    for step in (await session.scalars(query)).all():
        found.setdefault(step.commissioning_id, []).append(step)
    return found


def first_unended(found: Sequence[SelfTestStep]) -> SelfTestStep | None:
    """The step that runs, or the next to start."""
    ended = (StepState.PASSED, StepState.FAILED)
    return next((step for step in found if step.state not in ended), None)

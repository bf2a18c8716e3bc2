"""What is wrong in cabinets: judged whenever they are heard, and while something is suspected."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from lighting.cabinets import repository
from lighting.cabinets.model import CabinetSeen, CabinetWatch, DeviceRef, Judgement
from lighting.cabinets.rules import JUDGES, PERSISTENCE, is_proven, silence_limit, weigh
from lighting.cabinets.tables import CabinetWatchRow
from lighting.faults import service as faults
from lighting.faults.model import AssetType, Cause, Fault


async def judge(
    session: AsyncSession, devices: Iterable[DeviceRef], at: datetime, now: datetime
) -> None:
    """Judge one cabinet, whose devices these are, by what is known of it at an instant."""
    mine = list(devices)
    if not mine:
        return
    seen = await _seen(session, mine, at)
    watched = await session.scalars(
        sa.select(col(CabinetWatchRow.cause)).where(
            col(CabinetWatchRow.asset_id) == mine[0].cabinet_id
        )
    )
    suspected = {Cause(cause) for cause in watched}
    for cause, rule in JUDGES.items():
        judgement = rule(seen)
        if judgement is not None and (judgement.is_faulty or cause in suspected):
            await _settle(session, mine[0], None, cause, judgement, at, now)


async def note_heard(
    session: AsyncSession, devices: Iterable[DeviceRef], at: datetime, now: datetime
) -> None:
    """Devices that have spoken are lost no more."""
    for device in devices:
        healthy = Judgement(is_faulty=False)
        await _settle(session, device, device, Cause.COMMUNICATION_LOSS, healthy, at, now)


async def supervise(session: AsyncSession, now: datetime) -> None:
    """What no frame brings: devices gone silent, and time passing over what is suspected."""
    devices = await repository.devices(session)
    last_seen = await repository.seen_at(session)
    for device in devices:
        seen_at = last_seen.get(device.id)
        if seen_at is not None and now - seen_at > silence_limit(device.expected_period):
            evidence = {"at": now.isoformat(), "last_seen_at": seen_at.isoformat()}
            silent = Judgement(is_faulty=True, evidence=evidence)
            await _settle(session, device, device, Cause.COMMUNICATION_LOSS, silent, now, now)
    suspected = await session.scalars(sa.select(col(CabinetWatchRow.cabinet_id)).distinct())
    for cabinet_id in sorted(suspected):
        mine = [device for device in devices if device.cabinet_id == cabinet_id]
        await judge(session, mine, now, now)


async def forget_device(session: AsyncSession, device: DeviceRef, now: datetime) -> None:
    """A device has left its cabinet: nobody waits for news of it."""
    healthy = Judgement(is_faulty=False)
    await _settle(session, device, device, Cause.COMMUNICATION_LOSS, healthy, now, now)


async def _seen(session: AsyncSession, devices: list[DeviceRef], at: datetime) -> CabinetSeen:
    """What is known of the cabinet, without what has been silent for too long."""
    limits = {
        channel.id: silence_limit(device.expected_period)
        for device in devices
        for channel in device.channels.values()
    }
    contacts = [
        one
        for one in await repository.contacts(session, devices[0].cabinet_id)
        if at - one.seen_at <= limits.get(one.channel.id, timedelta())
    ]
    meters = [
        await repository.meter(session, device, at - silence_limit(device.expected_period), at)
        for device in devices
    ]
    return CabinetSeen(at, tuple(contacts), tuple(one for one in meters if one is not None))


async def _settle(
    session: AsyncSession,
    place: DeviceRef,
    device: DeviceRef | None,
    cause: Cause,
    judgement: Judgement,
    at: datetime,
    now: datetime,
) -> None:
    """Weigh one judgement and write what follows; `device` is None when it is of the cabinet."""
    asset_id = device.controller_id if device else place.cabinet_id
    row = await session.get(CabinetWatchRow, (asset_id, cause.value), with_for_update=True)
    before = _watch(row)
    watch = weigh(before, cause, judgement, at)
    if watch is None:
        if row is not None:
            await session.delete(row)
            await session.flush()
        if before is not None and before.alarm_id is not None:
            await faults.clear(session, {before.alarm_id: at}, now)
        return
    if watch is before:
        return
    if watch.alarm_id is None and judgement.is_faulty and is_proven(watch, cause):
        fault = _fault(place, device, cause, at, judgement.evidence)
        (raised,) = await faults.raise_alarms(session, [fault], now)
        watch = replace(watch, alarm_id=raised.alarm_id)
    await _save(session, row, place.cabinet_id, asset_id, cause, watch)


def _watch(row: CabinetWatchRow | None) -> CabinetWatch | None:
    if row is None:
        return None
    return CabinetWatch(row.faulty_since, row.judged_at, row.healthy_since, row.alarm_id)


async def _save(
    session: AsyncSession,
    row: CabinetWatchRow | None,
    cabinet_id: UUID,
    asset_id: UUID,
    cause: Cause,
    watch: CabinetWatch,
) -> None:
    kept = row or CabinetWatchRow(
        asset_id=asset_id,
        cause=cause.value,
        cabinet_id=cabinet_id,
        faulty_since=watch.faulty_since,
        judged_at=watch.judged_at,
    )
    kept.judged_at = watch.judged_at
    kept.healthy_since = watch.healthy_since
    kept.alarm_id = watch.alarm_id
    session.add(kept)
    await session.flush()


def _fault(
    place: DeviceRef,
    device: DeviceRef | None,
    cause: Cause,
    at: datetime,
    evidence: Mapping[str, Any],
) -> Fault:
    return Fault(
        asset_type=AssetType.CONTROLLER if device else AssetType.CABINET,
        asset_id=device.controller_id if device else place.cabinet_id,
        organisation_id=place.organisation_id,
        light_point_id=None,
        cabinet_id=place.cabinet_id,
        cause=cause,
        urgency=PERSISTENCE[cause].urgency,
        at=at,
        evidence={"at": at.isoformat(), **evidence},
    )

"""Devices of cabinets: put in, taken out, and what their contacts mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access import audit
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from lighting.cabinets import repository, switching, watching
from lighting.cabinets.model import CHANNELS_MAX, DeviceRef, Direction, NewChannel
from lighting.cabinets.tables import CabinetChannel, CabinetDevice
from lighting.registry.equipment import service as equipment
from lighting.registry.network import service as network
from lighting.registry.network.model import CabinetView


class DeviceTakenError(ConflictError):
    """The controller stands somewhere already."""

    code = "controller_installed"
    title = "This controller is installed already"


async def install_device(
    session: AsyncSession,
    caller: Caller,
    cabinet_id: UUID,
    *,
    controller_id: UUID,
    channels: Sequence[NewChannel],
    phase_count: int,
    at: datetime,
) -> DeviceRef:
    """Put a registered controller or meter into a cabinet, and say what its contacts mean."""
    cabinet = await network.cabinet(session, caller, cabinet_id)
    caller.require(Role.PLAN, cabinet.organisation_id)
    controller = await equipment.controller(session, caller, controller_id)
    if controller.light_point_id is not None or await _stands(session, controller_id):
        raise DeviceTakenError("it stands in a light point or a cabinet; remove it there first")
    row = CabinetDevice(
        organisation_id=cabinet.organisation_id,
        cabinet_id=cabinet_id,
        controller_id=controller_id,
        phase_count=phase_count,
        installed_at=at,
    )
    session.add(row)
    await session.flush()
    await _add_channels(session, row.id, channels)
    await repository.raise_revision(session)
    detail = {"controller_id": str(controller_id), "channels": len(channels)}
    await note(session, caller, at, "cabinet.install_device", cabinet, detail)
    return await device_of(session, cabinet_id, row.id)


async def remove_device(
    session: AsyncSession, caller: Caller, cabinet_id: UUID, device_id: UUID, *, at: datetime
) -> None:
    """Take a device out of its cabinet; what it said stays."""
    cabinet = await network.cabinet(session, caller, cabinet_id)
    caller.require(Role.PLAN, cabinet.organisation_id)
    device = await device_of(session, cabinet_id, device_id)
    await switching.end_open_of(session, device, at)
    await watching.forget_device(session, device, at)
    row = await session.get_one(CabinetDevice, device_id)
    row.removed_at = at
    await session.flush()
    await repository.raise_revision(session)
    detail = {"controller_id": str(device.controller_id)}
    await note(session, caller, at, "cabinet.remove_device", cabinet, detail)


async def _stands(session: AsyncSession, controller_id: UUID) -> bool:
    open_stay = sa.exists().where(
        col(CabinetDevice.controller_id) == controller_id, col(CabinetDevice.removed_at).is_(None)
    )
    return bool(await session.scalar(sa.select(open_stay)))


async def _add_channels(
    session: AsyncSession, device_id: UUID, channels: Sequence[NewChannel]
) -> None:
    """Outputs first: inputs may follow them."""
    if len(channels) > CHANNELS_MAX:
        raise InvalidInputError(f"a device has at most {CHANNELS_MAX} channels")
    if len({(one.direction, one.channel) for one in channels}) != len(channels):
        raise InvalidInputError("each channel of a device is given once")
    outputs: dict[str, UUID] = {}
    for new in sorted(channels, key=lambda one: one.direction is Direction.INPUT):
        if new.follows is not None and new.follows not in outputs:
            raise InvalidInputError(f"{new.channel} follows '{new.follows}', which is no output")
        row = CabinetChannel(
            device_id=device_id,
            direction=new.direction.value,
            channel=new.channel,
            role=new.role.value,
            name=new.name,
            is_inverted=new.is_inverted,
            follows_id=outputs[new.follows] if new.follows is not None else None,
            rest_is_closed=new.rest_is_closed,
        )
        session.add(row)
        await session.flush()
        if new.direction is Direction.OUTPUT:
            outputs[new.channel] = row.id


async def device_of(session: AsyncSession, cabinet_id: UUID, device_id: UUID) -> DeviceRef:
    """One device that stands in a cabinet now."""
    for device in await repository.devices(session, cabinet_id):
        if device.id == device_id:
            return device
    raise NotFoundError("no such device in this cabinet; see GET /api/v1/cabinets/{id}/state")


async def note(
    session: AsyncSession,
    caller: Caller,
    at: datetime,
    action: str,
    cabinet: CabinetView,
    detail: Mapping[str, Any],
) -> None:
    """Keep what somebody did to a cabinet."""
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type="cabinet",
        subject_id=cabinet.id,
        organisation_id=cabinet.organisation_id,
        detail=detail,
    )

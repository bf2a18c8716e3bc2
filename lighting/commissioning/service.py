"""Use cases of commissioning: put a controller into service, accept, refuse, take it out again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from kit.access import audit
from kit.access.model import Caller, Role
from kit.errors import InvalidInputError, NotFoundError
from lighting.commissioning import discovery, repository, rules
from lighting.commissioning.model import (
    CommissioningState,
    DeviceState,
    NewCommissioning,
    Proposal,
)
from lighting.commissioning.places import box_around, nearest
from lighting.commissioning.records import acceptance_record
from lighting.commissioning.tables import Commissioning, DiscoveredDevice, SelfTestStep
from lighting.control import service as control
from lighting.control.model import AssignmentScope
from lighting.registry import service as registry
from lighting.registry.equipment.service import require_field_hand
from lighting.registry.model import AssetState, EquipmentKind, Place
from lighting.registry.service import LightPointFilter, LightPointView, RegisteredController

# Light points looked at around a place: a dense square has some dozens.
LIGHTS_AROUND_MAX = 500


@dataclass(frozen=True, slots=True)
class Piece:
    """The controller meant, before it is known to the registry."""

    address: str
    network: str | None
    profile: str | None
    serial: str | None


async def proposals(
    session: AsyncSession, caller: Caller, place: Place, *, with_equipped: bool
) -> Sequence[Proposal]:
    """Light points near a place, for a person to choose from."""
    wanted = LightPointFilter(box=box_around(place))
    lights = await registry.light_points(session, caller, wanted, limit=LIGHTS_AROUND_MAX)
    return nearest(place, lights, with_equipped=with_equipped)


async def commission(
    session: AsyncSession, caller: Caller, new: NewCommissioning, *, now: datetime
) -> Commissioning:
    """Put a controller into service at a light point, in place of what was there.

    One act: registers it if need be, installs it, sets the calendar, and leaves the rest to those
    who react (frames that waited are replayed, energy is split, the level is ordered anew).
    """
    light = await registry.light_point(session, caller, new.light_point_id)
    require_field_hand(caller, light.organisation_id)
    device = await _device(session, caller, new)
    controller = await _controller(session, caller, light, _piece(new, device), now)
    if light.state is AssetState.PLANNED:
        await registry.change_light_point(
            *(session, Caller.system("commissioning"), light.id),
            {"state": AssetState.IN_SERVICE},
            at=now,
        )
    swap = await registry.install(
        *(session, caller, light.id),
        registry.Choice(EquipmentKind.CONTROLLER, controller.id),
        at=new.installed_at or now,
        now=now,
        reason="commissioning",
    )
    if new.calendar_id is not None:
        await control.assign_calendar(
            *(session, caller),
            scope=AssignmentScope.LIGHT_POINT,
            scope_id=light.id,
            calendar_id=new.calendar_id,
            now=now,
        )
    await _withdraw_replaced(session, light.id, controller, now)
    if device is not None:
        rules.check_device_move(DeviceState(device.state), DeviceState.COMMISSIONED)
        device.state = DeviceState.COMMISSIONED.value
    row = Commissioning(
        organisation_id=light.organisation_id,
        light_point_id=light.id,
        controller_id=controller.id,
        discovered_device_id=device.id if device else None,
        replaced_controller_id=swap.replaced_id,
        calendar_id=new.calendar_id,
        matched_by=new.matched_by.value,
        distance_m=new.distance_m,
        remark=new.remark,
        installed_at=swap.at,
        created_at=now,
        created_by=caller.display_name,
    )
    session.add(row)
    await session.flush()
    await _audit(session, caller, row, "commissioning.create", now, address=controller.address)
    return row


async def _device(
    session: AsyncSession, caller: Caller, new: NewCommissioning
) -> DiscoveredDevice | None:
    if (new.discovered_device_id is None) == (new.address is None):
        raise InvalidInputError("say which controller: a discovered device, or what its label says")
    if new.discovered_device_id is not None:
        return await discovery.held(session, caller, new.discovered_device_id)
    assert new.address is not None
    found = await repository.device_called(
        session, caller, address=new.address.strip().lower(), serial=new.serial
    )
    return None if found is None else await discovery.held(session, caller, found.id)


def _piece(new: NewCommissioning, device: DiscoveredDevice | None) -> Piece:
    if device is None:
        assert new.address is not None
        return Piece(new.address.strip().lower(), new.network, new.profile, new.serial)
    return Piece(
        device.address,
        device.network,
        new.profile or device.profile_guess,
        new.serial or device.serial,
    )


async def _controller(
    session: AsyncSession, caller: Caller, light: LightPointView, piece: Piece, now: datetime
) -> RegisteredController:
    """The controller as the registry has it, registered now if it was unknown."""
    known = await registry.controller_called(session, caller, piece.address)
    if known is not None:
        return known
    if piece.network is None or piece.profile is None:
        raise InvalidInputError(
            "this controller is new: say by which network it speaks and which profile it has"
        )
    try:
        profile = profiles.load(piece.profile)
    except profiles.ProfileError as error:
        raise InvalidInputError(str(error)) from error
    new = registry.NewController(
        address=piece.address,
        network=piece.network,
        profile=profile.name,
        expected_period_s=int(profile.expected_period.total_seconds()),
        serial=piece.serial,
    )
    return await registry.create_controller(session, caller, light.organisation_id, new, at=now)


async def _withdraw_replaced(
    session: AsyncSession, light_point_id: UUID, controller: RegisteredController, now: datetime
) -> None:
    """What was under way there, or with this controller elsewhere, ended with this swap."""
    for row in await repository.open_around(session, light_point_id, controller.id):
        row.state = CommissioningState.WITHDRAWN.value
        row.decided_at = now
        row.reason = f"another controller was put there: {controller.address}"
    await session.flush()


async def commissioning(
    session: AsyncSession, caller: Caller, commissioning_id: UUID, *, is_held: bool = False
) -> Commissioning:
    """One commissioning; unknown when the caller may not see it."""
    found = await repository.commissioning(session, caller, commissioning_id, is_held=is_held)
    if found is None:
        raise NotFoundError("no such commissioning; see GET /api/v1/commissionings")
    return found


async def commissionings(
    session: AsyncSession, caller: Caller, **wanted: Any
) -> Sequence[Commissioning]:
    """Commissionings the caller may see, newest first."""
    return await repository.commissionings(session, caller, **wanted)


async def steps_of(
    session: AsyncSession, commissioning_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[SelfTestStep]]:
    """The steps of the newest self-test of each, in order; none before the first."""
    return await repository.steps_of(session, commissioning_ids)


async def steps(session: AsyncSession, commissioning_id: UUID) -> Sequence[SelfTestStep]:
    """The steps of the newest self-test of one."""
    found = await repository.steps_of(session, [commissioning_id])
    return found.get(commissioning_id, ())


async def accept(
    session: AsyncSession,
    caller: Caller,
    commissioning_id: UUID,
    *,
    signed_name: str,
    remark: str,
    now: datetime,
) -> Commissioning:
    """Accept a light: the record of what was proven is frozen and signed. A light whose test
    failed is accepted with reservations only: they must be said."""
    row = await commissioning(session, caller, commissioning_id, is_held=True)
    caller.require(Role.PLAN, row.organisation_id)
    present = CommissioningState(row.state)
    rules.check_move(present, CommissioningState.ACCEPTED)
    if present is CommissioningState.FAILED and not remark.strip():
        raise InvalidInputError("its test failed: say with which reservations it is accepted")
    _decide(row, caller, CommissioningState.ACCEPTED, remark, now)
    row.signed_name = signed_name
    light = await registry.light_point(session, caller, row.light_point_id)
    controller = await registry.controller(session, caller, row.controller_id)
    record = acceptance_record(row, light, controller, await steps(session, row.id))
    row.record = record
    row.record_sha256 = hashlib.sha256(rules.canonical(record)).hexdigest()
    await _audit(
        *(session, caller, row, "commissioning.accept", now),
        signed_name=signed_name,
        record_sha256=row.record_sha256,
    )
    return row


async def refuse(
    session: AsyncSession, caller: Caller, commissioning_id: UUID, *, reason: str, now: datetime
) -> Commissioning:
    """Refuse a light: it is to be put right and tested again."""
    row = await commissioning(session, caller, commissioning_id, is_held=True)
    caller.require(Role.PLAN, row.organisation_id)
    _decide(row, caller, CommissioningState.REFUSED, reason, now)
    await _audit(session, caller, row, "commissioning.refuse", now, reason=reason)
    return row


async def withdraw(
    session: AsyncSession, caller: Caller, commissioning_id: UUID, *, reason: str, now: datetime
) -> Commissioning:
    """Take the controller out again: it was the wrong one, or the wrong column."""
    row = await commissioning(session, caller, commissioning_id, is_held=True)
    require_field_hand(caller, row.organisation_id)
    _decide(row, caller, CommissioningState.WITHDRAWN, reason, now)
    light = await registry.light_point(session, caller, row.light_point_id)
    if light.controller is not None and light.controller.id == row.controller_id:
        await registry.remove(session, caller, light.id, EquipmentKind.CONTROLLER, at=now, now=now)
    if row.discovered_device_id is not None:
        device = await discovery.held(session, Caller.system(), row.discovered_device_id)
        device.state = DeviceState.NEW.value
    await _audit(session, caller, row, "commissioning.withdraw", now, reason=reason)
    return row


def _decide(
    row: Commissioning, caller: Caller, state: CommissioningState, reason: str, now: datetime
) -> None:
    rules.check_move(CommissioningState(row.state), state)
    row.state = state.value
    row.reason = reason
    row.decided_at = now
    row.decided_by_id = caller.user_id
    row.decided_by = caller.display_name


async def _audit(
    session: AsyncSession,
    caller: Caller,
    row: Commissioning,
    action: str,
    at: datetime,
    **detail: Any,
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type="commissioning",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"light_point_id": str(row.light_point_id), **detail},
    )

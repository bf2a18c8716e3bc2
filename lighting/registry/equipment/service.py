"""Use cases of equipment: the catalogue, and pieces registered one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, NotFoundError
from lighting.registry import repository as registry
from lighting.registry.equipment import repository
from lighting.registry.equipment.model import (
    NewController,
    NewLuminaire,
    NewLuminaireType,
    RegisteredController,
)
from lighting.registry.equipment.tables import Controller, Luminaire, LuminaireType
from lighting.registry.model import AssetState, EquipmentKind


class EquipmentRefusedError(ConflictError):
    """The serial or the address is already that of another piece."""

    code = "equipment_refused"
    title = "This equipment is already registered"


def require_field_hand(caller: Caller, organisation_id: UUID) -> None:
    """Equipment is changed by those who work on the street and by those who plan."""
    if not caller.may(Role.WORK, organisation_id):
        caller.require(Role.PLAN, organisation_id)


async def create_luminaire_type(
    session: AsyncSession, caller: Caller, new: NewLuminaireType, *, at: datetime
) -> LuminaireType:
    """Add a model to the catalogue."""
    caller.require_anywhere(Role.PLAN)
    technology = new.lamp_technology.value if new.lamp_technology else None
    row = LuminaireType(**{**asdict(new), "lamp_technology": technology}, created_at=at)
    refusal = EquipmentRefusedError("the catalogue has this model; see GET /luminaire-types")
    await registry.save(session, refusal, row)
    await _audit(session, caller, at, "luminaire_type.create", row.id, None, {"model": new.model})
    return row


async def create_luminaire(
    session: AsyncSession, caller: Caller, new: NewLuminaire, *, at: datetime
) -> Luminaire:
    """Register a luminaire that is in stock."""
    await access.organisation(session, caller, new.organisation_id)
    require_field_hand(caller, new.organisation_id)
    if await repository.luminaire_type(session, new.type_id) is None:
        raise NotFoundError("no such luminaire type; see GET /luminaire-types")
    row = Luminaire(**asdict(new), state=AssetState.IN_STOCK.value, created_at=at)
    refusal = EquipmentRefusedError(f"the serial '{new.serial}' is registered already")
    await registry.save(session, refusal, row)
    await _audit(session, caller, at, "luminaire.create", row.id, new.organisation_id, {})
    return row


async def create_controller(
    session: AsyncSession,
    caller: Caller,
    organisation_id: UUID,
    new: NewController,
    *,
    at: datetime,
) -> RegisteredController:
    """Register a controller that is in stock; `install` puts it into a light point."""
    await access.organisation(session, caller, organisation_id)
    require_field_hand(caller, organisation_id)
    row = Controller(
        organisation_id=organisation_id,
        address=new.address.strip().lower(),
        network=new.network,
        profile=new.profile,
        serial=new.serial,
        expected_period_s=new.expected_period_s,
        state=AssetState.IN_STOCK.value,
        revision=await registry.next_revision(session),
        created_at=at,
    )
    refusal = EquipmentRefusedError(f"the address '{row.address}' is registered already")
    await registry.save(session, refusal, row)
    detail = {"address": row.address}
    await _audit(session, caller, at, "controller.create", row.id, organisation_id, detail)
    return await controller(session, caller, row.id)


async def controllers(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None = None,
    address: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> Sequence[RegisteredController]:
    """Controllers by address, those after the pair (address, id)."""
    return await repository.controllers(
        session,
        caller,
        organisation_id=organisation_id,
        address=address,
        after=after,
        limit=limit,
    )


async def luminaire_types(
    session: AsyncSession, *, after: tuple[str, str, UUID] | None = None, limit: int = 50
) -> Sequence[LuminaireType]:
    """The catalogue, by maker and model."""
    return await repository.luminaire_types(session, after=after, limit=limit)


async def controller(
    session: AsyncSession, caller: Caller, controller_id: UUID
) -> RegisteredController:
    """One controller; refused as unknown when the caller may not see it."""
    found = await repository.controller(session, caller, controller_id)
    if found is None:
        raise NotFoundError("no such controller; see GET /api/v1/controllers")
    return found


async def controller_called(
    session: AsyncSession, caller: Caller, scanned: str
) -> RegisteredController | None:
    """The controller of the caller's with this address or serial; None when there is not one."""
    piece = await repository.equipment(session, caller, EquipmentKind.CONTROLLER, scanned=scanned)
    return None if piece is None else await controller(session, caller, piece.id)


async def _audit(
    session: AsyncSession,
    caller: Caller,
    at: datetime,
    action: str,
    subject_id: UUID,
    organisation_id: UUID | None,
    detail: Mapping[str, Any],
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type=action.partition(".")[0],
        subject_id=subject_id,
        organisation_id=organisation_id,
        detail=detail,
    )

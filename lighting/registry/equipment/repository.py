"""Queries of the catalogue and of pieces of equipment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from lighting.registry.equipment.model import RegisteredController
from lighting.registry.equipment.tables import Controller, Installation, Luminaire, LuminaireType
from lighting.registry.model import EquipmentKind
from lighting.registry.repository import below
from lighting.registry.tables import LightPoint


async def luminaire_types(
    session: AsyncSession, *, after: tuple[str, str, UUID] | None, limit: int
) -> Sequence[LuminaireType]:
    """The catalogue by maker and model; it belongs to everyone."""
    columns = (col(LuminaireType.maker), col(LuminaireType.model), col(LuminaireType.id))
    query = sa.select(LuminaireType).order_by(*columns).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(*columns) > sa.tuple_(*map(sa.literal, after)))
    return (await session.scalars(query)).all()


async def luminaire_type(session: AsyncSession, type_id: UUID) -> LuminaireType | None:
    return await session.get(LuminaireType, type_id)


def _registered(caller: Caller) -> sa.Select[Any]:
    """Every controller the caller may see, with the light point it is in."""
    stay = (
        sa.select(Installation.controller_id, LightPoint.id, LightPoint.code)  # type: ignore[call-overload]
        .join(LightPoint, col(LightPoint.id) == col(Installation.light_point_id))
        .where(col(Installation.removed_at).is_(None))
        .subquery("stay")
    )
    one = Controller
    query: sa.Select[Any] = (
        sa.select(  # type: ignore[call-overload]
            *(one.id, one.key, one.organisation_id, one.address, one.network, one.profile),
            *(one.serial, one.expected_period_s, one.state, stay.c.id, stay.c.code),
        )
        .outerjoin(stay, stay.c.controller_id == col(one.id))
        .where(visible(one.organisation_id, caller))
    )
    return query


async def controllers(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None,
    address: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[RegisteredController]:
    """Controllers by address; `address` is the beginning of one."""
    position = (col(Controller.address), col(Controller.id))
    query = _registered(caller).order_by(*position).limit(limit)
    if organisation_id is not None:
        query = query.where(col(Controller.organisation_id).in_(below(organisation_id)))
    if address is not None:
        query = query.where(col(Controller.address).startswith(address.lower(), autoescape=True))
    if after is not None:
        query = query.where(sa.tuple_(*position) > sa.tuple_(*map(sa.literal, after)))
    return [RegisteredController(*row) for row in await session.execute(query)]


async def controller(
    session: AsyncSession, caller: Caller, controller_id: UUID
) -> RegisteredController | None:
    """One controller, if the caller may see it."""
    query = _registered(caller).where(col(Controller.id) == controller_id)
    row = (await session.execute(query)).first()
    return None if row is None else RegisteredController(*row)


async def equipment(
    session: AsyncSession,
    caller: Caller,
    kind: EquipmentKind,
    *,
    equipment_id: UUID | None = None,
    scanned: str | None = None,
) -> Controller | Luminaire | None:
    """One piece the caller may see, held until the transaction ends."""
    table: Any = Controller if kind is EquipmentKind.CONTROLLER else Luminaire
    name = col(table.address if kind is EquipmentKind.CONTROLLER else table.serial)
    query = sa.select(table).where(visible(table.organisation_id, caller)).with_for_update()
    if equipment_id is not None:
        query = query.where(col(table.id) == equipment_id)
    if scanned is not None:
        same = name == scanned.lower() if kind is EquipmentKind.CONTROLLER else name == scanned
        query = query.where(sa.or_(same, col(table.serial) == scanned))
    found: Sequence[Controller | Luminaire] = (await session.scalars(query.limit(2))).all()
    return found[0] if len(found) == 1 else None

"""Queries of the stays of equipment in light points."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from lighting.registry.equipment.tables import Controller, Installation, Luminaire
from lighting.registry.installations.model import Stay
from lighting.registry.model import EquipmentKind
from lighting.registry.tables import LightPoint


async def place(session: AsyncSession, light_point_id: UUID) -> LightPoint:
    """The light point's row, held until the transaction ends."""
    return await session.get_one(
        LightPoint, light_point_id, with_for_update=True, populate_existing=True
    )


async def open_stay(
    session: AsyncSession,
    *,
    light_point_id: UUID | None = None,
    kind: EquipmentKind | None = None,
    equipment_id: UUID | None = None,
) -> Installation | None:
    """What is in a light point now, or where a piece of equipment is now."""
    query = sa.select(Installation).where(col(Installation.removed_at).is_(None))
    if light_point_id is not None and kind is not None:
        query = query.where(
            col(Installation.light_point_id) == light_point_id,
            col(Installation.kind) == kind.value,
        )
    if equipment_id is not None:
        query = query.where(col(Installation.equipment_id) == equipment_id)
    return (await session.scalars(query)).first()


async def last_removed_at(
    session: AsyncSession, light_point_id: UUID, kind: EquipmentKind, equipment_id: UUID
) -> datetime | None:
    """When something last left this place, or this piece last left any place."""
    is_controller = kind is EquipmentKind.CONTROLLER
    equipment = Installation.controller_id if is_controller else Installation.luminaire_id
    query = sa.select(sa.func.max(Installation.removed_at)).where(
        sa.or_(
            sa.and_(
                col(Installation.light_point_id) == light_point_id,
                col(Installation.kind) == kind.value,
            ),
            col(equipment) == equipment_id,
        )
    )
    found: datetime | None = (await session.execute(query)).scalar()
    return found


async def stays(session: AsyncSession, light_point_id: UUID, *, limit: int) -> Sequence[Stay]:
    """Everything that was ever in a light point, newest first."""
    label = sa.func.coalesce(col(Controller.address), col(Luminaire.serial), "")
    query = (
        sa.select(Installation, label)
        .outerjoin(Controller, col(Controller.id) == col(Installation.controller_id))
        .outerjoin(Luminaire, col(Luminaire.id) == col(Installation.luminaire_id))
        .where(col(Installation.light_point_id) == light_point_id)
        .order_by(col(Installation.installed_at).desc(), col(Installation.id).desc())
        .limit(limit)
    )
    return [
        Stay(
            id=row.id,
            light_point_id=row.light_point_id,
            kind=EquipmentKind(row.kind),
            equipment_id=row.equipment_id,
            label=label,
            installed_at=row.installed_at,
            removed_at=row.removed_at,
            reason=row.reason,
        )
        for row, label in (await session.execute(query)).all()
    ]

"""Where the work is, asked of the registry: for opening an order and for showing it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders.model import Position
from gmao.workorders.requests import Telling
from kit.access import service as access
from kit.access.model import Caller
from kit.errors import InvalidInputError, NotFoundError
from lighting.faults.model import AssetType
from lighting.registry.light_points import service as light_points
from lighting.registry.light_points.model import LightPointFilter, LightPointView
from lighting.registry.network import service as network
from lighting.registry.network.model import CabinetView

SYSTEM = Caller.system("work orders")


@dataclass(frozen=True, slots=True)
class Place:
    """An asset of the estate, or a bare position in a territory, as an order refers to it."""

    organisation_id: UUID
    position: Position
    asset_type: AssetType | None = None
    asset_id: UUID | None = None
    light_point_id: UUID | None = None
    cabinet_id: UUID | None = None


async def find(session: AsyncSession, caller: Caller, told: Telling) -> Place:
    """What a person points at; unknown when it is not theirs to see."""
    if told.light_point_id is not None or told.cabinet_id is not None:
        return await locate(session, caller, told.light_point_id, told.cabinet_id)
    if told.organisation_id is None or told.position is None:
        raise InvalidInputError(
            "name a light point or a cabinet, or give a position and its organisation_id"
        )
    organisation = await access.organisation(session, caller, told.organisation_id)
    return Place(organisation.id, told.position)


async def locate(
    session: AsyncSession, caller: Caller, light_point_id: UUID | None, cabinet_id: UUID | None
) -> Place:
    """A light point, or else a cabinet; unknown when it is not the caller's to see."""
    if light_point_id is not None:
        return _place_of_light(await light_points.light_point(session, caller, light_point_id))
    assert cabinet_id is not None
    return _place_of_cabinet(await network.cabinet(session, caller, cabinet_id))


async def position_of(
    session: AsyncSession, light_point_id: UUID | None, cabinet_id: UUID | None
) -> Position | None:
    """Where an alarm's asset stands; None for one that has left the registry."""
    if light_point_id is None and cabinet_id is None:
        return None
    try:
        found = await locate(session, SYSTEM, light_point_id, cabinet_id)
    except NotFoundError:
        return None
    return found.position


async def lights(
    session: AsyncSession, light_point_ids: Collection[UUID]
) -> Mapping[UUID, LightPointView]:
    """Light points of orders one may see; their place goes with the order."""
    if not light_point_ids:
        return {}
    found = await light_points.light_points(
        session,
        SYSTEM,
        LightPointFilter(),
        among=list(light_point_ids),
        limit=len(light_point_ids),
    )
    return {light.id: light for light in found}


async def cabinets(
    session: AsyncSession, cabinet_ids: Collection[UUID]
) -> Mapping[UUID, CabinetView]:
    """Cabinets of orders one may see; those that left the registry are left out."""
    found = {}
    for cabinet_id in cabinet_ids:
        try:
            found[cabinet_id] = await network.cabinet(session, SYSTEM, cabinet_id)
        except NotFoundError:
            continue
    return found


def _place_of_light(light: LightPointView) -> Place:
    return Place(
        organisation_id=light.organisation_id,
        position=Position(light.lon_deg, light.lat_deg),
        asset_type=AssetType.LIGHT_POINT,
        asset_id=light.id,
        light_point_id=light.id,
        cabinet_id=light.cabinet.id if light.cabinet else None,
    )


def _place_of_cabinet(cabinet: CabinetView) -> Place:
    return Place(
        organisation_id=cabinet.organisation_id,
        position=Position(cabinet.lon_deg, cabinet.lat_deg),
        asset_type=AssetType.CABINET,
        asset_id=cabinet.id,
        cabinet_id=cabinet.id,
    )

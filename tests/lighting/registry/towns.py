"""Makes towns, the people who work there, and their first assets."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service as access
from kit.access.model import Caller, OrganisationKind, Role
from lighting.registry import service as registry
from lighting.registry.service import (
    LightPointView,
    NewController,
    NewLightPoint,
    RegisteredController,
)

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def caller(*organisation_ids: UUID, roles: tuple[Role, ...] = tuple(Role)) -> Caller:
    """Someone who holds roles for some organisations."""
    return Caller(
        user_id=None,
        email="anne@example.org",
        display_name="Anne",
        roles={role: frozenset(organisation_ids) for role in roles},
    )


async def make_town(session: AsyncSession, name: str) -> UUID:
    made = await access.create_organisation(
        session, Caller.system(), at=AT, name=name, kind=OrganisationKind.MUNICIPALITY
    )
    return made.id


async def make_light(
    session: AsyncSession, planner: Caller, town: UUID, code: str, **facts: object
) -> LightPointView:
    values = {"lon_deg": 3.8771, "lat_deg": 43.6089, "street": "Rue de l'Église", **facts}
    new = NewLightPoint(organisation_id=town, code=code, **values)  # type: ignore[arg-type]
    return await registry.create_light_point(session, planner, new, at=AT)


async def make_controller(
    session: AsyncSession, planner: Caller, town: UUID, address: str
) -> RegisteredController:
    new = NewController(
        address=address, network="chirpstack:main", profile="nas/ul20xx", expected_period_s=900
    )
    return await registry.create_controller(session, planner, town, new, at=AT)

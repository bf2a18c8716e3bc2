import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Role
from kit.db import raw
from kit.errors import ForbiddenError, NotFoundError
from lighting.registry.gateways import service
from lighting.registry.gateways.model import SitedGateway
from lighting.registry.gateways.service import GatewayTakenError
from tests.lighting.registry.towns import AT, caller, make_town

ADDRESS = "02de300000000001"


async def test_a_gateway_is_placed_and_what_is_said_again_replaces_it(
    session: AsyncSession,
) -> None:
    town = await make_town(session, "Dijon")
    admin = caller(town)
    await service.place(session, admin, SitedGateway(town, ADDRESS, "", 5.0, 47.3), at=AT)
    moved = SitedGateway(town, ADDRESS, "Hôtel de ville", 5.04, 47.32)
    await service.place(session, admin, moved, at=AT)
    connection = await raw(session)
    rows = await connection.fetch("SELECT name, lon_deg, lat_deg FROM gateway")
    assert [tuple(row) for row in rows] == [("Hôtel de ville", 5.04, 47.32)]
    audited = "SELECT count(*) FROM audit_entry WHERE action = 'gateway.place'"
    assert await connection.fetchval(audited) == 2


async def test_only_administrators_place_gateways_and_nobody_takes_anothers(
    session: AsyncSession,
) -> None:
    town, other = await make_town(session, "Dijon"), await make_town(session, "Beaune")
    here = SitedGateway(town, ADDRESS, "Hôtel de ville", 5.04, 47.32)
    with pytest.raises(ForbiddenError):
        await service.place(session, caller(town, roles=(Role.SEE, Role.PLAN)), here, at=AT)
    with pytest.raises(NotFoundError):
        await service.place(session, caller(other), here, at=AT)
    await service.place(session, caller(town), here, at=AT)
    theirs = SitedGateway(other, ADDRESS, "Mairie", 4.8, 47.0)
    with pytest.raises(GatewayTakenError):
        await service.place(session, caller(other), theirs, at=AT)

"""Use cases of gateways: networks tell their addresses, people tell their names and places."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError
from lighting.registry.gateways import repository
from lighting.registry.gateways.model import SitedGateway
from lighting.registry.gateways.tables import Gateway


class GatewayTakenError(ConflictError):
    """The gateway stands in another organisation."""

    code = "gateway_taken"
    title = "This gateway belongs to another organisation"


async def place(
    session: AsyncSession, caller: Caller, gateway: SitedGateway, *, at: datetime
) -> None:
    """Say what a gateway is called and where it stands; said again, it replaces what was said."""
    await access.organisation(session, caller, gateway.organisation_id)
    caller.require(Role.ADMINISTER, gateway.organisation_id)
    row = await repository.row(session, gateway.address)
    if row is None:
        row = Gateway(**asdict(gateway), created_at=at)
        session.add(row)
    elif not caller.may(Role.ADMINISTER, row.organisation_id):
        raise GatewayTakenError(f"'{gateway.address}' is known elsewhere; check the address")
    for name, value in asdict(gateway).items():
        setattr(row, name, value)
    await session.flush()
    await audit.record(
        session,
        caller,
        at=at,
        action="gateway.place",
        subject_type="gateway",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"address": row.address, "name": row.name},
    )

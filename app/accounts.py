"""Opens an administrator's account from the command line: the first way into a new installation."""

from app.organisations import find_organisation
from kit.access import service
from kit.access.model import Caller, OrganisationKind, Role
from kit.clock import Clock
from kit.db import Database


async def open_administrator(
    database: Database,
    clock: Clock,
    *,
    email: str,
    display_name: str,
    password: str,
    organisation_name: str,
    new_kind: OrganisationKind | None,
) -> None:
    """An account with every role in one organisation, which is made first when `new_kind` says so.

    Raises `NotFoundError` for an organisation nobody has made.
    """
    system = Caller.system()
    at = clock.now()
    async with database.session() as session:
        names = {each.name for each in await service.organisations(session, system)}
        if new_kind is not None and organisation_name not in names:
            await service.create_organisation(
                session, system, at=at, name=organisation_name, kind=new_kind
            )
        organisation_id = await find_organisation(session, organisation_name)
        await service.create_account(
            session,
            system,
            at=at,
            email=email,
            display_name=display_name,
            password=password,
            roles=[(role, organisation_id) for role in Role],
        )

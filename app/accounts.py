"""Opens an administrator's account from the command line: the first way into a new installation."""

from kit.access import service
from kit.access.model import Caller, OrganisationKind, Role
from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError


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
        known = await service.organisations(session, system)
        found = next((each for each in known if each.name == organisation_name), None)
        if found is None and new_kind is None:
            raise NotFoundError(
                f"There is no organisation named “{organisation_name}”: "
                "write its name as it is, or make it with --new."
            )
        if found is None and new_kind is not None:
            found = await service.create_organisation(
                session, system, at=at, name=organisation_name, kind=new_kind
            )
        assert found is not None
        await service.create_account(
            session,
            system,
            at=at,
            email=email,
            display_name=display_name,
            password=password,
            roles=[(role, found.id) for role in Role],
        )

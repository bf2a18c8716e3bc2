"""Organisations by the name a person writes at the terminal."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service
from kit.access.model import Caller
from kit.errors import NotFoundError


async def find_organisation(session: AsyncSession, name: str | None) -> UUID:
    """The organisation of that name; without a name, the only one there is."""
    known = await service.organisations(session, Caller.system())
    found = [each.id for each in known if name in (None, each.name)]
    if len(found) == 1:
        return found[0]
    if not known:
        raise NotFoundError("There is no organisation yet: make one with `reverbere account`.")
    names = ", ".join(f"“{each.name}”" for each in known)
    asked = "Say which organisation" if name is None else f"No single organisation is “{name}”"
    raise NotFoundError(f"{asked}; there are {names}.")

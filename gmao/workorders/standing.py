"""In what quality a caller stands before an order, and which crew they may give it to."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.crews import service as crews
from gmao.workorders.moves import Party
from gmao.workorders.tables import WorkOrder
from kit.access.model import Caller, Role
from kit.errors import ConflictError, ForbiddenError


class CrewNotAvailableError(ConflictError):
    """The crew is no longer active."""

    code = "crew_not_available"
    title = "This crew cannot be sent"


def parties(caller: Caller, order: WorkOrder, crew_ids: Collection[UUID]) -> frozenset[Party]:
    """Dispatcher by role; crew by role and by being in the crew the order was given to."""
    if caller.is_system:
        return frozenset({Party.SYSTEM})
    found = set()
    if caller.may(Role.DISPATCH, order.organisation_id):
        found.add(Party.DISPATCHER)
    if caller.may(Role.WORK, order.organisation_id) and order.crew_id in crew_ids:
        found.add(Party.CREW)
    return frozenset(found)


async def parties_of(session: AsyncSession, caller: Caller, order: WorkOrder) -> frozenset[Party]:
    """The same, looking up the caller's crews."""
    return parties(caller, order, await crews.crew_ids_of(session, caller))


async def require_party(session: AsyncSession, caller: Caller, order: WorkOrder) -> None:
    """Refuse those who neither dispatch the order nor work on it."""
    if not await parties_of(session, caller, order):
        raise ForbiddenError("this is for the dispatcher and for the crew the order was given to")


async def check_crew(session: AsyncSession, caller: Caller, crew_id: UUID | None) -> None:
    """Refuse a crew that the caller may not see, or that is no longer active."""
    if crew_id is None:
        return
    crew = await crews.crew(session, caller, crew_id)
    if not crew.is_active:
        raise CrewNotAvailableError(f"the crew {crew.name!r} is no longer active; choose another")

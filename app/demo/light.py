"""Calendars of the demo city: one for the commune, others where the street asks for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.control import service as control
from lighting.control.model import AssignmentScope
from lighting.registry.network import service as network
from schedules.library import sample
from schedules.library import service as library

EVERYWHERE = "evening_dimming"
# Of every so many cabinets, these (counted from 0) have a calendar of their own.
CYCLE = 12
OTHERWISE: Mapping[int, str] = {
    1: "heart_of_night",
    4: "weekend",
    6: "dark_corridor",
    9: "heart_of_night",
    11: "permanent",
}
CABINETS_MAX = 500


async def schedule(
    session: AsyncSession, caller: Caller, commune_id: UUID, *, at: datetime
) -> None:
    """Install the library's calendars and assign them."""
    calendars = {
        slug: await library.install(session, caller, commune_id, sample(slug), now=at)
        for slug in sorted({EVERYWHERE, *OTHERWISE.values()})
    }
    await control.assign_calendar(
        session,
        caller,
        scope=AssignmentScope.ORGANISATION,
        scope_id=commune_id,
        calendar_id=calendars[EVERYWHERE],
        now=at,
    )
    found = await network.cabinets(session, caller, organisation_id=commune_id, limit=CABINETS_MAX)
    for cabinet_id, slug in own_calendars([cabinet.id for cabinet in found]):
        await control.assign_calendar(
            session,
            caller,
            scope=AssignmentScope.CABINET,
            scope_id=cabinet_id,
            calendar_id=calendars[slug],
            now=at,
        )


def own_calendars(cabinet_ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """The cabinets whose calendar is not the commune's, with its name in the library."""
    return [
        (cabinet_id, OTHERWISE[number % CYCLE])
        for number, cabinet_id in enumerate(cabinet_ids)
        if number % CYCLE in OTHERWISE
    ]

"""Energy over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.access.http import CurrentCaller
from kit.http import SessionDep
from lighting.energy import service
from lighting.energy.schemas import EnergyDaysAnswer, day_answer

router = APIRouter(tags=["energy"])


@router.get("/energy/days")
async def energy_days(
    session: SessionDep,
    caller: CurrentCaller,
    first: Annotated[date, Query(alias="from", description="first local date")],
    last: Annotated[date, Query(alias="to", description="last local date, included")],
    organisation_id: Annotated[UUID | None, Query()] = None,
    light_point_id: Annotated[UUID | None, Query()] = None,
) -> EnergyDaysAnswer:
    """Energy by local date: of an organisation and all below it, of one light point, or of
    everything the caller may see."""
    found = await service.days(
        session,
        caller,
        first,
        last,
        organisation_id=organisation_id,
        light_point_id=light_point_id,
    )
    return EnergyDaysAnswer(items=[day_answer(day) for day in found])

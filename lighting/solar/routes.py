"""Luminaires on sun and battery over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from kit.access.http import CurrentCaller
from kit.http import ClockDep, SessionDep
from lighting.solar import service
from lighting.solar.compute import produced_wh
from lighting.solar.schemas import ChargeAnswer, ChargesAnswer, SolarAnswer, solar_answer

router = APIRouter(tags=["solar"])

From = Annotated[AwareDatetime, Query(alias="from")]
To = Annotated[AwareDatetime, Query(alias="to")]


@router.get("/light-points/{light_point_id}/solar")
async def show_solar(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, light_point_id: UUID
) -> SolarAnswer:
    """Charge, autonomy and the light shed tonight; 404 for a luminaire on the mains."""
    return solar_answer(await service.state(session, caller, light_point_id, clock.now()))


@router.get("/light-points/{light_point_id}/charges")
async def list_charges(
    session: SessionDep,
    caller: CurrentCaller,
    light_point_id: UUID,
    starts_at: From,
    ends_at: To,
) -> ChargesAnswer:
    """What a luminaire said of its battery and panel over a span."""
    found = await service.charges(session, caller, light_point_id, starts_at, ends_at)
    return ChargesAnswer(
        items=[ChargeAnswer.model_validate(one) for one in found],
        produced_wh=produced_wh(one.panel_energy_wh for one in found),
        is_complete=len(found) < service.CHARGES_PER_ANSWER_MAX,
    )

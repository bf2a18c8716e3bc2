"""Indicators over HTTP."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from gmao.indicators import service
from gmao.indicators.schemas import IndicatorsAnswer
from kit.access.http import CurrentCaller
from kit.http import SessionDep

router = APIRouter(tags=["gmao"])


@router.get("/maintenance-indicators")
async def indicators(
    session: SessionDep,
    caller: CurrentCaller,
    organisation_id: Annotated[UUID, Query()],
    start: Annotated[AwareDatetime, Query(alias="from")],
    end: Annotated[AwareDatetime, Query(alias="to")],
) -> IndicatorsAnswer:
    """How well maintenance did over a period, for an organisation and those under it."""
    found = asdict(await service.indicators(session, caller, organisation_id, start, end))
    times = ("mean_time_to_restore", "median_time_to_restore")
    in_seconds = {f"{name}_s": _seconds(found.pop(name)) for name in times}
    return IndicatorsAnswer(**found, **in_seconds)


def _seconds(time: timedelta | None) -> float | None:
    return None if time is None else time.total_seconds()

"""Readings and series over HTTP."""

from datetime import datetime
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.http import CurrentCaller
from kit.http import Page, PageQuery, SessionDep, page_of
from lighting.telemetry import service
from lighting.telemetry.schemas import (
    ReadingAnswer,
    SeriesAnswer,
    SeriesContext,
    series_answer,
)

router = APIRouter(tags=["telemetry"])

From = Annotated[AwareDatetime, Query(alias="from")]
To = Annotated[AwareDatetime, Query(alias="to")]


class TellsContext(Protocol):
    """Tells what a light should have done, for the side that knows calendars."""

    async def __call__(
        self,
        session: AsyncSession,
        light_point_id: UUID,
        starts_at: datetime,
        ends_at: datetime,
        instants: list[datetime],
    ) -> SeriesContext:
        """Expected levels and nights of a span, and the expected power at each instant."""


def context_of(request: Request) -> TellsContext | None:
    """What the application has put at `app.state.series_context`, if anything."""
    teller: TellsContext | None = getattr(request.app.state, "series_context", None)
    return teller


@router.get("/readings")
async def list_readings(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    light_point_id: UUID,
    starts_at: From,
    ends_at: To,
) -> Page[ReadingAnswer]:
    """What the controllers of one light point measured, oldest first."""
    after = page.after(tuple[datetime])
    rows = await service.readings_of_light(
        session,
        caller,
        light_point_id,
        starts_at,
        ends_at,
        after=after[0] if after else None,
        limit=page.limit + 1,
    )
    return page_of(rows, page, lambda row: (row.at,), lambda row: ReadingAnswer(**row._asdict()))


@router.get("/light-points/{light_point_id}/series", response_model_by_alias=True)
async def show_series(
    session: SessionDep,
    caller: CurrentCaller,
    light_point_id: UUID,
    starts_at: From,
    ends_at: To,
    context: Annotated[TellsContext | None, Depends(context_of)],
) -> SeriesAnswer:
    """One light over time: measured beside expected, with its nights and its gaps."""
    series = await service.series_of_light(session, caller, light_point_id, starts_at, ends_at)
    if context is None:
        return series_answer(series, SeriesContext())
    instants = [one.at for one in series.readings]
    told = await context(session, light_point_id, starts_at, ends_at, instants)
    return series_answer(series, told)

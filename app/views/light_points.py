"""Light points as people look at them: the registry's facts with the state of now."""

from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from app.views.light_now import LightNow, lights_now
from kit.access.http import CurrentCaller
from kit.errors import InvalidInputError
from kit.http import Page, PageQuery, SessionDep, page_of
from lighting.faults.model import Cause
from lighting.registry import service as registry
from lighting.registry.light_points.schemas import LightPointFacts
from lighting.registry.model import AssetState

router = APIRouter(tags=["registry"])

ANY_CAUSE = "open"


class LightPointAnswer(LightPointFacts, LightNow):
    """A light point with its latest reading, its levels and its open alarms."""


async def answers(
    session: AsyncSession, views: list[registry.LightPointView]
) -> dict[UUID, LightPointAnswer]:
    """Each light point with its state of now."""
    now = await lights_now(session, [view.id for view in views])
    return {
        view.id: LightPointAnswer(
            **LightPointFacts.model_validate(view).model_dump(), **now[view.id].model_dump()
        )
        for view in views
    }


def alarmed(alarm: str) -> sa.Select[Any]:
    """The ids of light points with an open alarm: any, or of one cause."""
    query = "SELECT light_point_id FROM alarm WHERE cleared_at IS NULL"
    column = sa.column("light_point_id", sa.Uuid)
    if alarm == ANY_CAUSE:
        return sa.select(sa.text(query).columns(column).subquery().c.light_point_id)
    if alarm not in set(Cause):
        causes = ", ".join(cause.value for cause in Cause)
        raise InvalidInputError(f"alarm is '{ANY_CAUSE}' or one of: {causes}")
    of_cause = sa.text(f"{query} AND cause = :cause").bindparams(cause=alarm).columns(column)
    return sa.select(of_cause.subquery().c.light_point_id)


def box_of(text: str) -> registry.Box:
    """A rectangle written `west,south,east,north` in degrees."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as error:
        raise InvalidInputError("bbox is west,south,east,north in degrees") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInputError("bbox is west,south,east,north in degrees, west before east")
    return registry.Box(west, south, east, north)


@router.get("/light-points")
async def list_light_points(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: Annotated[UUID | None, Query()] = None,
    cabinet_id: Annotated[UUID | None, Query()] = None,
    street: Annotated[str | None, Query(max_length=200)] = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    state: Annotated[AssetState | None, Query()] = None,
    alarm: Annotated[str | None, Query(max_length=40)] = None,
    bbox: Annotated[str | None, Query(max_length=120)] = None,
) -> Page[LightPointAnswer]:
    """Light points by plate number, with their state of now."""
    wanted = registry.LightPointFilter(
        organisation_id=organisation_id,
        cabinet_id=cabinet_id,
        street=street,
        q=q,
        state=state,
        box=None if bbox is None else box_of(bbox),
    )
    rows = await registry.light_points(
        session,
        caller,
        wanted,
        among=None if alarm is None else alarmed(alarm),
        after=page.after(tuple[str, UUID]),
        limit=page.limit + 1,
    )
    shown = await answers(session, list(rows[: page.limit]))
    return page_of(rows, page, key=lambda row: (row.code, row.id), shape=lambda row: shown[row.id])


@router.get("/light-points/{light_point_id}")
async def get_light_point(
    session: SessionDep, caller: CurrentCaller, light_point_id: UUID
) -> LightPointAnswer:
    """One light point with its state of now."""
    view = await registry.light_point(session, caller, light_point_id)
    return (await answers(session, [view]))[view.id]

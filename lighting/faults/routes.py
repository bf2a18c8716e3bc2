"""Alarms over HTTP."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.http import CurrentCaller
from kit.access.model import Caller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from lighting.faults import service
from lighting.faults.model import Cause
from lighting.faults.schemas import (
    AlarmAnswer,
    AlarmDetailAnswer,
    WorkOrderName,
    alarm_answer,
    alarm_detail_answer,
)

router = APIRouter(tags=["faults"])


class NamesWork(Protocol):
    """Tells which work order answers an alarm, for the side that knows work orders."""

    async def __call__(
        self, session: AsyncSession, caller: Caller, alarm_ids: Sequence[UUID]
    ) -> Mapping[UUID, WorkOrderName]:
        """By alarm, the work order that answers it."""


async def _no_work(
    session: AsyncSession, caller: Caller, alarm_ids: Sequence[UUID]
) -> Mapping[UUID, WorkOrderName]:
    return {}


def work_of(request: Request) -> NamesWork:
    """What the application has put at `app.state.work_of_alarms`, or nobody."""
    named: NamesWork = getattr(request.app.state, "work_of_alarms", _no_work)
    return named


WorkDep = Annotated[NamesWork, Depends(work_of)]


@router.get("/alarms")
async def list_alarms(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    work: WorkDep,
    status: Literal["open", "cleared", "all"] = "open",
    cause: Cause | None = None,
    organisation_id: UUID | None = None,
    cabinet_id: UUID | None = None,
    light_point_id: UUID | None = None,
) -> Page[AlarmAnswer]:
    """Alarms, newest first; those of an organisation are also those of its parts."""
    views = await service.alarms(
        session,
        caller,
        service.AlarmFilter(
            status=status,
            cause=cause,
            organisation_id=organisation_id,
            cabinet_id=cabinet_id,
            light_point_id=light_point_id,
        ),
        after=page.after(tuple[datetime, UUID]),
        limit=page.limit + 1,
    )
    named = await work(session, caller, [view.alarm.id for view in views])
    return page_of(
        views,
        page,
        lambda view: (view.alarm.raised_at, view.alarm.id),
        lambda view: alarm_answer(view, named),
    )


@router.get("/alarms/{alarm_id}")
async def show_alarm(
    session: SessionDep, caller: CurrentCaller, alarm_id: UUID, work: WorkDep
) -> AlarmDetailAnswer:
    """One alarm with its evidence."""
    view = await service.alarm(session, caller, alarm_id)
    return alarm_detail_answer(view, await work(session, caller, [alarm_id]))


@router.post("/alarms/{alarm_id}/acknowledge")
async def acknowledge_alarm(
    session: SessionDep, caller: CurrentCaller, clock: ClockDep, alarm_id: UUID, work: WorkDep
) -> AlarmDetailAnswer:
    """Note that the caller answers for the alarm; again changes nothing."""
    await service.acknowledge(session, caller, alarm_id, clock.now())
    view = await service.alarm(session, caller, alarm_id)
    return alarm_detail_answer(view, await work(session, caller, [alarm_id]))

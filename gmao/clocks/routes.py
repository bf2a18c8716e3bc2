"""Promises over HTTP."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from gmao.clocks import service
from gmao.clocks.model import Budget, BusinessDayEnd, Elapsed, Working
from gmao.clocks.schemas import PromiseAnswer, PromiseInput
from gmao.clocks.service import Agreed
from gmao.clocks.service_levels import Promise
from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, SessionDep

router = APIRouter(tags=["gmao"])


@router.get("/service-levels")
async def list_promises(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    organisation_id: Annotated[UUID, Query()],
) -> Page[PromiseAnswer]:
    """What holds for orders opened now in an organisation: one line per class and clock."""
    found = await service.service_levels(session, caller, organisation_id, clock.now())
    return Page(items=[_answer(one) for one in found])


@router.put("/service-levels")
async def agree(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, body: PromiseInput
) -> PromiseAnswer:
    """Agree on a promise for orders opened from now, or from later, on."""
    pausable = body.pausable_reasons
    promise = Promise(
        body.kind, _budget(body), body.hours, None if pausable is None else frozenset(pausable)
    )
    agreed = await service.agree(
        session,
        caller,
        body.organisation_id,
        body.urgency,
        promise,
        at=clock.now(),
        valid_from=body.valid_from,
    )
    return _answer(agreed)


def _budget(body: PromiseInput) -> Budget:
    if body.elapsed_minutes is not None:
        return Elapsed(timedelta(minutes=body.elapsed_minutes))
    if body.working_minutes is not None:
        return Working(timedelta(minutes=body.working_minutes))
    assert body.business_days is not None, "exactly one budget: checked on the way in"
    return BusinessDayEnd(body.business_days)


def _answer(agreed: Agreed) -> PromiseAnswer:
    budget = agreed.promise.budget
    minute = timedelta(minutes=1)
    return PromiseAnswer(
        urgency=agreed.urgency,
        kind=agreed.promise.kind,
        hours=agreed.promise.hours,
        pausable_reasons=sorted(agreed.promise.effective_pausable_reasons),
        organisation_id=agreed.organisation_id,
        valid_from=agreed.valid_from,
        elapsed_minutes=budget.time // minute if isinstance(budget, Elapsed) else None,
        working_minutes=budget.time // minute if isinstance(budget, Working) else None,
        business_days=budget.days if isinstance(budget, BusinessDayEnd) else None,
    )

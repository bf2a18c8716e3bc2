"""Promises over HTTP."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from gmao.clocks import service
from gmao.clocks.model import Budget, BusinessDayEnd, Elapsed, Working
from gmao.clocks.schemas import (
    BudgetShape,
    BusinessDayEndBudget,
    ElapsedBudget,
    PromiseAnswer,
    PromiseInput,
    WorkingBudget,
)
from gmao.clocks.service import Agreed
from gmao.clocks.service_levels import Promise
from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, SessionDep

router = APIRouter(tags=["gmao"])

MINUTE = timedelta(minutes=1)


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
        body.kind,
        _budget(body.budget),
        body.hours,
        None if pausable is None else frozenset(pausable),
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


def _budget(shape: BudgetShape) -> Budget:
    match shape:
        case ElapsedBudget():
            return Elapsed(timedelta(minutes=shape.minutes))
        case WorkingBudget():
            return Working(timedelta(minutes=shape.minutes))
        case BusinessDayEndBudget():
            return BusinessDayEnd(shape.days)


def _shape(budget: Budget) -> BudgetShape:
    match budget:
        case Elapsed(time):
            return ElapsedBudget(unit="elapsed", minutes=time // MINUTE)
        case Working(time):
            return WorkingBudget(unit="working", minutes=time // MINUTE)
        case BusinessDayEnd(days):
            return BusinessDayEndBudget(unit="business_day_end", days=days)


def _answer(agreed: Agreed) -> PromiseAnswer:
    return PromiseAnswer(
        urgency=agreed.urgency,
        kind=agreed.promise.kind,
        budget=_shape(agreed.promise.budget),
        hours=agreed.promise.hours,
        pausable_reasons=sorted(agreed.promise.effective_pausable_reasons),
        organisation_id=agreed.organisation_id,
        valid_from=agreed.valid_from,
    )

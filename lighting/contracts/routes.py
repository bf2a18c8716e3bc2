"""Tariffs, CO2 factors and baselines over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.access.http import CurrentCaller
from kit.http import ClockDep, SessionDep
from lighting.contracts import service
from lighting.contracts.schemas import (
    AdjustmentInput,
    AdjustmentShape,
    BaselineAnswer,
    BaselineInput,
    BaselinesAnswer,
    Co2FactorAnswer,
    Co2FactorsAnswer,
    RatesAnswer,
    RateShape,
)

router = APIRouter(tags=["contracts"])


@router.get("/tariff-rates")
async def list_rates(
    session: SessionDep, caller: CurrentCaller, organisation_id: Annotated[UUID, Query()]
) -> RatesAnswer:
    """Every rate that can hold for an organisation: its own, its parents', the national ones."""
    found = await service.rates(session, caller, organisation_id)
    return RatesAnswer(items=[RateShape.model_validate(one) for one in found])


@router.put("/tariff-rates")
async def set_rate(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, body: RateShape
) -> RateShape:
    """Enter a rate from a date on, or put right the one of the same scope and date."""
    await service.set_rate(session, caller, body.rate(), at=clock.now())
    return body


@router.get("/co2-factors")
async def list_factors(session: SessionDep, caller: CurrentCaller) -> Co2FactorsAnswer:
    """CO2 factors by territory and date, each with its source."""
    found = await service.co2_factors(session)
    return Co2FactorsAnswer(items=[Co2FactorAnswer.model_validate(one) for one in found])


@router.get("/baselines")
async def list_baselines(
    session: SessionDep, caller: CurrentCaller, organisation_id: Annotated[UUID, Query()]
) -> BaselinesAnswer:
    """The frozen reference situations of an organisation with their signed adjustments."""
    found = await service.baselines(session, caller, organisation_id)
    return BaselinesAnswer(items=[BaselineAnswer.model_validate(one) for one in found])


@router.post("/baselines", status_code=201)
async def freeze_baseline(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, body: BaselineInput
) -> BaselineAnswer:
    """Freeze a signed reference situation."""
    frozen = await service.freeze_baseline(
        session, caller, body.organisation_id, body.baseline(), at=clock.now()
    )
    return BaselineAnswer.model_validate(frozen)


@router.post("/baselines/{baseline_id}/adjustments", status_code=201)
async def adjust_baseline(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    baseline_id: UUID,
    body: AdjustmentInput,
) -> AdjustmentShape:
    """Add a signed adjustment: points added or removed, other loads, hours the city decided."""
    signed = await service.adjust_baseline(
        session, caller, baseline_id, body.adjustment(), body.signature(), at=clock.now()
    )
    return AdjustmentShape.model_validate(signed)

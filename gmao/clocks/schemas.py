"""API shapes of promises."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from gmao.clocks.model import ClockKind, SuspensionReason
from gmao.clocks.service_levels import Hours
from lighting.faults.model import Urgency

Minutes = Annotated[int, Field(ge=1, le=366 * 24 * 60)]


class ElapsedBudget(BaseModel):
    """Time that runs day and night."""

    unit: Literal["elapsed"]
    minutes: Minutes


class WorkingBudget(BaseModel):
    """Time that runs on the promise's hours only."""

    unit: Literal["working"]
    minutes: Minutes


class BusinessDayEndBudget(BaseModel):
    """J+n ouvrés: until the close of the nth business day after."""

    unit: Literal["business_day_end"]
    days: int = Field(ge=1, le=366)


BudgetShape = Annotated[
    ElapsedBudget | WorkingBudget | BusinessDayEndBudget, Field(discriminator="unit")
]


class PromiseAnswer(BaseModel):
    """A promise in force; without an organisation, it is the product's own default."""

    urgency: Urgency
    kind: ClockKind
    budget: BudgetShape
    hours: Hours
    pausable_reasons: list[SuspensionReason]
    organisation_id: UUID | None
    valid_from: datetime | None


class PromiseInput(BaseModel):
    """What an organisation agrees on; without `valid_from`, from now on."""

    organisation_id: UUID
    urgency: Urgency
    kind: ClockKind
    budget: BudgetShape
    hours: Hours
    pausable_reasons: list[SuspensionReason] | None = None
    valid_from: AwareDatetime | None = None

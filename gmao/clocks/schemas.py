"""API shapes of promises."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from gmao.clocks.model import ClockKind, SuspensionReason
from gmao.clocks.service_levels import Hours
from lighting.faults.model import Urgency

YEAR_MINUTES = 366 * 24 * 60


class BudgetFields(BaseModel):
    """Exactly one of the three: time day and night, time on the hours, or end of the nth day."""

    elapsed_minutes: int | None = Field(default=None, ge=1, le=YEAR_MINUTES)
    working_minutes: int | None = Field(default=None, ge=1, le=YEAR_MINUTES)
    business_days: int | None = Field(default=None, ge=1, le=366)


class PromiseAnswer(BudgetFields):
    """A promise in force; without an organisation, it is the product's own default."""

    urgency: Urgency
    kind: ClockKind
    hours: Hours
    pausable_reasons: list[SuspensionReason]
    organisation_id: UUID | None
    valid_from: datetime | None


class PromiseInput(BudgetFields):
    """What an organisation agrees on; without `valid_from`, from now on."""

    organisation_id: UUID
    urgency: Urgency
    kind: ClockKind
    hours: Hours
    pausable_reasons: list[SuspensionReason] | None = None
    valid_from: AwareDatetime | None = None

    @model_validator(mode="after")
    def one_budget(self) -> "PromiseInput":
        budgets = (self.elapsed_minutes, self.working_minutes, self.business_days)
        if sum(one is not None for one in budgets) != 1:
            raise ValueError("give one of elapsed_minutes, working_minutes, business_days")
        return self

"""API shapes of control."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from lighting.control.model import AssignmentScope, CommandState, DeliveryState, Priority

LevelPercent = Annotated[int, Field(ge=0, le=100, description="percent of light; 0 is off")]
TARGET_LIGHTS_MAX = 10_000


class TargetInput(BaseModel):
    """The lights of a command, named in exactly one way."""

    light_point_ids: list[UUID] = Field(default=[], max_length=TARGET_LIGHTS_MAX)
    cabinet_id: UUID | None = None
    organisation_id: UUID | None = None


class PreviewInput(BaseModel):
    target: TargetInput


class CommandInput(PreviewInput):
    """An order that holds until it expires: give `expires_at` or `duration_s`."""

    level_percent: LevelPercent
    expires_at: AwareDatetime | None = None
    duration_s: int | None = Field(default=None, ge=60)
    reason: str = Field(min_length=3, max_length=500)
    priority: Priority = Priority.MAINTENANCE


class PreviewAnswer(BaseModel):
    """What a command would reach: lights with a controller that takes levels, and those without."""

    light_count: int
    without_controller_count: int
    cabinet_count: int
    streets: list[str]
    light_point_ids: list[UUID]


class DeliveryCounts(BaseModel):
    queued: int = 0
    sent: int = 0
    acknowledged: int = 0
    applied: int = 0
    rejected: int = 0
    expired: int = 0
    superseded: int = 0
    cancelled: int = 0
    total: int = 0


class CommandAnswer(BaseModel):
    id: UUID
    organisation_id: UUID
    state: CommandState
    level_percent: int
    priority: int
    reason: str
    target: str
    author: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    light_count: int
    counts: DeliveryCounts


class DeliveryAnswer(BaseModel):
    id: UUID
    light_point_id: UUID
    light_point_code: str
    level_percent: int
    state: DeliveryState
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    expires_at: datetime
    detail: str | None


class CalendarAssignmentInput(BaseModel):
    """Give an organisation, cabinet or light a calendar; the narrowest scope wins."""

    scope: AssignmentScope
    scope_id: UUID
    calendar_id: UUID


class CalendarAssignmentAnswer(CalendarAssignmentInput):
    id: UUID
    organisation_id: UUID
    assigned_at: datetime


class Sentences(BaseModel):
    """The same said in both languages, sentence by sentence."""

    fr: list[str]
    en: list[str]


class ExplanationAnswer(BaseModel):
    """Why a light is at its level; the chain goes from the programme to the last reading."""

    at: datetime
    level_percent: int | None
    sentences: Sentences
    chain: list[dict[str, Any]]

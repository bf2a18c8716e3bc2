"""API shapes of crews."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class MemberAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    is_leader: bool
    joined_at: datetime


class CrewAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    name: str
    is_active: bool
    members: list[MemberAnswer]


class CrewInput(BaseModel):
    organisation_id: UUID
    name: str = Field(min_length=1, max_length=80)


class MemberInput(BaseModel):
    user_id: UUID
    is_leader: bool = False

"""Crews as others see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a crew now; `id` is that of their account."""

    id: UUID
    name: str
    is_leader: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class CrewView:
    """A crew with the people in it now."""

    id: UUID
    organisation_id: UUID
    name: str
    is_active: bool
    members: tuple[Member, ...]

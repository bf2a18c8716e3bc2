"""API shapes of access."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from kit.access.model import OrganisationKind, Role


class TokenAnswer(BaseModel):
    """OAuth2 answer (RFC 6749 §5.1); `expires_in` is in seconds."""

    access_token: str
    token_type: str = "bearer"
    expires_in: int


class OrganisationAnswer(BaseModel):
    id: UUID
    parent_id: UUID | None
    name: str
    kind: OrganisationKind
    insee_code: str | None
    timezone: str


class RoleAnswer(BaseModel):
    role: Role
    organisation_id: UUID


class MeAnswer(BaseModel):
    """Who is signed in and what they may do; roles list every organisation they cover."""

    id: UUID
    email: str
    display_name: str
    language: str
    roles: list[RoleAnswer]
    organisations: list[OrganisationAnswer]
    is_demo: bool
    now: datetime

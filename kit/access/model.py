"""Roles, callers and the kinds of organisation: pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from kit.errors import ForbiddenError


class Role(StrEnum):
    """What a person may do, within the organisations the role was given for."""

    SEE = "see"
    COMMAND = "command"
    PLAN = "plan"
    DISPATCH = "dispatch"
    WORK = "work"
    REPORT = "report"
    ADMINISTER = "administer"


class OrganisationKind(StrEnum):
    """A node of the tree of territories."""

    SYNDICATE = "syndicate"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"
    CONTRACTOR = "contractor"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `roles` maps each role to every organisation it covers, descendants included."""

    user_id: UUID | None
    email: str
    display_name: str
    language: str = "fr"
    roles: Mapping[Role, frozenset[UUID]] = field(default_factory=dict)
    is_system: bool = False

    @classmethod
    def system(cls, name: str = "system") -> "Caller":
        """The application itself, in jobs and reactions: sees everything; audits name it."""
        return cls(user_id=None, email="", display_name=name, language="en", is_system=True)

    @property
    def organisation_ids(self) -> frozenset[UUID]:
        """Every organisation the caller may see: any role lets one see."""
        return frozenset().union(*self.roles.values())

    def may(self, role: Role, organisation_id: UUID) -> bool:
        """Whether the caller holds the role for that organisation."""
        return self.is_system or organisation_id in self.roles.get(role, frozenset())

    def may_see(self, organisation_id: UUID) -> bool:
        """Whether the caller may see things of that organisation."""
        return self.is_system or organisation_id in self.organisation_ids

    def require(self, role: Role, organisation_id: UUID) -> None:
        """Refuse unless the caller holds the role there."""
        if not self.may(role, organisation_id):
            raise ForbiddenError(
                f"this needs the role '{role.value}' for the organisation concerned; "
                "ask an administrator of your organisation"
            )

    def require_anywhere(self, role: Role) -> None:
        """Refuse unless the caller holds the role for at least one organisation."""
        if not self.is_system and not self.roles.get(role):
            raise ForbiddenError(
                f"this needs the role '{role.value}'; ask an administrator of your organisation"
            )

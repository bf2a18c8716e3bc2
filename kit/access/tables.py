"""Rows of organisations, accounts, roles and the audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.access.model import OrganisationKind, Role
from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id


class Organisation(Table, table=True):
    """A territory or company; the tree is closed in `organisation_closure`."""

    __tablename__ = "organisation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    parent_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    name: str
    kind: str
    insee_code: str | None = Field(default=None, unique=True)
    timezone: str = "Europe/Paris"
    created_at: datetime = aware_datetime()

    __table_args__ = (text_enum(OrganisationKind, "kind", "kind"),)


class OrganisationClosure(Table, table=True):
    """Each pair (ancestor, descendant), an organisation being its own ancestor."""

    __tablename__ = "organisation_closure"

    ancestor_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    descendant_id: UUID = Field(foreign_key="organisation.id", primary_key=True, index=True)


class UserAccount(Table, table=True):
    """A person who may sign in."""

    __tablename__ = "user_account"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(unique=True)
    display_name: str
    password_hash: str
    language: str = "fr"
    is_active: bool = True
    is_demo: bool = False
    created_at: datetime = aware_datetime()


class RoleAssignment(Table, table=True):
    """A role given to a user for an organisation and everything below it."""

    __tablename__ = "role_assignment"

    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    role: str = Field(primary_key=True)

    __table_args__ = (text_enum(Role, "role", "role"),)


class AuditEntry(Table, table=True):
    """Who did what to what, when, and from which request. Append only."""

    __tablename__ = "audit_entry"

    id: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    )
    at: datetime = aware_datetime()
    actor_id: UUID | None = None
    actor: str
    organisation_id: UUID | None = Field(default=None, index=True)
    action: str
    subject_type: str
    subject_id: str
    detail: dict[str, Any] = json_column()
    correlation_id: str | None = None

    __table_args__ = (sa.Index("ix_audit_entry_subject", "subject_type", "subject_id"),)

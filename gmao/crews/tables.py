"""Rows of crews."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime
from kit.ids import new_id

PRESENT = "left_at IS NULL"


class Crew(Table, table=True):
    """People who go out together; `organisation_id` is their employer or territory."""

    __tablename__ = "crew"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    name: str
    is_active: bool = True
    created_at: datetime = aware_datetime()

    __table_args__ = (sa.UniqueConstraint("organisation_id", "name"),)


class CrewMember(Table, table=True):
    """One stay of one person in one crew; past stays are kept."""

    __tablename__ = "crew_member"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    crew_id: UUID = Field(foreign_key="crew.id")
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    is_leader: bool = False
    joined_at: datetime = aware_datetime()
    left_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        sa.Index(
            "uq_crew_member_present",
            "crew_id",
            "user_id",
            unique=True,
            postgresql_where=sa.text(PRESENT),
        ),
    )

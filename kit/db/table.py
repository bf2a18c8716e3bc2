"""What every table shares: constraint names, aware instants, JSON columns, enumerations as text."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

AwareDateTime = sa.DateTime(timezone=True)


class Table(SQLModel):
    """Base of all tables: `class Cabinet(Table, table=True)`. Tables hold rows, nothing else."""


def aware_datetime(*, nullable: bool = False, index: bool = False, **options: Any) -> Any:
    """A `timestamptz` column."""
    default = {"default": None} if nullable else {}
    return Field(
        sa_type=AwareDateTime,  # type: ignore[call-overload]  # accepts an instance at run time
        nullable=nullable,
        index=index,
        **default,
        **options,
    )


def json_column(*, nullable: bool = False, **options: Any) -> Any:
    """A `jsonb` column; without a default given, an empty object."""
    if not nullable and "default" not in options:
        options.setdefault("default_factory", dict)
    return Field(sa_type=JSONB, nullable=nullable, **options)


def text_enum(enumeration: type[StrEnum], name: str, column: str) -> sa.CheckConstraint:
    """A CHECK that keeps a text column within an enumeration (never a native enum type)."""
    values = ", ".join(f"'{member.value}'" for member in enumeration)
    return sa.CheckConstraint(f"{column} IN ({values})", name=name)

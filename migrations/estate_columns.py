"""Columns that the tables of the estate share, written out as their first migration made them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

INSTANT = sa.DateTime(timezone=True)
STATES = "'planned', 'in_stock', 'in_service', 'out_of_service', 'removed'"


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def text(name: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable, unique=unique)


def identifier() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def reference(
    name: str, target: str, *, nullable: bool = False, index: bool = False
) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(target), nullable=nullable, index=index)


def organisation(*, index: bool = False) -> sa.Column[Any]:
    return reference("organisation_id", "organisation.id", index=index)


def import_run() -> sa.Column[Any]:
    return reference("import_run_id", "import_run.id", nullable=True, index=True)


def instant(name: str = "created_at", *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=nullable)


def place() -> list[Any]:
    return [
        sa.Column("lon_deg", sa.Float(), nullable=False),
        sa.Column("lat_deg", sa.Float(), nullable=False),
        check("place", "lon_deg BETWEEN -180 AND 180 AND lat_deg BETWEEN -90 AND 90"),
    ]


def code() -> list[Any]:
    return [
        text("code"),
        check("code", "code <> '' AND octet_length(code) <= 40 AND code !~ '[[:cntrl:]]'"),
    ]


def state() -> list[Any]:
    return [text("state"), sa.CheckConstraint(f"state IN ({STATES})", name="state")]


def registry_revision() -> sa.Column[Any]:
    return sa.Column("revision", sa.BigInteger(), nullable=False, index=True)


def integer_key() -> sa.Column[Any]:
    return sa.Column("key", sa.Integer(), sa.Identity(), unique=True, nullable=False)


def address() -> list[Any]:
    return [
        text("address", unique=True),
        check("address", "address <> '' AND address = lower(address)"),
    ]


def prefix_index(name: str, table: str, column: str) -> None:
    op.create_index(name, table, [column], postgresql_ops={column: "text_pattern_ops"})

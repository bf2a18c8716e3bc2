"""The base condition of every listing: only what the caller may see."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kit.access.model import Caller


def visible(column: Any, caller: Caller) -> sa.ColumnElement[bool]:
    """`column` (an organisation id) lies within what the caller may see."""
    if caller.is_system:
        return sa.true()
    return sa.cast(column, sa.Uuid) == sa.any_(
        sa.bindparam(None, sorted(caller.organisation_ids), type_=sa.ARRAY(sa.Uuid), unique=True)
    )


def visible_ids(caller: Caller) -> list[UUID] | None:
    """For raw SQL: the organisations the caller may see; None means all (the system)."""
    return None if caller.is_system else sorted(caller.organisation_ids)

"""Queries that every part of the registry uses."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import Table
from kit.errors import DomainError

# Columns of kit's tables that our listings join; the tables themselves are private to kit.
ORGANISATION = sa.table(
    "organisation",
    sa.column("id", sa.Uuid),
    sa.column("parent_id", sa.Uuid),
    sa.column("name", sa.String),
    sa.column("timezone", sa.String),
)
ORGANISATION_CLOSURE = sa.table(
    "organisation_closure",
    sa.column("ancestor_id", sa.Uuid),
    sa.column("descendant_id", sa.Uuid),
)


async def next_revision(session: AsyncSession) -> int:
    """Raise the revision of the registry.

    The row stays locked until the transaction ends, so revisions become visible in their order
    and a worker that has seen revision n will never miss a change below n. Every writer takes it
    before it locks any other row of the registry: writers queue up here and cannot deadlock.
    """
    statement = sa.text(
        "UPDATE registry_revision SET revision = revision + 1 WHERE id = 1 RETURNING revision"
    )
    return int((await session.execute(statement)).scalar_one())


async def revision(session: AsyncSession) -> int:
    """The revision of the last committed change."""
    return int(
        (await session.execute(sa.text("SELECT revision FROM registry_revision"))).scalar_one()
    )


async def save(session: AsyncSession, refusal: DomainError, *rows: Table) -> None:
    """Write rows, new or changed, now; `refusal` is raised when a constraint says no."""
    try:
        async with session.begin_nested():
            session.add_all(rows)
            await session.flush()
    except IntegrityError as error:
        raise refusal from error


def below(organisation_id: Any) -> sa.ScalarSelect[Any]:
    """The organisation and every one under it, for `column.in_(…)`."""
    closure = ORGANISATION_CLOSURE.c
    query = sa.select(closure.descendant_id).where(closure.ancestor_id == organisation_id)
    return query.scalar_subquery()

"""Every query about promises."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from gmao.clocks.tables import PromiseRow


async def promises_at(
    session: AsyncSession, organisation_ids: Collection[UUID], at: datetime
) -> Sequence[PromiseRow]:
    """The promise in force at an instant, for each organisation, class and kind that has one."""
    keys = (col(PromiseRow.organisation_id), col(PromiseRow.urgency), col(PromiseRow.kind))
    query = (
        sa.select(PromiseRow)
        .where(
            col(PromiseRow.organisation_id).in_(organisation_ids),
            col(PromiseRow.valid_from) <= at,
        )
        .ext(distinct_on(*keys))
        .order_by(*keys, col(PromiseRow.valid_from).desc())
    )
    return (await session.scalars(query)).all()

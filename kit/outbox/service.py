"""Writing to the outbox."""

from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.log import correlation_id
from kit.outbox.model import Event
from kit.outbox.tables import OutboxDelivery, OutboxEvent


async def emit(
    session: AsyncSession, *events: Event, at: datetime, organisation_id: UUID | None = None
) -> None:
    """Store events in the caller's transaction; the relay hands them on after commit."""
    session.add_all(
        OutboxEvent(
            occurred_at=at,
            type=type(event).__name__,
            payload=msgspec.to_builtins(event),
            organisation_id=organisation_id or getattr(event, "organisation_id", None),
            correlation_id=correlation_id(),
        )
        for event in events
    )


async def forget_delivered(session: AsyncSession, before: datetime) -> None:
    """Delete events older than `before` whose every reaction is done."""
    owed = sa.select(OutboxDelivery.event_id).where(  # type: ignore[call-overload]
        col(OutboxDelivery.event_id) == col(OutboxEvent.id), col(OutboxDelivery.done_at).is_(None)
    )
    await session.execute(
        sa.delete(OutboxEvent).where(
            col(OutboxEvent.occurred_at) < before,
            col(OutboxEvent.published_at).is_not(None),
            ~owed.exists(),
        )
    )

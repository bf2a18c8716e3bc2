"""Writing to the outbox."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from kit.log import correlation_id
from kit.outbox.model import Event
from kit.outbox.tables import OutboxEvent


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

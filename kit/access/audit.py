"""The audit trail: every write leaves an entry in its own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.access.tables import AuditEntry
from kit.log import correlation_id


async def record(
    session: AsyncSession,
    caller: Caller,
    *,
    at: datetime,
    action: str,
    subject_type: str,
    subject_id: object,
    organisation_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Note that `caller` did `action` (`work_order.close`) to a subject at `at`."""
    session.add(
        AuditEntry(
            at=at,
            actor_id=caller.user_id,
            actor=caller.email or caller.display_name,
            organisation_id=organisation_id,
            action=action,
            subject_type=subject_type,
            subject_id=str(subject_id),
            detail=dict(detail or {}),
            correlation_id=correlation_id(),
        )
    )

"""Scheduled work of maintenance."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import escalation


async def warn_of_deadlines(session: AsyncSession, now: datetime) -> None:
    """Every minute: tell of clocks that reached half, four fifths or all of their time."""
    await escalation.warn_of_deadlines(session, now)

"""Use cases of indicators: the delays of a report, the indicators of a period."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.indicators import compute
from gmao.indicators.model import Indicators
from gmao.workorders import facts
from kit.access import service as access
from kit.access.model import Caller
from kit.errors import InvalidInputError
from lighting.reporting.model import DelayFacts


async def delays(
    session: AsyncSession, organisation_ids: Sequence[UUID], start: datetime, end: datetime
) -> list[DelayFacts]:
    """How the repairs of each class kept their deadline in [start, end): for reports."""
    found = await facts.restore_facts(session, organisation_ids, start, end)
    return compute.delays(found, start, end)


async def indicators(
    session: AsyncSession, caller: Caller, organisation_id: UUID, start: datetime, end: datetime
) -> Indicators:
    """The indicators of an organisation and those under it, over [start, end)."""
    if start >= end:
        raise InvalidInputError("a period ends after it starts")
    chosen = await access.organisation(session, caller, organisation_id)
    below = await access.descendants(session, chosen.id)
    restores = await facts.restore_facts(session, below, start, end)
    orders = await facts.order_facts(session, below, start, end)
    times = compute.restore_times(restores, start, end)
    due = [fact for fact in restores if fact.due_at and start <= fact.due_at < end]
    failed = [fact for fact in orders if compute.is_failure(fact) and start <= fact.opened_at < end]
    repaired = compute.repaired_in(orders, start, end)
    return Indicators(
        start=start,
        end=end,
        failure_count=len(failed),
        repaired_count=len(repaired),
        mean_time_to_restore=compute.mean_time(times),
        median_time_to_restore=compute.median_time(times),
        in_time_ratio=compute.ratio(sum(map(compute.is_in_time, due)), len(due)),
        first_time_fix_ratio=compute.first_time_fix_ratio(repaired),
        repeat_ratio=compute.ratio(sum(fact.is_repeat for fact in failed), len(failed)),
        preventive_ratio=compute.preventive_ratio(orders),
        open_count=await facts.open_count(session, below),
        parts_cost_eur=await facts.parts_cost_eur(session, below, start, end),
    )

"""Warnings are given once, in order, and not while a clock is held."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import reading, service
from gmao.workorders.escalation import warn_of_deadlines
from gmao.workorders.model import Status
from gmao.workorders.rules import MoveRequest
from lighting.faults.model import Urgency
from tests.gmao.city import City, after, bring_to, raised, see_raised, told


async def warnings(session: AsyncSession) -> list[tuple[str, int]]:
    rows = await session.execute(
        sa.text(
            "SELECT payload ->> 'kind', (payload ->> 'percent')::int FROM outbox_event "
            "WHERE type = 'WorkOrderEscalated' ORDER BY id"
        )
    )
    return [(kind, percent) for kind, percent in rows]


async def test_a_clock_warns_at_each_share_once(session: AsyncSession, city: City) -> None:
    await see_raised(session, raised(city, urgency=Urgency.U1))  # response 4 h, restore 24 h
    for hours in (1, 2, 2.5, 3.3, 4, 5):
        await warn_of_deadlines(session, after(hours))
    assert await warnings(session) == [("response", 50), ("response", 80), ("response", 100)]


async def test_after_a_standstill_only_the_highest_share_is_told(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, raised(city, urgency=Urgency.U1))
    assert await warn_of_deadlines(session, after(13)) == 2
    assert sorted(await warnings(session)) == [("response", 100), ("restore", 50)]
    assert await warn_of_deadlines(session, after(13)) == 0


@pytest.mark.parametrize(("reason", "count"), [("access", 0), ("wait_part", 1)])
async def test_a_clock_that_is_held_does_not_warn(
    session: AsyncSession, city: City, reason: str, count: int
) -> None:
    alarm = raised(city, urgency=Urgency.U1)
    await see_raised(session, alarm)
    known = await reading.references(session, city.dispatcher, [alarm.alarm_id])
    order_id = known[alarm.alarm_id].id
    await bring_to(session, city, order_id, Status.IN_PROGRESS)
    await service.transition(
        session, city.worker, order_id, MoveRequest(Status.SUSPENDED, reason=reason), told(2)
    )
    await warn_of_deadlines(session, after(13))
    assert len(await warnings(session)) == count

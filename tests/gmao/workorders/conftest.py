"""An order to try things on."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import reading
from gmao.workorders.model import Status
from lighting.faults.model import AlarmRaised
from tests.gmao.city import City, bring_to, raised, see_raised


@pytest.fixture
async def alarm(session: AsyncSession, city: City) -> AlarmRaised:
    """An alarm of the first light that maintenance knows of."""
    alarm = raised(city)
    await see_raised(session, alarm)
    return alarm


@pytest.fixture
async def order_id(session: AsyncSession, city: City, alarm: AlarmRaised) -> UUID:
    """The order it opened."""
    known = await reading.references(session, city.dispatcher, [alarm.alarm_id])
    return known[alarm.alarm_id].id


@pytest.fixture
async def started_id(session: AsyncSession, city: City, order_id: UUID) -> UUID:
    """The same order, with work in progress."""
    await bring_to(session, city, order_id, Status.IN_PROGRESS)
    return order_id

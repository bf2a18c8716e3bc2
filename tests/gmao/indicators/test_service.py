"""Delays and indicators of a real set of orders."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.indicators import service
from gmao.stock import catalogue
from gmao.workorders import reading
from gmao.workorders import service as workorders
from gmao.workorders.completion import complete
from gmao.workorders.model import Status
from gmao.workorders.requests import PartTaken
from gmao.workorders.rules import MoveRequest
from kit.errors import InvalidInputError, NotFoundError
from lighting.faults.model import Urgency
from lighting.reporting.model import DelayFacts
from tests.gmao.city import REPAIRED, City, after, bring_to, raised, see_raised, told


async def ordered(
    session: AsyncSession, city: City, light: int, urgency: Urgency = Urgency.U1
) -> UUID:
    alarm = raised(city, light, urgency=urgency)
    await see_raised(session, alarm)
    known = await reading.references(session, city.dispatcher, [alarm.alarm_id])
    return known[alarm.alarm_id].id


async def repaired(session: AsyncSession, city: City, light: int, hours: float) -> UUID:
    order_id = await ordered(session, city, light)
    await bring_to(session, city, order_id, Status.IN_PROGRESS, hours - 1)
    await complete(
        session, city.worker, order_id, replace(REPAIRED, labour_minutes=60), told(hours)
    )
    return order_id


async def test_the_delays_of_a_period(session: AsyncSession, city: City) -> None:
    await repaired(session, city, 0, 12)
    await repaired(session, city, 1, 30)
    await ordered(session, city, 2)
    mistake = await ordered(session, city, 3)
    cancel = MoveRequest(Status.CANCELLED, reason="mistake")
    await workorders.transition(session, city.dispatcher, mistake, cancel, told(1))
    found = await service.delays(session, [city.town_id], after(-1), after(100))
    assert found[1] == DelayFacts("U1", 3, 1, 21 * 3600)
    assert await service.delays(session, [city.neighbour_id], after(-1), after(100)) == [
        DelayFacts(urgency.value, 0, 0, None) for urgency in Urgency
    ]


async def test_the_indicators_of_a_period(session: AsyncSession, city: City) -> None:
    await repaired(session, city, 0, 12)
    await repaired(session, city, 1, 30)
    await see_raised(session, raised(city, 1, hours=90, urgency=Urgency.U1))
    found = await service.indicators(session, city.viewer, city.town_id, after(-1), after(100))
    assert (found.failure_count, found.repaired_count, found.open_count) == (2, 1, 1)
    assert found.mean_time_to_restore == after(12) - after(0)
    assert found.in_time_ratio == 0.5
    assert (found.first_time_fix_ratio, found.repeat_ratio) == (1.0, 0.5)
    assert found.parts_cost_eur == 0


async def test_parts_are_priced(session: AsyncSession, city: City) -> None:
    part = await catalogue.create_part(
        session,
        city.dispatcher,
        at=after(0),
        organisation_id=next(iter(city.dispatcher.organisation_ids - {city.town_id})),
        reference="DRV",
        designation="Driver",
        unit_cost_eur=Decimal("48.50"),
    )
    order_id = await ordered(session, city, 0)
    await bring_to(session, city, order_id, Status.IN_PROGRESS)
    used = replace(REPAIRED, parts=(PartTaken(part.id, 2),))
    await complete(session, city.worker, order_id, used, told(3))
    found = await service.indicators(session, city.viewer, city.town_id, after(-1), after(100))
    assert found.parts_cost_eur == Decimal("97.00")


async def test_a_stranger_and_an_empty_period_are_refused(
    session: AsyncSession, city: City
) -> None:
    with pytest.raises(NotFoundError):
        await service.indicators(session, city.stranger, city.town_id, after(0), after(1))
    with pytest.raises(InvalidInputError):
        await service.indicators(session, city.viewer, city.town_id, after(1), after(1))

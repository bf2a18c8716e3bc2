"""From the outbox to the order, through the relay, with several workers."""

import asyncio

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import reading
from gmao.workorders.model import OrderFilter
from gmao.workorders.reactions import note_alarm_cleared, propose_from_alarm
from kit import outbox
from kit.clock import FixedClock
from kit.db import Database
from kit.ids import new_id
from kit.outbox import Relay
from lighting.faults.model import AlarmCleared, AlarmRaised, AssetType, Cause, Urgency
from tests.gmao.city import City, after, cleared, raised

REACTIONS = {AlarmRaised: [propose_from_alarm], AlarmCleared: [note_alarm_cleared]}


async def test_three_workers_open_one_order_for_each_light(database: Database, city: City) -> None:
    alarms = [raised(city, light, hours=n) for n in range(4) for light in range(5)]
    async with database.session() as session:
        for alarm in alarms:
            await outbox.emit(session, alarm, at=alarm.raised_at)
            await outbox.emit(session, cleared(alarm, 9), at=after(9))
    relays = [Relay(database, FixedClock(after(10)), REACTIONS) for _ in range(3)]
    await asyncio.gather(*(relay.run_once() for relay in relays))
    async with database.session() as session:
        failed = sa.text("SELECT last_error FROM outbox_delivery WHERE done_at IS NULL")
        assert (await session.scalars(failed)).all() == []
        lights = sa.text("SELECT count(*), count(DISTINCT light_point_id) FROM work_order")
        orders, distinct = (await session.execute(lights)).one()
        known = sa.text("SELECT count(*) FROM work_order_alarm WHERE cleared_at IS NOT NULL")
        assert await session.scalar(known) == len(alarms)
        assert orders == distinct <= 5


async def test_a_fault_of_a_cabinet_opens_an_order_at_the_cabinet(
    session: AsyncSession, city: City
) -> None:
    alarm = AlarmRaised(
        alarm_id=new_id(),
        organisation_id=city.town_id,
        asset_type=AssetType.CABINET,
        asset_id=city.cabinet_id,
        light_point_id=None,
        cabinet_id=city.cabinet_id,
        cause=Cause.BREAKER_TRIPPED,
        urgency=Urgency.U1,
        raised_at=after(0),
    )
    await propose_from_alarm(session, alarm, after(0))
    found = await reading.work_orders(
        session, city.dispatcher, OrderFilter(), now=after(1), after=None, limit=10
    )
    (order,) = [one for one in found if one.light_point is None]
    assert (order.title, order.urgency) == ("Disjoncteur déclenché", Urgency.U1)
    assert order.cabinet is not None
    assert order.cabinet.code == "A01"

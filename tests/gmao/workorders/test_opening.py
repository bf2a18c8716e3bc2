"""Alarms and reports become one order per story, whatever their order, number or simultaneity."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import detail, reading, service
from gmao.workorders.model import OrderFilter, Outcome, Position, ReportCause, Source, Status
from gmao.workorders.reactions import (
    note_alarm_escalated,
)
from gmao.workorders.requests import Telling
from gmao.workorders.schemas import WorkOrderAnswer
from kit.access.model import Caller
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from kit.ids import new_id
from lighting.faults.model import AlarmEscalated, AlarmRaised, AssetType, Cause, Urgency
from tests.gmao.city import (
    LAT_DEG,
    LON_DEG,
    City,
    after,
    bring_to,
    raised,
    see_cleared,
    see_raised,
)


async def orders(session: AsyncSession, caller: Caller) -> list[WorkOrderAnswer]:
    return await reading.work_orders(
        session, caller, OrderFilter(), now=after(1), after=None, limit=100
    )


async def the_order(session: AsyncSession, city: City) -> WorkOrderAnswer:
    (only,) = await orders(session, city.dispatcher)
    return only


async def test_an_alarm_opens_an_order_with_its_place_and_deadlines(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, raised(city))
    order = await the_order(session, city)
    assert (order.status, order.source, order.urgency) == (Status.NEW, Source.ALARM, Urgency.U3)
    assert order.number == "OT-2026-000001"
    assert order.title == "Luminaire éteint"
    assert order.light_point is not None
    assert order.light_point.code == "L000"
    assert order.cabinet is not None
    assert order.cabinet.code == "A01"
    assert order.opened_at == after(0)
    assert order.respond_by == after(0) + timedelta(days=4) - timedelta(minutes=30)
    assert not order.is_late


async def test_an_alarm_told_twice_changes_nothing(session: AsyncSession, city: City) -> None:
    alarm = raised(city)
    await see_raised(session, alarm)
    await see_raised(session, alarm)
    order = await the_order(session, city)
    assert order.report_count == 1


async def test_another_alarm_of_the_same_light_joins(session: AsyncSession, city: City) -> None:
    await see_raised(session, raised(city))
    await see_raised(session, raised(city, hours=2, cause=Cause.COMMUNICATION_LOSS))
    order = await the_order(session, city)
    assert order.report_count == 2


async def test_alarms_of_two_lights_are_two_orders_with_two_numbers(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, raised(city, 0))
    await see_raised(session, raised(city, 1))
    numbers = {order.number for order in await orders(session, city.dispatcher)}
    assert numbers == {"OT-2026-000001", "OT-2026-000002"}


def of_cabinet(city: City, cause: Cause = Cause.LAMP_FAILURE) -> AlarmRaised:
    return AlarmRaised(
        alarm_id=new_id(),
        organisation_id=city.town_id,
        asset_type=AssetType.CABINET,
        asset_id=city.cabinet_id,
        light_point_id=None,
        cabinet_id=city.cabinet_id,
        cause=cause,
        urgency=Urgency.U1,
        raised_at=after(0),
    )


async def test_the_lights_behind_a_dark_cabinet_join_its_order(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, of_cabinet(city))
    for light in range(3):
        await see_raised(session, raised(city, light, hours=1))
    order = await the_order(session, city)
    assert order.report_count == 4
    assert (order.urgency, order.light_point) == (Urgency.U1, None)
    assert order.cabinet is not None
    assert order.cabinet.name == "Place Darcy"


async def test_a_more_pressing_fault_raises_the_class_and_counts_from_itself(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, raised(city, urgency=Urgency.U4, cause=Cause.LAMP_POWER_TOO_LOW))
    await see_raised(session, raised(city, hours=240, urgency=Urgency.U1))
    order = await the_order(session, city)
    assert order.urgency is Urgency.U1
    assert order.opened_at == after(0)
    assert order.restore_by == after(264)
    shown = await detail.work_order(session, city.dispatcher, order.id, now=after(241))
    kept = [(clock.urgency, clock.is_current) for clock in shown.clocks]
    assert kept.count((Urgency.U4, False)) == 2
    assert kept.count((Urgency.U1, True)) == 2


def escalation(alarm: AlarmRaised, urgency: Urgency, hours: float) -> AlarmEscalated:
    """The same alarm, grown more pressing."""
    return AlarmEscalated(
        alarm_id=alarm.alarm_id,
        organisation_id=alarm.organisation_id,
        asset_type=alarm.asset_type,
        asset_id=alarm.asset_id,
        light_point_id=alarm.light_point_id,
        cabinet_id=alarm.cabinet_id,
        cause=alarm.cause,
        urgency=urgency,
        escalated_at=after(hours),
    )


async def test_an_alarm_that_escalates_raises_the_class_of_its_order(
    session: AsyncSession, city: City
) -> None:
    alarm = raised(city, urgency=Urgency.U4)
    await see_raised(session, alarm)
    escalated = escalation(alarm, Urgency.U2, 24)
    for _ in range(2):
        await note_alarm_escalated(session, escalated, after(24))
    order = await the_order(session, city)
    assert (order.urgency, order.version) == (Urgency.U2, 2)


async def test_silence_sends_nobody_until_it_lasts_into_a_second_night(
    session: AsyncSession, city: City
) -> None:
    alarm = raised(city, cause=Cause.COMMUNICATION_LOSS, urgency=Urgency.U4)
    await see_raised(session, alarm)
    assert await reading.references(session, city.dispatcher, [alarm.alarm_id]) == {}
    await note_alarm_escalated(session, escalation(alarm, Urgency.U3, 24), after(24))
    order = await the_order(session, city)
    assert (order.urgency, order.cause) == (Urgency.U3, "communication_loss")


async def test_a_danger_is_qualified_at_once(session: AsyncSession, city: City) -> None:
    await see_raised(session, raised(city, urgency=Urgency.U0))
    assert (await the_order(session, city)).status is Status.QUALIFIED


async def test_a_fault_that_ends_before_work_begins_marks_its_order(
    session: AsyncSession, city: City
) -> None:
    alarm = raised(city)
    await see_raised(session, alarm)
    await see_cleared(session, alarm, 3)
    order = await the_order(session, city)
    assert (order.status, order.alarms_cleared_at) == (Status.NEW, after(3))
    await see_raised(session, raised(city, hours=5))
    order = await the_order(session, city)
    assert (order.report_count, order.alarms_cleared_at) == (2, None)


async def test_an_end_that_overtakes_its_alarm_opens_nothing(
    session: AsyncSession, city: City
) -> None:
    alarm = raised(city)
    await see_cleared(session, alarm, 1)
    await see_cleared(session, alarm, 1)
    await see_raised(session, alarm)
    assert await orders(session, city.dispatcher) == []


async def test_a_person_reports_into_the_order_that_is_open(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, raised(city))
    opening = await service.report(
        session,
        city.dispatcher,
        Telling(
            cause=ReportCause.LIGHT_OUT,
            urgency=Urgency.U3,
            light_point_id=city.light_ids[0],
            title="Appel d'un riverain",
        ),
        at=after(2),
    )
    assert opening.outcome is Outcome.JOINED
    assert (await the_order(session, city)).id == opening.work_order_id


async def test_a_person_may_report_what_no_alarm_knows(session: AsyncSession, city: City) -> None:
    opening = await service.report(
        session,
        city.worker,
        Telling(
            cause=ReportCause.DOOR_OPEN,
            urgency=Urgency.U0,
            source=Source.PATROL,
            cabinet_id=city.cabinet_id,
        ),
        at=after(2),
    )
    assert opening.outcome is Outcome.OPENED
    assert (await the_order(session, city)).title == "Porte ouverte"


async def test_a_passer_by_without_a_number_joins_the_order_that_is_near(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, raised(city))
    near = Telling(
        cause=ReportCause.LIGHT_OUT,
        urgency=Urgency.U3,
        source=Source.CITIZEN,
        organisation_id=city.town_id,
        position=Position(LON_DEG, LAT_DEG + 0.0002),
    )
    joined = await service.report(session, city.dispatcher, near, at=after(2))
    assert joined.outcome is Outcome.JOINED
    far = replace(near, position=Position(LON_DEG, LAT_DEG + 0.01))
    opened = await service.report(session, city.dispatcher, far, at=after(2))
    assert opened.outcome is Outcome.OPENED
    nowhere = replace(near, position=None)
    with pytest.raises(InvalidInputError):
        await service.report(session, city.dispatcher, nowhere, at=after(2))


async def test_those_who_only_see_do_not_report(session: AsyncSession, city: City) -> None:
    told = Telling(urgency=Urgency.U3, light_point_id=city.light_ids[0])
    with pytest.raises(ForbiddenError):
        await service.report(session, city.viewer, told, at=after(2))
    with pytest.raises(NotFoundError):
        await service.report(session, city.stranger, told, at=after(2))


async def test_the_database_refuses_two_open_orders_for_one_cause(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, raised(city))
    twin = sa.text(
        "INSERT INTO work_order SELECT (jsonb_populate_record(w, jsonb_build_object("
        "'id', gen_random_uuid(), 'number', 'OT-twin'))).* FROM work_order w"
    )
    with pytest.raises(IntegrityError, match="uq_work_order_open_cause"):
        await session.execute(twin)


@pytest.mark.parametrize(
    "change", ["UPDATE work_order_event SET reason = ''", "DELETE FROM work_order_event"]
)
async def test_the_database_refuses_to_change_a_log(
    session: AsyncSession, city: City, change: str
) -> None:
    await see_raised(session, raised(city))
    with pytest.raises(DBAPIError, match="append only"):
        await session.execute(sa.text(change))


async def test_a_dispatched_order_takes_new_alarms_in_too(
    session: AsyncSession, city: City
) -> None:
    await see_raised(session, raised(city))
    order = await the_order(session, city)
    await bring_to(session, city, order.id, Status.IN_PROGRESS)
    await see_raised(session, raised(city, hours=3, cause=Cause.LAMP_POWER_TOO_LOW))
    assert (await the_order(session, city)).report_count == 2

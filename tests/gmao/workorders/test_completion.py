"""The end of the work: codes, parts, and a light that has to answer."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.failures.model import UnknownCodeError
from gmao.workorders import detail, reading, service
from gmao.workorders.completion import complete
from gmao.workorders.model import OrderFilter, Status
from gmao.workorders.rules import IllegalMoveError, IncompleteMoveError, MoveRequest
from gmao.workorders.schemas import WorkOrderDetailAnswer
from lighting.faults.model import AlarmRaised, Cause
from tests.gmao.city import (
    REPAIRED,
    City,
    after,
    raised,
    see_cleared,
    see_raised,
    told,
)


async def shown(
    session: AsyncSession, city: City, started_id: UUID, hours: float = 100
) -> WorkOrderDetailAnswer:
    return await detail.work_order(session, city.dispatcher, started_id, now=after(hours))


async def test_a_light_that_answers_verifies_the_work(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID
) -> None:
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    assert (await shown(session, city, started_id)).status is Status.DONE
    await see_cleared(session, alarm, 4)
    order = await shown(session, city, started_id)
    assert order.status is Status.VERIFIED
    assert order.done_at == after(3)
    proof = order.events[-1]
    assert (proof.author, proof.reason, proof.at) == (None, "light_answered", after(4))
    assert proof.detail["evidence"][0]["alarm_id"] == str(alarm.alarm_id)


async def test_a_light_that_answered_before_the_paper_was_done_verifies_at_once(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID
) -> None:
    await see_cleared(session, alarm, 2.5)
    assert (await shown(session, city, started_id)).status is Status.IN_PROGRESS
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    assert (await shown(session, city, started_id)).status is Status.VERIFIED


async def test_every_alarm_of_the_order_has_to_end(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID
) -> None:
    second = raised(city, hours=2, cause=Cause.LAMP_POWER_TOO_LOW)
    await see_raised(session, second)
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    await see_cleared(session, alarm, 4)
    assert (await shown(session, city, started_id)).status is Status.DONE
    await see_cleared(session, second, 5)
    assert (await shown(session, city, started_id)).status is Status.VERIFIED


async def test_a_person_may_verify_with_a_reason(
    session: AsyncSession, city: City, started_id: UUID
) -> None:
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    with pytest.raises(IncompleteMoveError):
        await service.transition(
            session, city.dispatcher, started_id, MoveRequest(Status.VERIFIED), told(4)
        )
    await service.transition(
        session,
        city.dispatcher,
        started_id,
        MoveRequest(Status.VERIFIED, reason="seen lit on a night round"),
        told(4),
    )
    assert (await shown(session, city, started_id)).status is Status.VERIFIED


@pytest.mark.parametrize("is_verified", [False, True])
async def test_the_same_fault_within_thirty_days_reopens_the_order(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID, is_verified: bool
) -> None:
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    if is_verified:
        await see_cleared(session, alarm, 4)
    again = raised(city, hours=24 * 29)
    await see_raised(session, again)
    order = await shown(session, city, started_id, hours=24 * 29)
    assert (order.status, order.done_at, order.report_count) == (Status.REOPENED, None, 2)
    assert order.opened_at == after(0)
    assert order.is_late
    assert order.events[-1].reason == "same_fault_again"
    await see_raised(session, again)
    assert (await shown(session, city, started_id)).version == order.version


async def test_after_thirty_days_the_same_fault_is_a_new_order(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID
) -> None:
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    await see_cleared(session, alarm, 4)
    await see_raised(session, raised(city, hours=3 + 24 * 30 + 1))
    assert (await shown(session, city, started_id)).status is Status.VERIFIED
    found = await reading.work_orders(
        session, city.dispatcher, OrderFilter(), now=after(0), after=None, limit=10
    )
    assert [order.number for order in found] == ["OT-2026-000002", "OT-2026-000001"]


async def test_a_fault_that_returns_after_closing_names_the_order_it_repeats(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID
) -> None:
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    await see_cleared(session, alarm, 4)
    await service.transition(
        session, city.dispatcher, started_id, MoveRequest(Status.CLOSED), told(5)
    )
    again = raised(city, hours=100)
    await see_raised(session, again)
    known = await reading.references(session, city.dispatcher, [again.alarm_id])
    new = await shown(session, city, known[again.alarm_id].id)
    assert new.repeat_of is not None
    assert (new.repeat_of.id, new.status) == (started_id, Status.NEW)


async def test_an_order_is_not_reopened_beside_another_for_the_same_fault(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID
) -> None:
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    await see_raised(session, raised(city, hours=24 * 40))
    with pytest.raises(service.TwinOpenError):
        await service.transition(
            session,
            city.dispatcher,
            started_id,
            MoveRequest(Status.REOPENED, reason="dark again"),
            told(24 * 41),
        )


async def test_work_that_was_not_begun_cannot_be_completed(
    session: AsyncSession, city: City
) -> None:
    alarm = raised(city, 1)
    await see_raised(session, alarm)
    known = await reading.references(session, city.dispatcher, [alarm.alarm_id])
    with pytest.raises(IllegalMoveError):
        await complete(session, city.dispatcher, known[alarm.alarm_id].id, REPAIRED, told(1))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(REPAIRED, failure_mode="unheard_of"),
        replace(REPAIRED, failure_cause="unheard_of"),
        replace(REPAIRED, failure_mechanism="unheard_of"),
        replace(REPAIRED, remedy="unheard_of"),
    ],
    ids=["mode", "cause", "mechanism", "remedy"],
)
async def test_a_code_outside_its_list_is_refused(
    session: AsyncSession, city: City, started_id: UUID, wrong: object
) -> None:
    with pytest.raises(UnknownCodeError):
        await complete(session, city.worker, started_id, wrong, told(3))  # type: ignore[arg-type]


async def test_events_tell_of_done_and_verified(
    session: AsyncSession, city: City, alarm: AlarmRaised, started_id: UUID
) -> None:
    await complete(session, city.worker, started_id, REPAIRED, told(3))
    await see_cleared(session, alarm, 4)
    told_of = await session.scalars(
        sa.text("SELECT type FROM outbox_event WHERE occurred_at >= :since ORDER BY id"),
        {"since": after(3) - timedelta(seconds=1)},
    )
    types = list(told_of)
    assert types.count("WorkOrderDone") == 1
    assert types.count("WorkOrderVerified") == 1
    assert types.index("WorkOrderDone") < types.index("WorkOrderVerified")

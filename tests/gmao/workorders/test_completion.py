"""The end of the work: codes, parts, and a light that has to answer."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.failures.model import ReplacementReason, UnknownCodeError
from gmao.stock import catalogue
from gmao.stock import service as stock
from gmao.stock.model import MovementKind, MovementOrder, StoreKind
from gmao.workorders import detail, reading, service
from gmao.workorders.completion import complete
from gmao.workorders.model import Status
from gmao.workorders.repository import OrderFilter
from gmao.workorders.requests import PartTaken
from gmao.workorders.rules import IllegalMoveError, IncompleteMoveError, MoveRequest
from gmao.workorders.schemas import WorkOrderDetailAnswer
from kit.errors import NotFoundError
from lighting.faults.model import AlarmRaised, Cause
from tests.gmao.city import (
    REPAIRED,
    City,
    after,
    bring_to,
    raised,
    see_cleared,
    see_raised,
    told,
)


@pytest.fixture
async def alarm(session: AsyncSession, city: City) -> AlarmRaised:
    """An alarm that maintenance knows of."""
    alarm = raised(city)
    await see_raised(session, alarm)
    return alarm


@pytest.fixture
async def order_id(session: AsyncSession, city: City, alarm: AlarmRaised) -> UUID:
    """Its order, with work in progress."""
    order_id = (await reading.references(session, city.dispatcher, [alarm.alarm_id]))[
        alarm.alarm_id
    ].id
    await bring_to(session, city, order_id, Status.IN_PROGRESS)
    return order_id


async def shown(
    session: AsyncSession, city: City, order_id: UUID, hours: float = 100
) -> WorkOrderDetailAnswer:
    return await detail.work_order(session, city.dispatcher, order_id, now=after(hours))


async def test_a_light_that_answers_verifies_the_work(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID
) -> None:
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    assert (await shown(session, city, order_id)).status is Status.DONE
    await see_cleared(session, alarm, 4)
    order = await shown(session, city, order_id)
    assert order.status is Status.VERIFIED
    assert order.done_at == after(3)
    proof = order.events[-1]
    assert (proof.author, proof.reason, proof.at) == (None, "light_answered", after(4))
    assert proof.detail["evidence"][0]["alarm_id"] == str(alarm.alarm_id)


async def test_a_light_that_answered_before_the_paper_was_done_verifies_at_once(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID
) -> None:
    await see_cleared(session, alarm, 2.5)
    assert (await shown(session, city, order_id)).status is Status.IN_PROGRESS
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    assert (await shown(session, city, order_id)).status is Status.VERIFIED


async def test_every_alarm_of_the_order_has_to_end(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID
) -> None:
    second = raised(city, hours=2, cause=Cause.LAMP_POWER_TOO_LOW)
    await see_raised(session, second)
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    await see_cleared(session, alarm, 4)
    assert (await shown(session, city, order_id)).status is Status.DONE
    await see_cleared(session, second, 5)
    assert (await shown(session, city, order_id)).status is Status.VERIFIED


async def test_a_person_may_verify_with_a_reason(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    with pytest.raises(IncompleteMoveError):
        await service.transition(
            session, city.dispatcher, order_id, MoveRequest(Status.VERIFIED), told(4)
        )
    await service.transition(
        session,
        city.dispatcher,
        order_id,
        MoveRequest(Status.VERIFIED, reason="seen lit on a night round"),
        told(4),
    )
    assert (await shown(session, city, order_id)).status is Status.VERIFIED


@pytest.mark.parametrize("is_verified", [False, True])
async def test_the_same_fault_within_thirty_days_reopens_the_order(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID, is_verified: bool
) -> None:
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    if is_verified:
        await see_cleared(session, alarm, 4)
    again = raised(city, hours=24 * 29)
    await see_raised(session, again)
    order = await shown(session, city, order_id, hours=24 * 29)
    assert (order.status, order.done_at, order.report_count) == (Status.REOPENED, None, 2)
    assert order.opened_at == after(0)
    assert order.is_late
    assert order.events[-1].reason == "same_fault_again"
    await see_raised(session, again)
    assert (await shown(session, city, order_id)).version == order.version


async def test_after_thirty_days_the_same_fault_is_a_new_order(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID
) -> None:
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    await see_cleared(session, alarm, 4)
    await see_raised(session, raised(city, hours=3 + 24 * 30 + 1))
    assert (await shown(session, city, order_id)).status is Status.VERIFIED
    found = await reading.work_orders(
        session, city.dispatcher, OrderFilter(), now=after(0), after=None, limit=10
    )
    assert [order.number for order in found] == ["OT-2026-000002", "OT-2026-000001"]


async def test_a_fault_that_returns_after_closing_names_the_order_it_repeats(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID
) -> None:
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    await see_cleared(session, alarm, 4)
    await service.transition(
        session, city.dispatcher, order_id, MoveRequest(Status.CLOSED), told(5)
    )
    again = raised(city, hours=100)
    await see_raised(session, again)
    known = await reading.references(session, city.dispatcher, [again.alarm_id])
    new = await shown(session, city, known[again.alarm_id].id)
    assert new.repeat_of is not None
    assert (new.repeat_of.id, new.status) == (order_id, Status.NEW)


async def test_an_order_is_not_reopened_beside_another_for_the_same_fault(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID
) -> None:
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    await see_raised(session, raised(city, hours=24 * 40))
    with pytest.raises(service.TwinOpenError):
        await service.transition(
            session,
            city.dispatcher,
            order_id,
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
    session: AsyncSession, city: City, order_id: UUID, wrong: object
) -> None:
    with pytest.raises(UnknownCodeError):
        await complete(session, city.worker, order_id, wrong, told(3))  # type: ignore[arg-type]


async def stocked(session: AsyncSession, city: City, quantity: int) -> tuple[UUID, UUID]:
    """A part, and the crew's van with some of it."""
    syndicate_id = next(iter(city.dispatcher.organisation_ids - {city.town_id}))
    part = await catalogue.create_part(
        session,
        city.dispatcher,
        at=after(0),
        organisation_id=syndicate_id,
        reference="DRV-75",
        designation="Driver 75 W",
        unit_cost_eur=Decimal("48.50"),
        reorder_quantity=2,
    )
    van = await catalogue.create_store(
        session,
        city.dispatcher,
        at=after(0),
        organisation_id=syndicate_id,
        name="Fourgon Nord",
        kind=StoreKind.VAN,
        crew_id=city.crew_id,
    )
    if quantity:
        receipt = MovementOrder(MovementKind.RECEIPT, van.id, part.id, quantity)
        await stock.move(session, city.dispatcher, receipt, at=after(0))
    return part.id, van.id


@pytest.mark.parametrize(
    ("held", "left", "shortfall", "lines"),
    [
        pytest.param(5, 3, 0, [5, -2], id="enough in the van"),
        pytest.param(1, 0, 1, [1, 1, -2], id="the books lacked one"),
        pytest.param(0, 0, 2, [2, -2], id="the books had none"),
    ],
)
async def test_parts_leave_the_van_of_the_crew(
    session: AsyncSession,
    city: City,
    order_id: UUID,
    held: int,
    left: int,
    shortfall: int,
    lines: list[int],
) -> None:
    part_id, van_id = await stocked(session, city, held)
    used = replace(
        REPAIRED,
        parts=(PartTaken(part_id, 2),),
        replacement_reason=ReplacementReason.FAILURE_LIKE_FOR_LIKE,
    )
    await complete(session, city.worker, order_id, used, told(3))
    order = await shown(session, city, order_id)
    (line,) = order.parts
    assert (line.part.reference, line.quantity, line.unit_cost_eur) == (
        "DRV-75",
        2,
        Decimal("48.50"),
    )
    assert line.shortfall_quantity == shortfall
    assert order.suggested_part is not None
    (part,) = await catalogue.parts(session, city.dispatcher, limit=10)
    assert (part.quantity, part.should_reorder) == (left, left <= 2)
    moves = await stock.movements(session, city.dispatcher, van_id)
    assert sorted(move.quantity for move in moves) == sorted(lines)


async def test_a_part_without_a_store_is_kept_with_the_order(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    part_id, van_id = await stocked(session, city, 3)
    await session.execute(sa.text("UPDATE store SET crew_id = NULL WHERE id = :id"), {"id": van_id})
    used = replace(REPAIRED, parts=(PartTaken(part_id, 1),))
    await complete(session, city.worker, order_id, used, told(3))
    assert len((await shown(session, city, order_id)).parts) == 1
    assert len(await stock.movements(session, city.dispatcher, van_id)) == 1


async def test_a_part_nobody_knows_stops_the_completion(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    unknown = replace(REPAIRED, parts=(PartTaken(city.town_id, 1),))
    with pytest.raises(NotFoundError):
        await complete(session, city.worker, order_id, unknown, told(3))


async def test_closing_freezes_what_it_cost(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID
) -> None:
    part_id, _ = await stocked(session, city, 5)
    used = replace(REPAIRED, parts=(PartTaken(part_id, 2),), labour_minutes=45)
    await complete(session, city.worker, order_id, used, told(3))
    await see_cleared(session, alarm, 4)
    await service.transition(
        session, city.dispatcher, order_id, MoveRequest(Status.CLOSED), told(5)
    )
    closing = (await shown(session, city, order_id)).events[-1]
    assert closing.detail["parts_cost_eur"] == "97.00"
    assert closing.detail["labour_minutes"] == 45


async def test_events_tell_of_done_and_verified(
    session: AsyncSession, city: City, alarm: AlarmRaised, order_id: UUID
) -> None:
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    await see_cleared(session, alarm, 4)
    told_of = await session.scalars(
        sa.text("SELECT type FROM outbox_event WHERE occurred_at >= :since ORDER BY id"),
        {"since": after(3) - timedelta(seconds=1)},
    )
    types = list(told_of)
    assert types.count("WorkOrderDone") == 1
    assert types.count("WorkOrderVerified") == 1
    assert types.index("WorkOrderDone") < types.index("WorkOrderVerified")

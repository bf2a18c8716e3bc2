"""An order's life in the hands of a dispatcher and a crew."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks.model import ClockKind
from gmao.crews.service import remove_member
from gmao.workorders import detail, reading, service
from gmao.workorders.completion import complete
from gmao.workorders.dossier import entry_of
from gmao.workorders.history import fold
from gmao.workorders.model import EventKind, Milestone, Position, Status
from gmao.workorders.repository import OrderFilter, log
from gmao.workorders.requests import Told
from gmao.workorders.rules import (
    ChangedMeanwhileError,
    IllegalMoveError,
    MoveRequest,
    NotYourMoveError,
)
from gmao.workorders.schemas import WorkOrderDetailAnswer
from kit.access.model import Caller
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from lighting.faults.model import Urgency
from tests.gmao.city import (
    LAT_DEG,
    LON_DEG,
    REPAIRED,
    City,
    after,
    bring_to,
    raised,
    see_raised,
    told,
)


@pytest.fixture
async def order_id(session: AsyncSession, city: City) -> UUID:
    """An order opened by an alarm of the first light."""
    await see_raised(session, raised(city))
    found = await reading.work_orders(
        session, city.dispatcher, OrderFilter(), now=after(0), after=None, limit=10
    )
    return found[0].id


async def shown(
    session: AsyncSession, caller: Caller, order_id: UUID, hours: float = 10
) -> WorkOrderDetailAnswer:
    return await detail.work_order(session, caller, order_id, now=after(hours))


async def test_the_whole_way_from_new_to_done(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.IN_PROGRESS)
    await complete(session, city.worker, order_id, REPAIRED, told(3))
    order = await shown(session, city.dispatcher, order_id)
    assert order.status is Status.DONE
    assert order.crew is not None
    assert order.crew.name == "Nord"
    assert order.done_at == after(3)
    assert order.completion is not None
    assert order.completion.remedy == "control_gear_replaced"
    assert [event.to for event in order.events if event.kind is EventKind.MOVED] == [
        Status.QUALIFIED,
        Status.PLANNED,
        Status.DISPATCHED,
        Status.EN_ROUTE,
        Status.ON_SITE,
        Status.IN_PROGRESS,
        Status.DONE,
    ]
    stopped = {clock.kind: clock.stopped_at for clock in order.clocks}
    assert stopped[ClockKind.RESPONSE] == after(1.4)
    assert stopped[ClockKind.RESTORE] == after(3)


async def test_the_row_is_what_the_log_comes_to(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.IN_PROGRESS)
    state = fold(map(entry_of, await log(session, order_id)))
    order = await shown(session, city.dispatcher, order_id)
    assert (order.status, order.version, order.arrived_at) == (
        state.status,
        state.version,
        state.arrived_at,
    )


async def test_each_is_told_the_moves_they_may_make(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.DISPATCHED)
    allowed = {
        who.display_name: set((await shown(session, who, order_id)).allowed)
        for who in (city.dispatcher, city.worker, city.idler, city.viewer)
    }
    assert allowed == {
        "Dispatcher": {Status.EN_ROUTE, Status.SUSPENDED, Status.CANCELLED},
        "Worker": {Status.EN_ROUTE, Status.SUSPENDED},
        "Idler": set(),
        "Viewer": set(),
    }


async def test_an_answer_says_what_moves_need(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.EN_ROUTE)
    order = await shown(session, city.worker, order_id)
    assert order.needs == {"on_site": ["arrival_proof"], "suspended": ["suspension_reason"]}


async def test_a_crew_takes_only_what_was_given_to_it(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.DISPATCHED)
    with pytest.raises(NotYourMoveError):
        await service.transition(
            session, city.idler, order_id, MoveRequest(Status.EN_ROUTE), told(2)
        )
    await service.transition(session, city.worker, order_id, MoveRequest(Status.EN_ROUTE), told(2))
    assert (await shown(session, city.worker, order_id)).status is Status.EN_ROUTE


async def test_who_has_left_the_crew_no_longer_moves_its_orders(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.DISPATCHED)
    assert city.worker.user_id is not None
    await remove_member(session, city.dispatcher, city.crew_id, city.worker.user_id, at=after(2))
    with pytest.raises(NotYourMoveError):
        await service.transition(
            session, city.worker, order_id, MoveRequest(Status.EN_ROUTE), told(3)
        )


async def test_a_stranger_does_not_know_the_order(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    with pytest.raises(NotFoundError):
        await shown(session, city.stranger, order_id)
    for act in (
        service.transition(
            session, city.stranger, order_id, MoveRequest(Status.QUALIFIED), told(1)
        ),
        complete(session, city.stranger, order_id, REPAIRED, told(1)),
        service.note(session, city.stranger, order_id, told(1), "hello"),
        service.assign(session, city.stranger, order_id, told(1), crew_id=city.crew_id),
    ):
        with pytest.raises(NotFoundError):
            await act


async def test_a_crew_of_others_cannot_be_given_work(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.QUALIFIED)
    with pytest.raises(NotFoundError):
        await service.transition(
            session,
            city.dispatcher,
            order_id,
            MoveRequest(Status.PLANNED, crew_id=city.town_id),
            told(2),
        )


async def test_an_illegal_move_changes_nothing(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    with pytest.raises(IllegalMoveError):
        await service.transition(
            session, city.dispatcher, order_id, MoveRequest(Status.CLOSED), told(1)
        )
    assert (await shown(session, city.dispatcher, order_id)).version == 1


async def test_two_people_do_not_overwrite_each_other(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await service.transition(
        session, city.dispatcher, order_id, MoveRequest(Status.QUALIFIED), told(1, 1)
    )
    with pytest.raises(ChangedMeanwhileError):
        await service.transition(
            session,
            city.dispatcher,
            order_id,
            MoveRequest(Status.CANCELLED, reason="mistake"),
            told(1, 1),
        )


async def test_an_arrival_is_proven_by_position_and_only_its_distance_is_kept(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.EN_ROUTE)
    here = Position(LON_DEG, LAT_DEG + 0.0009)
    await service.transition(
        session, city.worker, order_id, MoveRequest(Status.ON_SITE, position=here), told(2)
    )
    event = (await shown(session, city.worker, order_id)).events[-1]
    assert event.detail == {"from": "en_route", "distance_m": 100}


async def test_work_reported_late_keeps_its_own_time_when_the_clock_is_good(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.EN_ROUTE)
    late = Told(after(9), occurred_at=after(3), sent_at=after(9) + timedelta(seconds=20))
    asked = MoveRequest(Status.ON_SITE, reason="no satellite signal")
    await service.transition(session, city.worker, order_id, asked, late)
    event = (await shown(session, city.worker, order_id)).events[-1]
    assert (event.at, event.received_at) == (after(3), after(9))


async def test_a_clock_that_is_off_is_not_believed_and_says_so(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.EN_ROUTE)
    asked = MoveRequest(Status.ON_SITE, reason="no satellite signal")
    await service.transition(
        session, city.worker, order_id, asked, Told(after(9), occurred_at=after(3))
    )
    event = (await shown(session, city.worker, order_id)).events[-1]
    assert event.at == after(9)
    assert event.detail["doubt"] == "clock_not_trusted"


async def test_a_suspension_holds_the_deadline_until_work_goes_on(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.IN_PROGRESS)
    before = (await shown(session, city.worker, order_id)).restore_by
    await service.transition(
        session,
        city.worker,
        order_id,
        MoveRequest(Status.SUSPENDED, reason="wait_dso", note="called Enedis"),
        told(64),
    )
    held = await shown(session, city.worker, order_id)
    assert (held.restore_by, held.is_late) == (None, False)
    assert held.events[-1].note == "called Enedis"
    await service.transition(
        session, city.worker, order_id, MoveRequest(Status.IN_PROGRESS), told(88)
    )
    resumed = (await shown(session, city.worker, order_id)).restore_by
    assert before is not None
    assert resumed == before + timedelta(days=3)  # one working day, over a weekend


async def test_making_safe_is_a_milestone(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.IN_PROGRESS)
    await service.transition(
        session, city.worker, order_id, MoveRequest(Milestone.MADE_SAFE, proven_dead=True), told(2)
    )
    order = await shown(session, city.worker, order_id)
    assert order.status is Status.IN_PROGRESS
    assert Milestone.MADE_SAFE not in order.allowed


async def test_qualifying_may_change_the_class(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await service.transition(
        session,
        city.dispatcher,
        order_id,
        MoveRequest(Status.QUALIFIED, urgency=Urgency.U1),
        told(1),
    )
    order = await shown(session, city.dispatcher, order_id)
    assert (order.urgency, order.restore_by) == (Urgency.U1, after(24))


async def test_a_class_changed_later_counts_from_the_start(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await service.set_urgency(
        session, city.dispatcher, order_id, told(5), urgency=Urgency.U1, reason="school"
    )
    assert (await shown(session, city.dispatcher, order_id)).restore_by == after(24)
    with pytest.raises(ForbiddenError):
        await service.set_urgency(
            session, city.worker, order_id, told(5), urgency=Urgency.U2, reason="tired"
        )


async def test_an_order_can_be_given_to_another_crew_before_it_sets_out(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.DISPATCHED)
    monday = date(2026, 11, 23)
    await service.assign(
        session,
        city.dispatcher,
        order_id,
        told(2),
        crew_id=city.other_crew_id,
        planned_on=monday,
    )
    order = await shown(session, city.idler, order_id)
    assert (order.crew and order.crew.name, order.planned_on) == ("Sud", monday)
    await service.transition(session, city.idler, order_id, MoveRequest(Status.EN_ROUTE), told(3))
    with pytest.raises(IllegalMoveError):
        await service.assign(session, city.dispatcher, order_id, told(4), crew_id=city.crew_id)


async def test_a_duplicate_hands_its_alarms_to_the_order_it_doubles(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await see_raised(session, raised(city, 1))
    found = await reading.work_orders(
        session, city.dispatcher, OrderFilter(), now=after(1), after=None, limit=10
    )
    double = next(order for order in found if order.id != order_id)
    for wrong in (double.id, city.town_id):
        with pytest.raises((InvalidInputError, NotFoundError)):
            await service.transition(
                session,
                city.dispatcher,
                double.id,
                MoveRequest(Status.DUPLICATE, master_id=wrong),
                told(1),
            )
    await service.transition(
        session,
        city.dispatcher,
        double.id,
        MoveRequest(Status.DUPLICATE, master_id=order_id),
        told(1),
    )
    master = await shown(session, city.dispatcher, order_id)
    assert (len(master.alarms), master.report_count) == (2, 2)
    closed = await shown(session, city.dispatcher, double.id)
    assert closed.status is Status.DUPLICATE
    assert closed.master is not None
    assert closed.master.number == master.number


async def test_remarks_are_for_those_who_deal_with_the_order(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await service.note(session, city.dispatcher, order_id, told(1), "the neighbour has the key")
    order = await shown(session, city.dispatcher, order_id)
    assert order.events[-1].note == "the neighbour has the key"
    assert order.events[-1].author is not None
    assert order.events[-1].author.name == "Dispatcher"
    with pytest.raises(ForbiddenError):
        await service.note(session, city.viewer, order_id, told(1), "hello")


async def test_every_act_leaves_an_audit_entry(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.PLANNED)
    actions = await session.scalars(
        sa.text("SELECT action FROM audit_entry WHERE subject_id = :id ORDER BY id"),
        {"id": str(order_id)},
    )
    assert list(actions) == ["work_order.open", "work_order.qualified", "work_order.planned"]


async def test_lists_are_narrowed_to_what_is_asked(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await see_raised(session, raised(city, 1))
    await bring_to(session, city, order_id, Status.DISPATCHED)

    async def ids(caller: Caller, wanted: OrderFilter, hours: float = 1) -> set[UUID]:
        found = await reading.work_orders(
            session, caller, wanted, now=after(hours), after=None, limit=10
        )
        return {order.id for order in found}

    assert len(await ids(city.dispatcher, OrderFilter())) == 2
    assert await ids(city.stranger, OrderFilter()) == set()
    dispatched = OrderFilter(statuses=frozenset({Status.DISPATCHED}))
    assert await ids(city.dispatcher, dispatched) == {order_id}
    assert await ids(city.worker, OrderFilter(crew_ids=frozenset({city.crew_id}))) == {order_id}
    assert await ids(city.viewer, OrderFilter(light_point_id=city.light_ids[0])) == {order_id}
    assert len(await ids(city.viewer, OrderFilter(cabinet_id=city.cabinet_id))) == 2
    assert await ids(city.viewer, OrderFilter(late_at=after(1))) == set()
    assert len(await ids(city.viewer, OrderFilter(late_at=after(1000)))) == 2
    elsewhere = OrderFilter(organisation_ids=frozenset({city.neighbour_id}))
    assert await ids(city.dispatcher, elsewhere) == set()


async def test_pages_of_orders_follow_each_other(session: AsyncSession, city: City) -> None:
    for light in range(5):
        await see_raised(session, raised(city, light))
    seen: list[UUID] = []
    mark = None
    while True:
        page = await reading.work_orders(
            session, city.dispatcher, OrderFilter(), now=after(1), after=mark, limit=2
        )
        if not page:
            break
        seen += [order.id for order in page]
        mark = (page[-1].opened_at, page[-1].id)
    assert len(seen) == len(set(seen)) == 5

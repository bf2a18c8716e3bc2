"""An order's life in the hands of a dispatcher and a crew."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks.model import ClockKind
from gmao.crews.service import remove_member
from gmao.workorders import detail, service
from gmao.workorders.completion import complete
from gmao.workorders.dossier import entry_of
from gmao.workorders.history import fold
from gmao.workorders.model import EventKind, Milestone, Position, Status
from gmao.workorders.repository import log
from gmao.workorders.requests import Told
from gmao.workorders.rules import (
    ChangedMeanwhileError,
    IllegalMoveError,
    MoveRequest,
    NotYourMoveError,
)
from gmao.workorders.schemas import WorkOrderDetailAnswer
from kit.access.model import Caller
from kit.errors import NotFoundError
from tests.gmao.city import (
    LAT_DEG,
    LON_DEG,
    REPAIRED,
    City,
    after,
    bring_to,
    told,
)


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


async def test_every_act_leaves_an_audit_entry(
    session: AsyncSession, city: City, order_id: UUID
) -> None:
    await bring_to(session, city, order_id, Status.PLANNED)
    actions = await session.scalars(
        sa.text("SELECT action FROM audit_entry WHERE subject_id = :id ORDER BY id"),
        {"id": str(order_id)},
    )
    assert list(actions) == ["work_order.open", "work_order.qualified", "work_order.planned"]

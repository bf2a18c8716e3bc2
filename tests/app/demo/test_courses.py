"""The simulated people deal with every order as its number says, and never make an illegal move."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.demo import tableau
from app.demo.courses import (
    LEAVES,
    Course,
    Deed,
    Ending,
    Order,
    Step,
    course_of,
    is_working_day,
    steps_of_day,
    working_day,
)
from gmao.workorders.model import Source, Status
from gmao.workorders.moves import MOVES

PARIS = "Europe/Paris"
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
OPENED_AT = datetime(2026, 11, 16, 21, tzinfo=UTC)


def order(status: Status = Status.NEW, **facts: object) -> Order:
    usual: dict[str, object] = {
        "number": 7,
        "source": Source.ALARM,
        "cause": "lamp_failure",
        "status": status,
        "opened_at": OPENED_AT,
        "planned_on": None,
        "done_at": None,
        "has_cleared": False,
    }
    return Order(**{**usual, **facts})  # type: ignore[arg-type]


def deeds(one: Order, course: Course, day: date = FRIDAY) -> list[Deed]:
    return [step.deed for _, step in steps_of_day([(one, course)], day, PARIS)]


REPAIRED = Course(Ending.REPAIRED, 0)
WHOLE_VISIT = [Deed.DISPATCH, Deed.SET_OUT, Deed.ARRIVE, Deed.BEGIN, Deed.COMPLETE]


def test_an_order_may_be_done_on_the_day_it_is_read() -> None:
    assert deeds(order(), REPAIRED) == [Deed.QUALIFY, Deed.PLAN, *WHOLE_VISIT]


def test_an_order_planned_for_later_waits_for_its_day() -> None:
    assert deeds(order(), Course(Ending.REPAIRED, 2)) == [Deed.QUALIFY, Deed.PLAN]
    planned = order(Status.PLANNED, planned_on=MONDAY)
    assert deeds(planned, REPAIRED, FRIDAY) == []
    assert deeds(planned, REPAIRED, MONDAY) == WHOLE_VISIT


def test_nobody_works_at_the_weekend() -> None:
    assert deeds(order(), REPAIRED, FRIDAY + timedelta(days=1)) == []
    assert working_day(FRIDAY, 1) == MONDAY


def test_work_taken_up_half_way_goes_on_from_there() -> None:
    on_site = order(Status.ON_SITE, planned_on=FRIDAY)
    assert deeds(on_site, REPAIRED) == [Deed.BEGIN, Deed.COMPLETE]


def test_a_fault_that_went_by_itself_is_cancelled() -> None:
    assert deeds(order(Status.QUALIFIED, has_cleared=True), REPAIRED) == [Deed.CANCEL]


@pytest.mark.parametrize(
    ("cause", "deed"), [("too_bright", Deed.REJECT), ("light_out", Deed.DOUBLE)]
)
def test_some_calls_of_citizens_lead_to_no_work(cause: str, deed: Deed) -> None:
    assert deeds(order(cause=cause, source=Source.CITIZEN), REPAIRED) == [deed]


def test_a_repair_that_failed_is_taken_up_again_and_then_holds() -> None:
    botched = Course(Ending.BOTCHED, 0)
    first = _last(order(), botched, OPENED_AT.date() + timedelta(days=1))
    assert first.deed is Deed.COMPLETE
    assert not first.holds
    done_at = OPENED_AT + timedelta(days=1)
    assert deeds(order(Status.DONE, done_at=done_at), botched) == [Deed.REOPEN]
    again = _last(order(Status.PLANNED, planned_on=MONDAY), botched, MONDAY)
    assert again.holds


def _last(one: Order, course: Course, day: date) -> Step:
    return steps_of_day([(one, course)], day, PARIS)[-1][1]


def test_proven_work_is_closed_after_some_days() -> None:
    done_at = OPENED_AT
    assert deeds(order(Status.VERIFIED, done_at=done_at), REPAIRED) == [Deed.CLOSE]
    assert deeds(order(Status.VERIFIED, done_at=done_at), REPAIRED, date(2026, 11, 17)) == []


def test_the_course_of_an_order_follows_from_its_number() -> None:
    courses = [course_of(number, seed=1) for number in range(300)]
    assert courses == [course_of(number, seed=1) for number in range(300)]
    assert {course.ending for course in courses} == set(Ending)


@pytest.mark.parametrize("stop", [stop for stop in tableau.SETTLED + tableau.ON_THE_STREET if stop])
def test_an_order_of_the_tableau_gets_where_it_is_to_be_left_and_stays(stop: Status) -> None:
    course, one = course_of(7, 1, stop), order()
    for day in (OPENED_AT.date() + timedelta(days=n) for n in range(1, 12)):
        for _, step in steps_of_day([(one, course)], day, PARIS):
            one = _after(one, step)
    assert one.status is stop


def _after(one: Order, step: Step) -> Order:
    """The order after a step; where the work held, its light answers the same evening."""
    assert any(one.status in move.sources and move.to is LEAVES[step.deed] for move in MOVES), (
        f"{step.deed} from {one.status}"
    )
    status, has_cleared = LEAVES[step.deed], one.has_cleared
    if step.deed is Deed.COMPLETE and step.holds:
        status, has_cleared = Status.VERIFIED, True
    return order(
        status,
        planned_on=step.planned_on or one.planned_on,
        done_at=step.at if step.deed is Deed.COMPLETE else one.done_at,
        has_cleared=has_cleared,
    )


def test_a_day_has_room_for_so_many_visits_and_each_follows_its_desk() -> None:
    crowd = [(order(number=number), REPAIRED) for number in range(40)]
    steps = steps_of_day(crowd, FRIDAY, PARIS)
    assert sum(step.deed is Deed.COMPLETE for _, step in steps) == 14
    for place in range(40):
        mine = [step.at for at, step in steps if at == place]
        assert mine == sorted(mine)
    assert {step.crew for _, step in steps} == {0, 1}


def test_every_state_is_on_the_tableau() -> None:
    at = datetime(2026, 11, 20, 15, tzinfo=UTC)
    nights = [(n, datetime(2026, 11, 12 + n // 4, 20, n % 4, tzinfo=UTC)) for n in range(32)]
    left = set(tableau.stops(nights, at, PARIS).values())
    assert left == {stop for stop in (*tableau.SETTLED, *tableau.ON_THE_STREET) if stop}


@pytest.mark.parametrize(
    ("at", "day"),
    [
        pytest.param(datetime(2026, 11, 23, 9, tzinfo=UTC), FRIDAY, id="monday before eleven"),
        pytest.param(datetime(2026, 11, 23, 12, tzinfo=UTC), MONDAY, id="monday noon"),
        pytest.param(datetime(2026, 11, 22, 12, tzinfo=UTC), FRIDAY, id="sunday"),
    ],
)
def test_the_last_working_day_is_one_whose_work_has_begun(at: datetime, day: date) -> None:
    assert tableau.last_working_day(at, PARIS) == day
    assert is_working_day(day)

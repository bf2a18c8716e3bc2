"""Which moves are legal, for whom, with what; and when things are held to have happened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gmao.workorders.model import (
    OPEN,
    ClassPeriod,
    Milestone,
    Position,
    Status,
    Target,
    WorkOrderState,
)
from gmao.workorders.moves import MOVES, Need, Party
from gmao.workorders.rules import (
    ChangedMeanwhileError,
    IllegalMoveError,
    IncompleteMoveError,
    MoveRequest,
    NotYourMoveError,
    OrderFacts,
    check_move,
    check_version,
    distance_m,
    held_instant,
    legal_moves,
)
from lighting.faults.model import Urgency

T0 = datetime(2026, 11, 21, 18, tzinfo=UTC)
EVERYBODY = frozenset(Party)
DISPATCHER = frozenset({Party.DISPATCHER})
CREW = frozenset({Party.CREW})
PLACE = Position(5.0415, 47.322)
FACTS = OrderFacts(has_subject=True, crew_id=uuid4(), position=PLACE)


def standing(status: Status, arrived: bool = True) -> WorkOrderState:
    return WorkOrderState(
        status=status,
        opened_at=T0,
        moved_at=T0,
        classes=(ClassPeriod(Urgency.U3, T0),),
        arrived_at=T0 if arrived else None,
    )


def everything(to: Target) -> MoveRequest:
    """A request that lacks nothing."""
    return MoveRequest(
        to=to,
        reason="weather",
        crew_id=uuid4(),
        planned_on=T0.date(),
        master_id=uuid4(),
        position=PLACE,
        checklist_signed=True,
        proven_dead=True,
        has_completion=True,
    )


LEGAL = {(source, move.to) for move in MOVES for source in move.sources}


def test_the_moves_are_those_of_the_reference_table() -> None:
    table = {
        Status.NEW: "qualified rejected duplicate cancelled",
        Status.QUALIFIED: "planned suspended cancelled",
        Status.PLANNED: "dispatched suspended cancelled",
        Status.DISPATCHED: "en_route suspended cancelled",
        Status.EN_ROUTE: "on_site suspended cancelled",
        Status.ON_SITE: "in_progress suspended cancelled",
        Status.IN_PROGRESS: "made_safe done suspended cancelled",
        Status.SUSPENDED: "in_progress planned cancelled",
        Status.DONE: "verified reopened",
        Status.VERIFIED: "closed reopened",
        Status.REOPENED: "planned suspended cancelled",
        Status.REJECTED: "",
        Status.DUPLICATE: "",
        Status.CLOSED: "",
        Status.CANCELLED: "",
    }
    for status in Status:
        assert {to.value for source, to in LEGAL if source is status} == set(table[status].split())


@pytest.mark.parametrize("source", Status)
@pytest.mark.parametrize("to", [*Status, *Milestone])
def test_a_move_outside_the_table_is_refused_with_the_legal_ones(
    source: Status, to: Target
) -> None:
    if (source, to) in LEGAL:
        assert check_move(standing(source), FACTS, everything(to), EVERYBODY).to is to
        return
    with pytest.raises(IllegalMoveError) as refusal:
        check_move(standing(source), FACTS, everything(to), EVERYBODY)
    expected = {target.value for status, target in LEGAL if status is source}
    assert set(refusal.value.extra["allowed"]) == expected
    assert refusal.value.code == "work_order_illegal_move"


@pytest.mark.parametrize(
    ("to", "parties"),
    [
        pytest.param(Status.CANCELLED, CREW, id="a crew cannot cancel"),
        pytest.param(Status.EN_ROUTE, frozenset(), id="a stranger cannot set out"),
        pytest.param(Status.SUSPENDED, frozenset({Party.SYSTEM}), id="the system cannot suspend"),
    ],
)
def test_a_move_of_others_is_refused(to: Status, parties: frozenset[Party]) -> None:
    with pytest.raises(NotYourMoveError):
        check_move(standing(Status.DISPATCHED), FACTS, everything(to), parties)


def test_a_dispatcher_may_do_what_a_crew_reports_by_telephone() -> None:
    for status in OPEN - {Status.NEW}:
        crew = {move.to for move in legal_moves(standing(status), CREW)}
        assert crew <= {move.to for move in legal_moves(standing(status), DISPATCHER)}


@pytest.mark.parametrize(
    ("source", "asked", "need"),
    [
        (Status.NEW, MoveRequest(Status.REJECTED), Need.REASON),
        (Status.NEW, MoveRequest(Status.DUPLICATE), Need.MASTER),
        (Status.EN_ROUTE, MoveRequest(Status.ON_SITE), Need.ARRIVAL_PROOF),
        (Status.ON_SITE, MoveRequest(Status.IN_PROGRESS), Need.CHECKLIST),
        (Status.IN_PROGRESS, MoveRequest(Milestone.MADE_SAFE), Need.PROVEN_DEAD),
        (Status.IN_PROGRESS, MoveRequest(Status.DONE), Need.COMPLETION),
        (Status.PLANNED, MoveRequest(Status.SUSPENDED, reason="tired"), Need.SUSPENSION_REASON),
        (Status.DONE, MoveRequest(Status.VERIFIED), Need.REASON),
        (Status.PLANNED, MoveRequest(Status.CANCELLED, reason=""), Need.REASON),
    ],
)
def test_a_move_that_lacks_something_says_what(
    source: Status, asked: MoveRequest, need: Need
) -> None:
    with pytest.raises(IncompleteMoveError) as refusal:
        check_move(standing(source), FACTS, asked, EVERYBODY)
    assert refusal.value.extra["needs"] == [need]


@pytest.mark.parametrize(
    ("source", "to", "need"),
    [
        (Status.NEW, Status.QUALIFIED, Need.SUBJECT),
        (Status.QUALIFIED, Status.PLANNED, Need.SLOT),
        (Status.PLANNED, Status.DISPATCHED, Need.CREW),
    ],
)
def test_what_the_order_itself_lacks_is_named_too(source: Status, to: Status, need: Need) -> None:
    with pytest.raises(IncompleteMoveError) as refusal:
        check_move(standing(source), OrderFacts(has_subject=False), MoveRequest(to), EVERYBODY)
    assert refusal.value.extra["needs"] == [need]


def test_work_nobody_arrived_for_cannot_be_taken_up_in_the_middle() -> None:
    with pytest.raises(IncompleteMoveError):
        check_move(
            standing(Status.SUSPENDED, arrived=False),
            FACTS,
            everything(Status.IN_PROGRESS),
            EVERYBODY,
        )


def test_a_place_is_made_safe_once() -> None:
    safe = replace(standing(Status.IN_PROGRESS), made_safe_at=T0)
    assert Milestone.MADE_SAFE not in {move.to for move in legal_moves(safe, EVERYBODY)}


@pytest.mark.parametrize(
    ("metres_north", "proves"), [(0, True), (149, True), (151, False), (5000, False)]
)
def test_a_position_proves_an_arrival_within_150_m(metres_north: float, proves: bool) -> None:
    near = Position(PLACE.lon_deg, PLACE.lat_deg + metres_north / 111_194.93)
    asked = MoveRequest(Status.ON_SITE, position=near)
    if proves:
        assert check_move(standing(Status.EN_ROUTE), FACTS, asked, CREW).to is Status.ON_SITE
        return
    with pytest.raises(IncompleteMoveError):
        check_move(standing(Status.EN_ROUTE), FACTS, asked, CREW)
    explained = replace(asked, reason="no satellite signal in the tunnel")
    assert check_move(standing(Status.EN_ROUTE), FACTS, explained, CREW).to is Status.ON_SITE


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_m(Position(5, 47), Position(5, 48)) == pytest.approx(111_195, abs=1)


def test_writing_over_what_one_has_not_read_is_refused() -> None:
    state = replace(standing(Status.NEW), version=4)
    check_version(state, None)
    check_version(state, 4)
    with pytest.raises(ChangedMeanwhileError) as refusal:
        check_version(state, 3)
    assert refusal.value.extra["version"] == 4


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("claimed", "sent", "held", "doubt"),
    [
        pytest.param(None, None, 0, None, id="nothing claimed"),
        pytest.param(-1, None, -1, None, id="a minute ago, online"),
        pytest.param(-180, 0.5, -180, None, id="three hours ago, clock half a minute off"),
        pytest.param(-180, None, 0, "clock_not_trusted", id="three hours ago, clock unknown"),
        pytest.param(-180, -30, 0, "clock_not_trusted", id="clock half an hour off"),
        pytest.param(1, 1, 0, None, id="the future is now"),
        pytest.param(-600, 0, -300, "before_the_last_move", id="before the last move"),
    ],
)
def test_a_claim_is_held_when_its_clock_is_good(
    claimed: float | None, sent: float | None, held: float, doubt: str | None
) -> None:
    timing = held_instant(
        claimed_at=None if claimed is None else T0 + minutes(claimed),
        sent_at=None if sent is None else T0 + minutes(sent),
        received_at=T0,
        not_before=T0 - minutes(300),
    )
    assert (timing.occurred_at, timing.doubt) == (T0 + minutes(held), doubt)

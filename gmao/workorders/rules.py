"""Whether a move is legal, what it still needs, and which instant it is held to have happened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from gmao.clocks.model import SuspensionReason
from gmao.workorders.model import Milestone, Position, Target, WorkOrderState
from gmao.workorders.moves import MOVES, Move, Need, Party
from kit.errors import ConflictError, ForbiddenError, InvalidInputError
from lighting.faults.model import Urgency

# How near a crew has to be for its position to prove its arrival.
GEOFENCE_M = 150
# A device whose clock is further off than this is not believed.
CLOCK_SKEW_MAX = timedelta(minutes=2)
EARTH_RADIUS_M = 6_371_000


class IllegalMoveError(ConflictError):
    """The order's state does not lead there; `allowed` lists where it leads."""

    code = "work_order_illegal_move"
    title = "The work order cannot go there from here"


class NotYourMoveError(ForbiddenError):
    """The move exists, but belongs to others: the dispatcher, or the crew it was given to."""

    code = "work_order_not_your_move"
    title = "This move belongs to others"


class IncompleteMoveError(InvalidInputError):
    """The move lacks something; `needs` says what."""

    code = "work_order_move_incomplete"
    title = "The move needs more"


class ChangedMeanwhileError(ConflictError):
    """Somebody else changed the order since the caller read it."""

    code = "work_order_changed"
    title = "The work order changed meanwhile"


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """What somebody asks for, with whatever they sent along."""

    to: Target
    reason: str | None = None
    note: str | None = None
    urgency: Urgency | None = None
    crew_id: UUID | None = None
    planned_on: date | None = None
    master_id: UUID | None = None
    position: Position | None = None
    checklist_signed: bool = False
    proven_dead: bool = False
    has_completion: bool = False


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the guards look at beside the state."""

    has_subject: bool
    crew_id: UUID | None = None
    planned_on: date | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class _Guard:
    """Whether a need is met, and what to say when it is not."""

    is_met: Callable[[WorkOrderState, OrderFacts, MoveRequest], bool]
    advice: str


_GUARDS: Mapping[Need, _Guard] = {
    Need.SUBJECT: _Guard(
        lambda _, facts, __: facts.has_subject,
        "the order names neither an asset nor a position; open another one that does",
    ),
    Need.REASON: _Guard(lambda _, __, asked: bool(asked.reason), "say why in `reason`"),
    Need.MASTER: _Guard(
        lambda _, __, asked: asked.master_id is not None,
        "name the order it doubles in `master_id`",
    ),
    Need.SLOT: _Guard(
        lambda _, facts, asked: any(
            (asked.crew_id, asked.planned_on, facts.crew_id, facts.planned_on)
        ),
        "give `crew_id`, `planned_on` or both",
    ),
    Need.CREW: _Guard(
        lambda _, facts, asked: bool(asked.crew_id or facts.crew_id), "give `crew_id`"
    ),
    Need.ARRIVAL_PROOF: _Guard(
        lambda _, facts, asked: bool(asked.reason) or is_near(facts.position, asked.position),
        f"send a `position` within {GEOFENCE_M} m of the place, or say why not in `reason`",
    ),
    Need.CHECKLIST: _Guard(
        lambda _, __, asked: asked.checklist_signed,
        "sign the safety checklist: `checklist_signed`",
    ),
    Need.PROVEN_DEAD: _Guard(
        lambda _, __, asked: asked.proven_dead,
        "confirm that the absence of voltage was verified: `proven_dead`",
    ),
    Need.SUSPENSION_REASON: _Guard(
        lambda _, __, asked: asked.reason in set(SuspensionReason),
        f"give one of {', '.join(SuspensionReason)} in `reason`",
    ),
    Need.HAVING_ARRIVED: _Guard(
        lambda state, _, __: state.arrived_at is not None,
        "nobody was on site yet; plan it again instead",
    ),
    Need.COMPLETION: _Guard(
        lambda _, __, asked: asked.has_completion,
        "say what failed and what was done: POST …/completion",
    ),
}


def legal_moves(state: WorkOrderState, parties: frozenset[Party]) -> list[Move]:
    """The moves these parties may make from a state."""
    return [
        move
        for move in MOVES
        if state.status in move.sources
        and parties & move.by
        and not (move.to is Milestone.MADE_SAFE and state.made_safe_at)
    ]


def check_move(
    state: WorkOrderState, facts: OrderFacts, asked: MoveRequest, parties: frozenset[Party]
) -> Move:
    """The move asked for, or a refusal that says what would be legal or what is missing."""
    legal = legal_moves(state, parties)
    found = next((move for move in legal if move.to is asked.to), None)
    if found is None:
        _refuse(state, asked.to, legal)
    assert found is not None
    missing = [need for need in found.needs if not _GUARDS[need].is_met(state, facts, asked)]
    if missing:
        raise IncompleteMoveError(
            "; ".join(_GUARDS[need].advice for need in missing), needs=missing
        )
    return found


def _refuse(state: WorkOrderState, to: Target, legal: list[Move]) -> None:
    allowed = [move.to.value for move in legal]
    others = [move.to for move in legal_moves(state, frozenset(Party))]
    if to in others:
        raise NotYourMoveError(
            f"'{to.value}' is for the dispatcher or for the crew the order was given to",
            allowed=allowed,
        )
    raise IllegalMoveError(
        f"from '{state.status.value}' one may go to: {', '.join(allowed) or 'nowhere'}",
        status_now=state.status,
        allowed=allowed,
    )


def check_version(state: WorkOrderState, expected: int | None) -> None:
    """Refuse to write over what the caller has not read; without expectation, all is well."""
    if expected is not None and expected != state.version:
        raise ChangedMeanwhileError(
            "read the work order again, then decide again",
            version=state.version,
            status_now=state.status,
        )


@dataclass(frozen=True, slots=True)
class Timing:
    """When something is held to have happened, and why that is not what was claimed."""

    occurred_at: datetime
    doubt: str | None = None


def held_instant(
    *,
    claimed_at: datetime | None,
    sent_at: datetime | None,
    received_at: datetime,
    not_before: datetime,
) -> Timing:
    """The instant a report from the field is held to.

    `sent_at` is the device's clock at sending: it shows how far off that clock is, so that work
    done without network keeps its own time. Without it, the claim itself is taken for the clock.
    """
    if claimed_at is None:
        return Timing(received_at)
    if abs(received_at - (sent_at or claimed_at)) > CLOCK_SKEW_MAX:
        return Timing(received_at, "clock_not_trusted")
    if claimed_at < not_before:
        return Timing(not_before, "before_the_last_move")
    return Timing(min(claimed_at, received_at))


def distance_m(one: Position, other: Position) -> float:
    """Great-circle distance in metres."""
    lat_one, lat_other = radians(one.lat_deg), radians(other.lat_deg)
    half_lat = (lat_other - lat_one) / 2
    half_lon = radians(other.lon_deg - one.lon_deg) / 2
    chord = sin(half_lat) ** 2 + cos(lat_one) * cos(lat_other) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(chord))


def is_near(place: Position | None, position: Position | None) -> bool:
    """Whether a position proves being at the place."""
    return bool(place and position and distance_m(place, position) <= GEOFENCE_M)

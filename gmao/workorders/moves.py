"""Which moves exist, who may make them and what each needs: the table, as data."""

from dataclasses import dataclass
from enum import StrEnum

from gmao.workorders.model import OPEN, Milestone, Status, Target


class Party(StrEnum):
    """In what quality somebody moves an order. One person may have several."""

    DISPATCHER = "dispatcher"
    CREW = "crew"
    SYSTEM = "system"


class Need(StrEnum):
    """What a move cannot go without."""

    SUBJECT = "subject"
    REASON = "reason"
    MASTER = "master"
    SLOT = "slot"
    CREW = "crew"
    ARRIVAL_PROOF = "arrival_proof"
    CHECKLIST = "checklist"
    PROVEN_DEAD = "proven_dead"
    SUSPENSION_REASON = "suspension_reason"
    HAVING_ARRIVED = "having_arrived"
    COMPLETION = "completion"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of some states to a state or milestone."""

    sources: frozenset[Status]
    to: Target
    by: frozenset[Party]
    needs: tuple[Need, ...] = ()


OFFICE = frozenset({Party.DISPATCHER})
FIELD = frozenset({Party.CREW, Party.DISPATCHER})
EVIDENCE = frozenset({Party.DISPATCHER, Party.SYSTEM})

ACTIVE = OPEN - {Status.NEW, Status.SUSPENDED}


def _from(*sources: Status) -> frozenset[Status]:
    return frozenset(sources)


MOVES: tuple[Move, ...] = (
    Move(_from(Status.NEW), Status.QUALIFIED, EVIDENCE, (Need.SUBJECT,)),
    Move(_from(Status.NEW), Status.REJECTED, OFFICE, (Need.REASON,)),
    Move(_from(Status.NEW), Status.DUPLICATE, OFFICE, (Need.MASTER,)),
    Move(
        _from(Status.QUALIFIED, Status.REOPENED, Status.SUSPENDED),
        Status.PLANNED,
        OFFICE,
        (Need.SLOT,),
    ),
    Move(_from(Status.PLANNED), Status.DISPATCHED, OFFICE, (Need.CREW,)),
    Move(_from(Status.DISPATCHED), Status.EN_ROUTE, FIELD),
    Move(_from(Status.EN_ROUTE), Status.ON_SITE, FIELD, (Need.ARRIVAL_PROOF,)),
    Move(_from(Status.ON_SITE), Status.IN_PROGRESS, FIELD, (Need.CHECKLIST,)),
    Move(_from(Status.IN_PROGRESS), Milestone.MADE_SAFE, FIELD, (Need.PROVEN_DEAD,)),
    Move(ACTIVE, Status.SUSPENDED, FIELD, (Need.SUSPENSION_REASON,)),
    Move(_from(Status.SUSPENDED), Status.IN_PROGRESS, FIELD, (Need.HAVING_ARRIVED,)),
    Move(_from(Status.IN_PROGRESS), Status.DONE, FIELD, (Need.COMPLETION,)),
    Move(_from(Status.DONE), Status.VERIFIED, EVIDENCE, (Need.REASON,)),
    Move(_from(Status.DONE, Status.VERIFIED), Status.REOPENED, EVIDENCE, (Need.REASON,)),
    Move(_from(Status.VERIFIED), Status.CLOSED, OFFICE),
    Move(OPEN, Status.CANCELLED, OFFICE, (Need.REASON,)),
)

"""What people send about an order, as values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gmao.failures.model import CodeList, ReplacementReason, check_code
from gmao.workorders.model import Position, ReportCause, Source, WorkOrderState
from gmao.workorders.rules import Timing, check_version, held_instant
from lighting.faults.model import Urgency

PARTS_MAX = 50


@dataclass(frozen=True, slots=True)
class Told:
    """When we learn of something, when it is said to have happened, and what the teller had read.

    `sent_at` is the teller's clock at sending; `expected_version` the version they had read.
    """

    at: datetime
    occurred_at: datetime | None = None
    sent_at: datetime | None = None
    expected_version: int | None = None

    def timing(self, state: WorkOrderState) -> Timing:
        """The instant it is held to have happened; refused when the order changed meanwhile."""
        check_version(state, self.expected_version)
        return held_instant(
            claimed_at=self.occurred_at,
            sent_at=self.sent_at,
            received_at=self.at,
            not_before=state.moved_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a person says is wrong: with a light point, with a cabinet, or at a place of a
    territory."""

    cause: ReportCause = ReportCause.OTHER
    urgency: Urgency
    source: Source = Source.OPERATOR
    light_point_id: UUID | None = None
    cabinet_id: UUID | None = None
    organisation_id: UUID | None = None
    position: Position | None = None
    title: str | None = None
    description: str | None = None
    hazards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartTaken:
    """A part used; without a store, from the crew's van."""

    part_id: UUID
    quantity: int
    store_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What failed and what was done about it, in the codes of `gmao.failures`."""

    failure_mode: str
    failure_cause: str
    remedy: str
    failure_mechanism: str | None = None
    replacement_reason: ReplacementReason | None = None
    parts: tuple[PartTaken, ...] = ()
    labour_minutes: int | None = None
    note: str | None = None

    def check(self) -> None:
        """Refuse codes that are in no list."""
        check_code(CodeList.MODE, self.failure_mode)
        check_code(CodeList.CAUSE, self.failure_cause)
        check_code(CodeList.REMEDY, self.remedy)
        if self.failure_mechanism is not None:
            check_code(CodeList.MECHANISM, self.failure_mechanism)

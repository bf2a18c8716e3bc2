"""Words and values of work orders: states, sources, the append-only log and what it folds to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from gmao.clocks.model import SuspensionReason
from kit.outbox.model import Event
from lighting.faults.model import AssetType, Urgency


class Status(StrEnum):
    """Where an order stands. It follows from the log; nobody sets it."""

    NEW = "new"
    QUALIFIED = "qualified"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    PLANNED = "planned"
    DISPATCHED = "dispatched"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    DONE = "done"
    VERIFIED = "verified"
    REOPENED = "reopened"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Milestone(StrEnum):
    """A moment of the work that leaves the status as it is."""

    MADE_SAFE = "made_safe"


Target: TypeAlias = Status | Milestone

NEVER_WORKED = frozenset({Status.REJECTED, Status.DUPLICATE, Status.CANCELLED})
REPAIRED = frozenset({Status.DONE, Status.VERIFIED, Status.CLOSED})
OPEN = frozenset(Status) - NEVER_WORKED - REPAIRED
NOT_STARTED = frozenset(
    {Status.NEW, Status.QUALIFIED, Status.PLANNED, Status.DISPATCHED, Status.REOPENED}
)


class Source(StrEnum):
    """Who or what asked for the work."""

    ALARM = "alarm"
    CITIZEN = "citizen"
    PATROL = "patrol"
    OPERATOR = "operator"
    PLAN = "plan"
    WORKS_NOTICE = "works_notice"


class ReportCause(StrEnum):
    """What people report; alarms bring the cause that the fault rules gave them."""

    LIGHT_OUT = "light_out"
    LIGHT_DAY_ON = "light_day_on"
    STREET_DARK = "street_dark"
    FLICKER = "flicker"
    MAST_DAMAGED = "mast_damaged"
    DOOR_OPEN = "door_open"
    TOO_BRIGHT = "too_bright"
    CABLE_EXPOSED = "cable_exposed"
    INSPECTION = "inspection"
    OTHER = "other"


class EventKind(StrEnum):
    """Lines of the log of an order."""

    OPENED = "opened"
    JOINED = "joined"
    ALARM_CLEARED = "alarm_cleared"
    CLASSED = "classed"
    ASSIGNED = "assigned"
    MOVED = "moved"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log.

    `occurred_at` is when it happened in the street, `received_at` when we learnt of it.
    """

    kind: EventKind
    occurred_at: datetime
    received_at: datetime
    to: Target | None = None
    urgency: Urgency | None = None
    reason: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassPeriod:
    """An urgency class the order was in, and the instant its clocks are counted from."""

    urgency: Urgency
    counted_from: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """A suspension; without end while it lasts."""

    reason: SuspensionReason
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkOrderState:
    """What the log of an order comes to."""

    status: Status
    opened_at: datetime
    moved_at: datetime
    classes: tuple[ClassPeriod, ...]
    waits: tuple[Wait, ...] = ()
    arrived_at: datetime | None = None
    made_safe_at: datetime | None = None
    done_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 1

    @property
    def urgency(self) -> Urgency:
        """The class in force."""
        return self.classes[-1].urgency


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, WGS 84."""

    lon_deg: float
    lat_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody or something says is wrong, enough to open an order from."""

    organisation_id: UUID
    source: Source
    cause: str
    urgency: Urgency
    seen_at: datetime
    asset_type: AssetType | None = None
    asset_id: UUID | None = None
    light_point_id: UUID | None = None
    cabinet_id: UUID | None = None
    position: Position | None = None
    title: str | None = None
    description: str | None = None
    hazards: tuple[str, ...] = ()
    alarm_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list is narrowed to; None means no matter what."""

    statuses: frozenset[Status] | None = None
    organisation_ids: frozenset[UUID] | None = None
    crew_ids: frozenset[UUID] | None = None
    light_point_id: UUID | None = None
    cabinet_id: UUID | None = None
    late_at: datetime | None = None


class Outcome(StrEnum):
    """What became of a report."""

    OPENED = "opened"
    JOINED = "joined"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Opening:
    """The order that answers for a report, and how it came to."""

    work_order_id: UUID
    outcome: Outcome


class RestoreFact(NamedTuple):
    """The repair clock of one order, in the class in force."""

    urgency: Urgency
    opened_at: datetime
    due_at: datetime | None
    restored_at: datetime | None


class OrderFact(NamedTuple):
    """One order that was worked or is to be."""

    source: Source
    status: Status
    opened_at: datetime
    done_at: datetime | None
    is_repeat: bool
    labour_minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderOpened(Event):
    """A new order exists."""

    work_order_id: UUID
    organisation_id: UUID
    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderChanged(Event):
    """Something happened to an order; `status` is where it stands now."""

    work_order_id: UUID
    organisation_id: UUID
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderDone(Event):
    """A crew says the work is done; the light has still to answer."""

    work_order_id: UUID
    organisation_id: UUID
    light_point_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderVerified(Event):
    """The light answered, or somebody went and looked."""

    work_order_id: UUID
    organisation_id: UUID
    light_point_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderEscalated(Event):
    """A clock has used that share of its time, in percent; 100 is its deadline."""

    work_order_id: UUID
    organisation_id: UUID
    kind: str
    percent: int

"""API shapes of work orders. Instants are UTC, positions degrees (WGS 84)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gmao.clocks.model import ClockKind
from gmao.failures.model import ReplacementReason
from gmao.workorders.model import EventKind, Milestone, Outcome, ReportCause, Source, Status
from gmao.workorders.moves import Need
from gmao.workorders.requests import PARTS_MAX
from lighting.faults.model import Urgency

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Named(BaseModel):
    id: UUID
    name: str


class Coded(BaseModel):
    id: UUID
    code: str
    name: str


class LightPlace(BaseModel):
    id: UUID
    code: str
    street: str
    lon_deg: float
    lat_deg: float


class OrderReference(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: str
    status: Status


class WorkOrderAnswer(BaseModel):
    """An order as lists show it. While a pause holds a clock, its deadline is null."""

    id: UUID
    number: str
    organisation: Named
    source: Source
    cause: str
    title: str
    status: Status
    urgency: Urgency
    version: int
    light_point: LightPlace | None
    cabinet: Coded | None
    crew: Named | None
    planned_on: date | None
    opened_at: datetime
    respond_by: datetime | None
    arrived_at: datetime | None
    restore_by: datetime | None
    done_at: datetime | None
    is_late: bool
    report_count: int
    alarms_cleared_at: datetime | None


class ClockAnswer(BaseModel):
    """One clock; those of former classes stay, with their result."""

    kind: ClockKind
    urgency: Urgency
    is_current: bool
    counted_from: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    is_late: bool


class EventAnswer(BaseModel):
    """One entry of the log: when it happened, when we learnt of it, who said so."""

    model_config = ConfigDict(populate_by_name=True)

    id: int
    at: datetime
    received_at: datetime
    kind: EventKind
    from_status: Status | None = Field(serialization_alias="from")
    to: Status | Milestone | None
    urgency: Urgency | None
    author: Named | None
    reason: str | None
    note: str | None
    detail: dict[str, Any]


class AlarmReference(BaseModel):
    id: UUID
    cause: str
    urgency: Urgency
    raised_at: datetime | None
    cleared_at: datetime | None


class PartReference(BaseModel):
    id: UUID
    reference: str
    designation: str


class PartUsedAnswer(BaseModel):
    part: PartReference
    quantity: int
    shortfall_quantity: int
    unit_cost_eur: Decimal


class CompletionAnswer(BaseModel):
    failure_mode: str
    failure_mechanism: str | None
    failure_cause: str
    remedy: str
    replacement_reason: ReplacementReason | None
    labour_minutes: int | None
    note: str | None


class WorkOrderDetailAnswer(WorkOrderAnswer):
    """`allowed` lists the moves this caller may make now, `needs` what some of them ask for."""

    description: str | None
    hazards: list[str]
    lon_deg: float | None
    lat_deg: float | None
    probable_cause: str | None
    suggested_part: PartReference | None
    repeat_of: OrderReference | None
    master: OrderReference | None
    clocks: list[ClockAnswer]
    events: list[EventAnswer]
    alarms: list[AlarmReference]
    allowed: list[Status | Milestone]
    needs: dict[str, list[Need]]
    parts: list[PartUsedAnswer]
    completion: CompletionAnswer | None


class ReportedAnswer(WorkOrderDetailAnswer):
    """The order that answers for the report, and whether it is new."""

    outcome: Outcome


class PositionInput(BaseModel):
    lon_deg: float = Field(ge=-180, le=180)
    lat_deg: float = Field(ge=-90, le=90)


class ReportInput(BaseModel):
    """Something wrong with a light point, with a cabinet, or at a position of an organisation."""

    light_point_id: UUID | None = None
    cabinet_id: UUID | None = None
    organisation_id: UUID | None = None
    position: PositionInput | None = None
    cause: ReportCause = ReportCause.OTHER
    urgency: Urgency = Urgency.U3
    source: Source = Source.OPERATOR
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    note: Text | None = None
    hazards: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=20)


class Claim(BaseModel):
    """When it happened, by the sender's clock, and what the sender had read of the order.

    Work done without network sends `sent_at` too: the present instant of the same clock. It shows
    how far off that clock is; beyond two minutes the server's own time is taken and marked.
    """

    occurred_at: AwareDatetime | None = None
    sent_at: AwareDatetime | None = None
    expected_version: int | None = Field(default=None, ge=1)


class TransitionInput(Claim):
    """A move. What it needs beside `to` is said by `needs` in the order's detail."""

    to: Status | Milestone
    reason: Text | None = None
    note: Text | None = None
    urgency: Urgency | None = None
    crew_id: UUID | None = None
    planned_on: date | None = None
    master_id: UUID | None = None
    position: PositionInput | None = None
    checklist_signed: bool = False
    proven_dead: bool = False


class PartInput(BaseModel):
    part_id: UUID
    quantity: int = Field(ge=1, le=10_000)
    store_id: UUID | None = None


class CompletionInput(Claim):
    """What failed and what was done, in the codes of GET /failure-codes."""

    failure_mode: str
    failure_mechanism: str | None = None
    failure_cause: str
    remedy: str
    replacement_reason: ReplacementReason | None = None
    parts: list[PartInput] = Field(default=[], max_length=PARTS_MAX)
    labour_minutes: int | None = Field(default=None, ge=0, le=10_000)
    note: Text | None = None


class AssignmentInput(Claim):
    crew_id: UUID | None = None
    planned_on: date | None = None
    reason: Text | None = None


class UrgencyInput(Claim):
    urgency: Urgency
    reason: Annotated[Text, Field(min_length=1)]


class NoteInput(Claim):
    text: Annotated[Text, Field(min_length=1)]

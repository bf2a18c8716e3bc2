"""Work orders over HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.crews import service as crews
from gmao.workorders import completion, detail, reading, service
from gmao.workorders.model import OPEN, OrderFilter, Position, Status
from gmao.workorders.requests import Completion, PartTaken, Telling, Told
from gmao.workorders.rules import MoveRequest
from gmao.workorders.schemas import (
    AssignmentInput,
    Claim,
    CompletionInput,
    NoteInput,
    PositionInput,
    ReportedAnswer,
    ReportInput,
    TransitionInput,
    UrgencyInput,
    WorkOrderAnswer,
    WorkOrderDetailAnswer,
)
from kit.access import service as access
from kit.access.http import CurrentCaller
from kit.access.model import Caller
from kit.errors import InvalidInputError
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent

router = APIRouter(tags=["gmao"])


@router.get("/work-orders")
async def list_work_orders(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    page: PageQuery,
    status: Annotated[
        str | None, Query(description="'open', or statuses separated by commas", max_length=200)
    ] = None,
    organisation_id: Annotated[UUID | None, Query()] = None,
    crew_id: Annotated[UUID | None, Query()] = None,
    mine: Annotated[bool, Query(description="only of the crews one is in")] = False,
    light_point_id: Annotated[UUID | None, Query()] = None,
    cabinet_id: Annotated[UUID | None, Query()] = None,
    late: Annotated[bool, Query(description="only with a deadline missed and running")] = False,
) -> Page[WorkOrderAnswer]:
    """Orders, newest first. An organisation includes those under it."""
    wanted = OrderFilter(
        statuses=_statuses(status),
        organisation_ids=await _organisations(session, caller, organisation_id),
        crew_ids=await _crews(session, caller, crew_id, mine),
        light_point_id=light_point_id,
        cabinet_id=cabinet_id,
        late_at=clock.now() if late else None,
    )
    found = await reading.work_orders(
        session,
        caller,
        wanted,
        now=clock.now(),
        after=page.after(tuple[datetime, UUID]),
        limit=page.limit + 1,
    )
    return page_of(found, page, key=lambda one: (one.opened_at, one.id), shape=lambda one: one)


def _statuses(given: str | None) -> frozenset[Status] | None:
    if given is None:
        return None
    if given == "open":
        return OPEN
    try:
        return frozenset(Status(name.strip()) for name in given.split(","))
    except ValueError as error:
        raise InvalidInputError(
            f"status is 'open' or some of: {', '.join(Status)}, separated by commas"
        ) from error


async def _organisations(
    session: AsyncSession, caller: Caller, organisation_id: UUID | None
) -> frozenset[UUID] | None:
    if organisation_id is None:
        return None
    chosen = await access.organisation(session, caller, organisation_id)
    return frozenset(await access.descendants(session, chosen.id))


async def _crews(
    session: AsyncSession, caller: Caller, crew_id: UUID | None, mine: bool
) -> frozenset[UUID] | None:
    if not mine:
        return None if crew_id is None else frozenset({crew_id})
    own = await crews.crew_ids_of(session, caller)
    return own if crew_id is None else own & {crew_id}


@router.post("/work-orders", status_code=201)
async def report(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: ReportInput,
    key: IdempotencyKey = None,
) -> ReportedAnswer:
    """Report something wrong; it joins the order that is open for the same thing."""
    now = clock.now()

    async def work() -> ReportedAnswer:
        opening = await service.report(session, caller, _telling(body), at=now)
        shown = await detail.work_order(session, caller, opening.work_order_id, now=now)
        return ReportedAnswer(**dict(shown), outcome=opening.outcome)

    return await idempotent(
        session,
        caller,
        key,
        route="work_orders.report",
        request=body,
        at=now,
        work=work,
        answer_type=ReportedAnswer,
    )


def _telling(body: ReportInput) -> Telling:
    given = body.model_dump(exclude={"note", "hazards", "position"})
    return Telling(
        **given,
        position=_position(body.position),
        description=body.note,
        hazards=tuple(body.hazards),
    )


def _position(given: PositionInput | None) -> Position | None:
    return None if given is None else Position(given.lon_deg, given.lat_deg)


@router.get("/work-orders/{work_order_id}")
async def one_work_order(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, work_order_id: UUID
) -> WorkOrderDetailAnswer:
    """One order with its log, clocks, alarms, parts, and the moves the caller may make."""
    return await detail.work_order(session, caller, work_order_id, now=clock.now())


@dataclass(frozen=True, slots=True)
class Desk:
    """What every act on an order works with."""

    session: SessionDep
    caller: CurrentCaller
    clock: ClockDep
    key: IdempotencyKey = None

    def told(self, claim: Claim) -> Told:
        """What the sender says of when and of which version, and when it reached us."""
        return Told(self.clock.now(), claim.occurred_at, claim.sent_at, claim.expected_version)

    async def once(
        self, act: str, work_order_id: UUID, body: Claim, work: Callable[[], Awaitable[None]]
    ) -> WorkOrderDetailAnswer:
        """Do `work` once per idempotency key, and show what the order has become."""

        async def work_and_show() -> WorkOrderDetailAnswer:
            await work()
            now = self.clock.now()
            return await detail.work_order(self.session, self.caller, work_order_id, now=now)

        return await idempotent(
            self.session,
            self.caller,
            self.key,
            route=f"work_orders.{act}.{work_order_id}",
            request=body,
            at=self.clock.now(),
            work=work_and_show,
            answer_type=WorkOrderDetailAnswer,
        )


DeskDep = Annotated[Desk, Depends()]
_CLAIM = set(Claim.model_fields)


@router.post("/work-orders/{work_order_id}/transitions")
async def transition(
    desk: DeskDep, work_order_id: UUID, body: TransitionInput
) -> WorkOrderDetailAnswer:
    """Move an order; an illegal move is refused with the legal ones."""
    given = body.model_dump(exclude=_CLAIM | {"position"})
    asked = MoveRequest(**given, position=_position(body.position))

    async def work() -> None:
        told = desk.told(body)
        await service.transition(desk.session, desk.caller, work_order_id, asked, told)

    return await desk.once("transition", work_order_id, body, work)


@router.post("/work-orders/{work_order_id}/completion")
async def complete(
    desk: DeskDep, work_order_id: UUID, body: CompletionInput
) -> WorkOrderDetailAnswer:
    """Declare the work done; the order waits for its light to answer."""
    parts = tuple(PartTaken(**part.model_dump()) for part in body.parts)
    done = Completion(**body.model_dump(exclude=_CLAIM | {"parts"}), parts=parts)

    async def work() -> None:
        told = desk.told(body)
        await completion.complete(desk.session, desk.caller, work_order_id, done, told)

    return await desk.once("completion", work_order_id, body, work)


@router.post("/work-orders/{work_order_id}/assignment")
async def assign(
    desk: DeskDep, work_order_id: UUID, body: AssignmentInput
) -> WorkOrderDetailAnswer:
    """Give a planned or dispatched order to another crew or day."""
    given = body.model_dump(exclude=_CLAIM)

    async def work() -> None:
        told = desk.told(body)
        await service.assign(desk.session, desk.caller, work_order_id, told, **given)

    return await desk.once("assignment", work_order_id, body, work)


@router.post("/work-orders/{work_order_id}/urgency")
async def set_urgency(
    desk: DeskDep, work_order_id: UUID, body: UrgencyInput
) -> WorkOrderDetailAnswer:
    """Put an open order into another class; its clocks are counted again from its start."""
    given = body.model_dump(exclude=_CLAIM)

    async def work() -> None:
        told = desk.told(body)
        await service.set_urgency(desk.session, desk.caller, work_order_id, told, **given)

    return await desk.once("urgency", work_order_id, body, work)


@router.post("/work-orders/{work_order_id}/notes")
async def note(desk: DeskDep, work_order_id: UUID, body: NoteInput) -> WorkOrderDetailAnswer:
    """Write a remark into the log."""

    async def work() -> None:
        told = desk.told(body)
        await service.note(desk.session, desk.caller, work_order_id, told, body.text)

    return await desk.once("note", work_order_id, body, work)

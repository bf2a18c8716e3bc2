"""Use cases of people: report, move, assign, classify and note a work order."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import places, repository
from gmao.workorders.dossier import Dossier, take_in_hand, write
from gmao.workorders.model import (
    OPEN,
    EventKind,
    LogEntry,
    Opening,
    Report,
    Status,
)
from gmao.workorders.moving import classify, move, note_audit, tell_changed
from gmao.workorders.opening import open_or_join
from gmao.workorders.requests import Telling, Told
from gmao.workorders.rules import (
    IllegalMoveError,
    MoveRequest,
    OrderFacts,
    check_move,
    check_version,
    distance_m,
)
from gmao.workorders.standing import check_crew, parties_of, require_party
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError
from lighting.faults.model import Urgency

# The crew and the day may be changed while nobody has set out.
ASSIGNABLE = frozenset({Status.PLANNED, Status.DISPATCHED})


class TwinOpenError(ConflictError):
    """An order for the same fault is open: this one cannot be reopened beside it."""

    code = "work_order_twin_open"
    title = "The same fault is already being dealt with"


async def report(session: AsyncSession, caller: Caller, told: Telling, *, at: datetime) -> Opening:
    """Report something wrong with an asset or at a place; joins the order that is open for it.

    Needs DISPATCH or WORK there.
    """
    place = await places.find(session, caller, told)
    if not caller.may(Role.WORK, place.organisation_id):
        caller.require(Role.DISPATCH, place.organisation_id)
    told_of = Report(
        organisation_id=place.organisation_id,
        source=told.source,
        cause=told.cause.value,
        urgency=told.urgency,
        seen_at=at,
        asset_type=place.asset_type,
        asset_id=place.asset_id,
        light_point_id=place.light_point_id,
        cabinet_id=place.cabinet_id,
        position=place.position,
        title=told.title,
        description=told.description,
        hazards=told.hazards,
    )
    return await open_or_join(session, caller, told_of, at=at)


async def transition(
    session: AsyncSession, caller: Caller, work_order_id: UUID, asked: MoveRequest, told: Told
) -> None:
    """Move an order, if its state, the caller and what they send allow it."""
    dossier = await take_in_hand(session, caller, work_order_id)
    timing = told.timing(dossier.state)
    await check_may_move(session, caller, dossier, asked)
    await check_crew(session, caller, asked.crew_id)
    if asked.to is Status.REOPENED:
        await _check_no_twin(session, dossier)
    detail = _detail(dossier, asked)
    if timing.doubt and told.occurred_at:
        detail |= {"claimed_at": told.occurred_at.isoformat(), "doubt": timing.doubt}
    if asked.to is Status.QUALIFIED and asked.urgency not in (None, dossier.state.urgency):
        assert asked.urgency is not None
        await classify(session, caller, dossier, asked.urgency, at=told.at, reason=asked.reason)
    if asked.to is Status.CLOSED:
        detail |= await _costs(session, dossier)
    if asked.to is Status.DUPLICATE:
        await _give_to_master(session, caller, dossier, asked, told.at)
    _assign(dossier, caller, asked)
    await move(
        session,
        caller,
        dossier,
        asked.to,
        occurred_at=timing.occurred_at,
        received_at=told.at,
        reason=asked.reason,
        detail=detail,
    )


async def check_may_move(
    session: AsyncSession, caller: Caller, dossier: Dossier, asked: MoveRequest
) -> None:
    """Refuse what the state, the caller's standing or the guards do not allow."""
    facts = OrderFacts(
        has_subject=dossier.order.asset_id is not None or dossier.position is not None,
        crew_id=dossier.order.crew_id,
        planned_on=dossier.order.planned_on,
        position=dossier.position,
    )
    standing = await parties_of(session, caller, dossier.order)
    check_move(dossier.state, facts, asked, standing)


def _assign(dossier: Dossier, caller: Caller, asked: MoveRequest) -> None:
    order = dossier.order
    if asked.to in ASSIGNABLE:
        order.crew_id = asked.crew_id or order.crew_id
        order.planned_on = asked.planned_on or order.planned_on
    if asked.to is Status.EN_ROUTE:
        order.taken_by_id = caller.user_id
    if asked.to is Status.DUPLICATE:
        order.master_id = asked.master_id


def _detail(dossier: Dossier, asked: MoveRequest) -> dict[str, Any]:
    """What the log keeps of a request: of a position, only how far it was from the place."""
    kept: dict[str, Any] = {
        "note": asked.note,
        "crew_id": str(asked.crew_id) if asked.crew_id else None,
        "planned_on": asked.planned_on.isoformat() if asked.planned_on else None,
        "master_id": str(asked.master_id) if asked.master_id else None,
        "checklist_signed": asked.checklist_signed or None,
        "proven_dead": asked.proven_dead or None,
    }
    if asked.position and dossier.position:
        kept["distance_m"] = round(distance_m(dossier.position, asked.position))
    return {name: value for name, value in kept.items() if value is not None}


async def _costs(session: AsyncSession, dossier: Dossier) -> dict[str, Any]:
    """What the work took, at the prices of the day the parts were used; frozen by closing."""
    used = await repository.parts_used(session, dossier.order.id)
    cost_eur = sum((one.unit_cost_eur * one.quantity for one in used), Decimal())
    return {
        "parts_cost_eur": f"{cost_eur:.2f}",
        "labour_minutes": dossier.order.labour_minutes,
    }


async def _check_no_twin(session: AsyncSession, dossier: Dossier) -> None:
    twin = await repository.open_twin(session, dossier.order)
    if twin is not None:
        raise TwinOpenError(f"{twin.number} is open for it; work with that one", number=twin.number)


async def _give_to_master(
    session: AsyncSession, caller: Caller, dossier: Dossier, asked: MoveRequest, at: datetime
) -> None:
    """The alarms and reports of a duplicate count for the order it doubles."""
    assert asked.master_id is not None, "a duplicate needs its master: a guard"
    if asked.master_id == dossier.order.id:
        raise InvalidInputError("an order does not double itself; name another in master_id")
    master = await take_in_hand(session, caller, asked.master_id)
    same_owner = master.order.organisation_id == dossier.order.organisation_id
    if not same_owner or master.state.status not in OPEN:
        raise InvalidInputError("name an open order of the same organisation in master_id")
    for alarm in await repository.alarms(session, dossier.order.id):
        alarm.work_order_id = master.order.id
    master.order.report_count += dossier.order.report_count
    entry = LogEntry(
        EventKind.JOINED, at, at, reason="duplicate", detail={"number": dossier.order.number}
    )
    await write(session, caller, master, entry)
    await tell_changed(session, master, at)


async def assign(
    session: AsyncSession,
    caller: Caller,
    work_order_id: UUID,
    told: Told,
    *,
    crew_id: UUID | None = None,
    planned_on: date | None = None,
    reason: str | None = None,
) -> None:
    """Give a planned or dispatched order to another crew or day. Needs DISPATCH."""
    dossier = await take_in_hand(session, caller, work_order_id)
    caller.require(Role.DISPATCH, dossier.order.organisation_id)
    check_version(dossier.state, told.expected_version)
    if dossier.state.status not in ASSIGNABLE:
        raise IllegalMoveError(
            "crew and day are changed while an order is planned or dispatched",
            status_now=dossier.state.status,
        )
    await check_crew(session, caller, crew_id)
    dossier.order.crew_id = crew_id or dossier.order.crew_id
    dossier.order.planned_on = planned_on or dossier.order.planned_on
    asked = MoveRequest(dossier.state.status, crew_id=crew_id, planned_on=planned_on)
    entry = LogEntry(
        EventKind.ASSIGNED, told.at, told.at, reason=reason, detail=_detail(dossier, asked)
    )
    await write(session, caller, dossier, entry)
    await tell_changed(session, dossier, told.at)
    await note_audit(session, caller, dossier, "work_order.assign", told.at, reason)


async def set_urgency(
    session: AsyncSession,
    caller: Caller,
    work_order_id: UUID,
    told: Told,
    *,
    urgency: Urgency,
    reason: str,
) -> None:
    """Put an open order into another class; both results of its clocks are kept. DISPATCH."""
    dossier = await take_in_hand(session, caller, work_order_id)
    caller.require(Role.DISPATCH, dossier.order.organisation_id)
    check_version(dossier.state, told.expected_version)
    if dossier.state.status not in OPEN:
        raise IllegalMoveError(
            "the class of an order is changed while it is open", status_now=dossier.state.status
        )
    if urgency is not dossier.state.urgency:
        await classify(session, caller, dossier, urgency, at=told.at, reason=reason)


async def note(
    session: AsyncSession, caller: Caller, work_order_id: UUID, told: Told, text: str
) -> None:
    """Write a remark into the log. For the dispatcher and the crew of the order."""
    dossier = await take_in_hand(session, caller, work_order_id)
    await require_party(session, caller, dossier.order)
    timing = told.timing(replace(dossier.state, moved_at=dossier.state.opened_at))
    entry = LogEntry(EventKind.NOTED, timing.occurred_at, told.at, reason=text)
    await write(session, caller, dossier, entry)
    await tell_changed(session, dossier, told.at)
    await note_audit(session, caller, dossier, "work_order.note", told.at)

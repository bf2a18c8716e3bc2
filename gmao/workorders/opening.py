"""One story per report: find the order it belongs to, or open one."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks.service_levels import presses_more
from gmao.workorders import repository
from gmao.workorders.dossier import Dossier, start, take_in_hand, write
from gmao.workorders.history import opened
from gmao.workorders.matching import (
    Candidate,
    Join,
    OpenNew,
    Reopen,
    Sighting,
    match,
)
from gmao.workorders.model import (
    NOT_STARTED,
    EventKind,
    LogEntry,
    Opening,
    Outcome,
    Position,
    Report,
    Source,
    Status,
    WorkOrderOpened,
    WorkOrderState,
)
from gmao.workorders.moving import classify, move_by_itself, note_audit, tell_changed
from gmao.workorders.tables import WorkOrder, WorkOrderAlarm
from kit import outbox
from kit.access import service as access
from kit.access.model import Caller
from kit.ids import new_id
from kit.log import get_logger
from lighting.faults.model import AssetType, Urgency

SYSTEM = Caller.system("work orders")
log = get_logger()


async def open_or_join(
    session: AsyncSession, caller: Caller, report: Report, *, at: datetime
) -> Opening:
    """The order that answers for a report: one it joins, one it takes up again, or a new one.

    Bears repetition: an alarm that already has its order changes nothing. Reports of one
    organisation are decided one after the other, so that two never open two orders.
    """
    await repository.lock_openings(session, report.organisation_id)
    known = await repository.alarm(session, report.alarm_id) if report.alarm_id else None
    if known is not None and known.work_order_id is not None:
        return Opening(known.work_order_id, Outcome.JOINED)
    sighting = _sighting(report)
    orders = await repository.candidates(session, report.organisation_id, sighting)
    match match(sighting, [_candidate(order) for order in orders]):
        case Join(work_order_id):
            dossier = await take_in_hand(session, SYSTEM, work_order_id)
            await _join(session, caller, dossier, report, at)
            outcome = Outcome.JOINED
        case Reopen(work_order_id):
            dossier = await take_in_hand(session, SYSTEM, work_order_id)
            await _reopen(session, caller, dossier, report, at)
            outcome = Outcome.REOPENED
        case OpenNew(repeat_of_id):
            dossier = await _open(session, caller, report, repeat_of_id, at)
            outcome = Outcome.OPENED
    if known is not None:
        known.work_order_id = dossier.order.id
    elif report.alarm_id is not None:
        session.add(_link(report, report.alarm_id, dossier.order.id))
    await session.flush()
    log.info(
        f"work order {outcome.value}",
        work_order_id=str(dossier.order.id),
        alarm_id=str(report.alarm_id) if report.alarm_id else None,
    )
    return Opening(dossier.order.id, outcome)


async def _open(
    session: AsyncSession,
    caller: Caller,
    report: Report,
    repeat_of_id: UUID | None,
    at: datetime,
) -> Dossier:
    entry = LogEntry(
        EventKind.OPENED,
        min(report.seen_at, at),
        at,
        urgency=report.urgency,
        reason=report.description,
        detail=_origin(report),
    )
    state = opened(entry)
    order = await _row(session, report, repeat_of_id, state, at)
    dossier = await start(session, caller, order, state, entry)
    event = WorkOrderOpened(
        work_order_id=order.id,
        organisation_id=order.organisation_id,
        urgency=order.urgency,
    )
    await outbox.emit(session, event, at=at)
    await note_audit(session, caller, dossier, "work_order.open", at)
    if report.urgency is Urgency.U0:
        await _qualify_danger(session, dossier, at)
    return dossier


async def _qualify_danger(session: AsyncSession, dossier: Dossier, at: datetime) -> None:
    """A danger never waits for somebody to read it."""
    if dossier.order.asset_id is None and dossier.position is None:
        return
    await move_by_itself(
        session, SYSTEM, dossier, Status.QUALIFIED, at=at, received_at=at, reason="danger"
    )


async def _row(
    session: AsyncSession,
    report: Report,
    repeat_of_id: UUID | None,
    state: WorkOrderState,
    at: datetime,
) -> WorkOrder:
    organisation = await access.organisation(session, SYSTEM, report.organisation_id)
    year = state.opened_at.astimezone(ZoneInfo(organisation.timezone)).year
    number = await repository.next_number(session, report.organisation_id, year)
    return WorkOrder(
        id=new_id(),
        organisation_id=report.organisation_id,
        number=f"OT-{year}-{number:06d}",
        source=report.source.value,
        cause=report.cause,
        title=report.title,
        description=report.description,
        hazards=list(report.hazards),
        asset_type=report.asset_type.value if report.asset_type else None,
        asset_id=report.asset_id,
        light_point_id=report.light_point_id,
        cabinet_id=report.cabinet_id,
        lon_deg=report.position.lon_deg if report.position else None,
        lat_deg=report.position.lat_deg if report.position else None,
        repeat_of_id=repeat_of_id,
        status=state.status.value,
        urgency=state.urgency.value,
        version=state.version,
        opened_at=state.opened_at,
        updated_at=at,
    )


async def _join(
    session: AsyncSession, caller: Caller, dossier: Dossier, report: Report, at: datetime
) -> None:
    """Add a report to an order; one that presses more makes the order press more."""
    dossier.order.report_count += 1
    entry = LogEntry(
        EventKind.JOINED, report.seen_at, at, reason=report.description, detail=_origin(report)
    )
    await write(session, caller, dossier, entry)
    if report.alarm_id is not None and dossier.state.status in NOT_STARTED:
        dossier.order.alarms_cleared_at = None
    if presses_more(report.urgency, dossier.state.urgency):
        await classify(
            session,
            SYSTEM,
            dossier,
            report.urgency,
            at=at,
            reason=report.cause,
            counted_from=max(report.seen_at, dossier.state.opened_at),
        )
    await tell_changed(session, dossier, at)
    await note_audit(session, caller, dossier, "work_order.join", at, report.cause)


async def _reopen(
    session: AsyncSession, caller: Caller, dossier: Dossier, report: Report, at: datetime
) -> None:
    """The same fault came back: the repair did not hold."""
    dossier.order.report_count += 1
    dossier.order.alarms_cleared_at = None
    await move_by_itself(
        session,
        SYSTEM,
        dossier,
        Status.REOPENED,
        at=report.seen_at,
        received_at=at,
        reason="same_fault_again",
        detail=_origin(report),
    )
    await note_audit(session, caller, dossier, "work_order.join", at, report.cause)


def _origin(report: Report) -> dict[str, Any]:
    """What the log keeps of a report."""
    return {
        "source": report.source.value,
        "cause": report.cause,
        "urgency": report.urgency.value,
        "alarm_id": str(report.alarm_id) if report.alarm_id else None,
    }


def _link(report: Report, alarm_id: UUID, work_order_id: UUID) -> WorkOrderAlarm:
    return WorkOrderAlarm(
        alarm_id=alarm_id,
        work_order_id=work_order_id,
        cause=report.cause,
        urgency=report.urgency.value,
        raised_at=report.seen_at,
    )


def _sighting(report: Report) -> Sighting:
    return Sighting(
        report.cause,
        report.seen_at,
        report.asset_id,
        report.cabinet_id,
        report.position,
        is_planned=report.source is Source.PLAN,
    )


def _candidate(order: WorkOrder) -> Candidate:
    has_position = order.lon_deg is not None and order.lat_deg is not None
    return Candidate(
        id=order.id,
        status=Status(order.status),
        source=Source(order.source),
        cause=order.cause,
        opened_at=order.opened_at,
        done_at=order.done_at,
        asset_type=AssetType(order.asset_type) if order.asset_type else None,
        asset_id=order.asset_id,
        position=Position(order.lon_deg or 0, order.lat_deg or 0) if has_position else None,
    )

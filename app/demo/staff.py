"""The simulated operator, dispatcher and crews of the demo's past: real accounts, real services.

They take the steps that `courses` gives for the day, one after the other, at their own instants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import hypot
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.demo import tableau
from app.demo.courses import LEAVES, Deed, Order, Step, course_of, steps_of_day
from app.demo.remedies import completion_of, finding_for
from gmao.clocks.model import SuspensionReason
from gmao.stock import catalogue
from gmao.workorders import completion, reading, service
from gmao.workorders.model import OPEN, OrderFilter, Position, Source, Status
from gmao.workorders.requests import Told
from gmao.workorders.rules import MoveRequest
from gmao.workorders.schemas import WorkOrderAnswer
from kit.access import service as access
from kit.access.model import Caller
from lighting.faults import service as faults
from lighting.faults.model import AlarmState
from lighting.faults.service import AlarmFilter

ORDERS_MAX, ALARMS_MAX, PARTS_MAX = 500, 500, 100
IN_HAND = OPEN | {Status.DONE, Status.VERIFIED}
# Alarms of the last hours are left for whoever opens the demo.
ACKNOWLEDGED_AFTER = timedelta(hours=12)
# A crew parks some metres from the lamp.
PARKED_DEG = 0.0001

REASONS: Mapping[Deed, str] = {
    Deed.WAIT: SuspensionReason.WAIT_PART.value,
    Deed.VERIFY: "contrôlé sur place",
    Deed.REOPEN: "la lumière n'a pas répondu",
    Deed.CANCEL: "traité avec les travaux de la rue",
    Deed.REJECT: "niveau conforme au calendrier de la rue",
    Deed.DOUBLE: "le luminaire voisin est déjà signalé",
}
WENT_BY_ITSELF = "disparu sans intervention"
BY_CREW = frozenset({Deed.SET_OUT, Deed.ARRIVE, Deed.BEGIN, Deed.WAIT, Deed.RESUME, Deed.COMPLETE})


@dataclass(frozen=True, slots=True)
class Team:
    """Who works: accounts by e-mail, and the crews."""

    commune_id: UUID
    timezone: str
    operator_id: UUID
    dispatcher_id: UUID
    fitter_id: UUID
    crews: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Repair:
    """What was broken at a light point has been mended."""

    light_point_id: UUID
    at: datetime


@dataclass(slots=True)
class _Desk:
    """One day at work."""

    session: AsyncSession
    team: Team
    seed: int
    dispatcher: Caller
    fitter: Caller
    parts: Mapping[str, UUID]
    orders: Sequence[WorkOrderAnswer]
    ended: set[UUID] = field(default_factory=set)


async def work(
    session: AsyncSession,
    team: Team,
    day: date,
    *,
    until: datetime,
    tableau_at: datetime | None,
    seed: int,
) -> list[Repair]:
    """What is done on a day before `until`; returns what was mended.

    Orders opened in the last days before `tableau_at` are left in states of all kinds.
    """
    desk = await _open_desk(session, team, until, seed)
    stops = await _tableau(desk, tableau_at) if tableau_at else {}
    planned = [
        (seen, course_of(seen.number, seed, stops.get(seen.number)))
        for seen in map(_seen, desk.orders)
    ]
    repairs = []
    for place, step in steps_of_day(planned, day, team.timezone):
        if step.at >= until:
            break
        answer, order = desk.orders[place], planned[place][0]
        await _take(desk, answer, order, step)
        if step.deed is Deed.COMPLETE and step.holds and answer.light_point is not None:
            repairs.append(Repair(answer.light_point.id, step.at))
    return repairs


async def acknowledge(session: AsyncSession, team: Team, at: datetime) -> None:
    """The operator answers for the alarms of yesterday."""
    operator = await access.caller_of(session, team.operator_id)
    for view in await faults.alarms(session, operator, AlarmFilter("open"), limit=ALARMS_MAX):
        is_waiting = view.alarm.state == AlarmState.UNACKNOWLEDGED
        if is_waiting and at - view.alarm.raised_at >= ACKNOWLEDGED_AFTER:
            await faults.acknowledge(session, operator, view.alarm.id, at)


async def _open_desk(session: AsyncSession, team: Team, now: datetime, seed: int) -> _Desk:
    dispatcher = await access.caller_of(session, team.dispatcher_id)
    fitter = await access.caller_of(session, team.fitter_id)
    found = await reading.work_orders(
        session, dispatcher, OrderFilter(statuses=IN_HAND), now=now, after=None, limit=ORDERS_MAX
    )
    parts = await catalogue.parts(session, dispatcher, limit=PARTS_MAX)
    references = {part.reference: part.id for part in parts}
    orders = sorted(found, key=lambda one: one.number)
    return _Desk(session, team, seed, dispatcher, fitter, references, orders)


async def _tableau(desk: _Desk, at: datetime) -> Mapping[int, Status]:
    """Where the newest orders are to be left."""
    newest = await reading.work_orders(
        desk.session, desk.dispatcher, OrderFilter(), now=at, after=None, limit=ORDERS_MAX
    )
    by_alarm = [one for one in newest if one.source is Source.ALARM]
    return tableau.stops(
        ((_number(one), one.opened_at) for one in by_alarm), at, desk.team.timezone
    )


def _number(answer: WorkOrderAnswer) -> int:
    """Year and number of an order in one: OT-2026-000042 is 2026000042."""
    return int("".join(answer.number.split("-")[1:]))


def _seen(answer: WorkOrderAnswer) -> Order:
    return Order(
        number=_number(answer),
        source=answer.source,
        cause=answer.cause,
        status=answer.status,
        opened_at=answer.opened_at,
        planned_on=answer.planned_on,
        done_at=answer.done_at,
        has_cleared=answer.alarms_cleared_at is not None,
    )


async def _take(desk: _Desk, answer: WorkOrderAnswer, order: Order, step: Step) -> None:
    caller = desk.fitter if step.deed in BY_CREW else desk.dispatcher
    told = Told(step.at)
    if step.deed is Deed.COMPLETE:
        finding = finding_for(order.cause, order.number, desk.seed)
        done = completion_of(finding, desk.parts)
        await completion.complete(desk.session, caller, answer.id, done, told)
        desk.ended.add(answer.id)
        return
    asked = _request(desk, answer, step)
    await service.transition(desk.session, caller, answer.id, asked, told)
    if asked.to not in OPEN:
        desk.ended.add(answer.id)


def _request(desk: _Desk, answer: WorkOrderAnswer, step: Step) -> MoveRequest:
    master = _nearest_known(desk, answer) if step.deed is Deed.DOUBLE else None
    if step.deed is Deed.DOUBLE and master is None:
        return MoveRequest(Status.REJECTED, reason="aucun défaut constaté")
    went_by_itself = step.deed is Deed.CANCEL and answer.alarms_cleared_at is not None
    return MoveRequest(
        LEAVES[step.deed],
        reason=WENT_BY_ITSELF if went_by_itself else REASONS.get(step.deed),
        crew_id=desk.team.crews[step.crew] if step.deed is Deed.PLAN else None,
        planned_on=step.planned_on,
        master_id=master,
        position=_parked(answer) if step.deed is Deed.ARRIVE else None,
        checklist_signed=step.deed is Deed.BEGIN,
    )


def _parked(answer: WorkOrderAnswer) -> Position | None:
    place = answer.light_point
    return Position(place.lon_deg + PARKED_DEG, place.lat_deg) if place else None


def _nearest_known(desk: _Desk, answer: WorkOrderAnswer) -> UUID | None:
    """The open order of an alarm nearest to what a citizen reported."""
    here = answer.light_point
    known = [
        (hypot(there.lon_deg - here.lon_deg, there.lat_deg - here.lat_deg), one.id)
        for one in desk.orders
        if one.source is Source.ALARM and one.status in OPEN and one.id not in desk.ended
        if here is not None and (there := one.light_point) is not None
    ]
    return min(known)[1] if known else None

"""What alarms set off. Each reaction has its own transaction and bears repetition."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks.service_levels import presses_more
from gmao.workorders import places, repository
from gmao.workorders.dossier import take_in_hand
from gmao.workorders.model import OPEN, Report, Source
from gmao.workorders.moving import classify
from gmao.workorders.opening import open_or_join
from gmao.workorders.tables import WorkOrderAlarm
from gmao.workorders.verification import note_cleared
from kit.access.model import Caller
from lighting.faults.model import (
    AlarmCleared,
    AlarmEscalated,
    AlarmEvent,
    AlarmRaised,
    Cause,
    Urgency,
)

ALARMS = Caller.system("alarms")


async def propose_from_alarm(session: AsyncSession, event: AlarmRaised, at: datetime) -> None:
    """Open an order for an alarm, or add the alarm to the order it belongs to.

    A controller that has just gone silent sends nobody out: if it lasts, its alarm escalates.
    """
    if event.cause is Cause.COMMUNICATION_LOSS and event.urgency is Urgency.U4:
        return
    await repository.lock_openings(session, event.organisation_id)
    if await repository.alarm(session, event.alarm_id) is not None:
        return  # it has its order already, or cleared before it got one
    await _open(session, event, event.raised_at, at)


async def note_alarm_cleared(session: AsyncSession, event: AlarmCleared, at: datetime) -> None:
    """Verify the order the alarm belongs to when it is done; mark it when it is not begun."""
    await repository.lock_openings(session, event.organisation_id)
    alarm = await repository.alarm(session, event.alarm_id)
    if alarm is None:
        session.add(_cleared_before_its_order(event))
        return
    if alarm.cleared_at is not None:
        return
    alarm.cleared_at = event.cleared_at
    if alarm.work_order_id is not None:
        dossier = await take_in_hand(session, ALARMS, alarm.work_order_id)
        await note_cleared(session, dossier, alarm, at)


async def note_alarm_escalated(session: AsyncSession, event: AlarmEscalated, at: datetime) -> None:
    """Raise the class of an open order with its alarm; its new clocks count from the evidence."""
    await repository.lock_openings(session, event.organisation_id)
    alarm = await repository.alarm(session, event.alarm_id)
    if alarm is None:
        await _open(session, event, event.escalated_at, at)  # overtook its alarm
        return
    if alarm.work_order_id is None:
        return
    alarm.urgency = event.urgency.value
    dossier = await take_in_hand(session, ALARMS, alarm.work_order_id)
    is_open = dossier.state.status in OPEN
    if is_open and presses_more(event.urgency, dossier.state.urgency):
        await classify(
            session,
            ALARMS,
            dossier,
            event.urgency,
            at=at,
            reason=event.cause.value,
            counted_from=event.escalated_at,
        )


async def _open(session: AsyncSession, event: AlarmEvent, seen_at: datetime, at: datetime) -> None:
    report = Report(
        organisation_id=event.organisation_id,
        source=Source.ALARM,
        cause=event.cause.value,
        urgency=event.urgency,
        seen_at=seen_at,
        asset_type=event.asset_type,
        asset_id=event.asset_id,
        light_point_id=event.light_point_id,
        cabinet_id=event.cabinet_id,
        position=await places.position_of(session, event.light_point_id, event.cabinet_id),
        alarm_id=event.alarm_id,
    )
    await open_or_join(session, ALARMS, report, at=at)


def _cleared_before_its_order(event: AlarmCleared) -> WorkOrderAlarm:
    """Remembers a clearing that overtook its alarm, so that no order is opened for nothing."""
    return WorkOrderAlarm(
        alarm_id=event.alarm_id,
        cause=event.cause.value,
        urgency=event.urgency.value,
        cleared_at=event.cleared_at,
    )

"""A repair is proven by the light: an order whose alarms have cleared verifies itself."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import repository
from gmao.workorders.dossier import Dossier, write
from gmao.workorders.model import EventKind, LogEntry, Status
from gmao.workorders.moving import move_by_itself, tell_changed
from gmao.workorders.tables import WorkOrderAlarm
from kit.access.model import Caller

LIGHT = Caller.system("light")
LIGHT_ANSWERED = "light_answered"


async def note_cleared(
    session: AsyncSession, dossier: Dossier, alarm: WorkOrderAlarm, at: datetime
) -> None:
    """One alarm of the order has cleared; when it was the last, the light answers healthy.

    Work that is done is thereby verified. Work not yet begun is kept and marked: the dispatcher
    decides whether a fault that went by itself is worth a visit.
    """
    assert alarm.cleared_at is not None
    entry = LogEntry(
        EventKind.ALARM_CLEARED,
        alarm.cleared_at,
        at,
        reason=alarm.cause,
        detail={"alarm_id": str(alarm.alarm_id)},
    )
    await write(session, LIGHT, dossier, entry)
    await verify_if_healthy(session, dossier, at)
    await tell_changed(session, dossier, at)


async def verify_if_healthy(session: AsyncSession, dossier: Dossier, at: datetime) -> None:
    """Mark the order as cleared when all its alarms are, and verify it when it is done."""
    alarms = await repository.alarms(session, dossier.order.id)
    cleared = [alarm.cleared_at for alarm in alarms if alarm.cleared_at is not None]
    if not alarms or len(cleared) < len(alarms):
        return
    dossier.order.alarms_cleared_at = max(cleared)
    if dossier.state.status is not Status.DONE:
        return
    await move_by_itself(
        session,
        LIGHT,
        dossier,
        Status.VERIFIED,
        at=max(cleared),
        received_at=at,
        reason=LIGHT_ANSWERED,
        detail={"evidence": [_evidence(alarm) for alarm in alarms]},
    )


def _evidence(alarm: WorkOrderAlarm) -> dict[str, str | None]:
    return {
        "alarm_id": str(alarm.alarm_id),
        "cause": alarm.cause,
        "cleared_at": alarm.cleared_at.isoformat() if alarm.cleared_at else None,
    }

"""Use cases of faults: judge readings, find the silent, answer alarms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access.model import Caller, Role
from kit.errors import NotFoundError
from lighting.faults import listing, repository
from lighting.faults.cases import Case, clear, raise_alarms, settle
from lighting.faults.evaluation import ExpectedLight, evaluate
from lighting.faults.lights import Lights, thresholds_from
from lighting.faults.listing import AlarmFilter, AlarmView
from lighting.faults.model import AlarmState, Thresholds
from lighting.faults.silence import find_silent, forget_absent
from lighting.faults.tables import Alarm

T = TypeVar("T")

__all__ = [
    "AlarmFilter",
    "AlarmView",
    "ExpectedLight",
    "Lights",
    "clear",
    "evaluate",
    "find_silent",
    "forget_absent",
    "raise_alarms",
]


async def weigh_cases(session: AsyncSession, cases: Sequence[Case], now: datetime) -> None:
    """Weigh what others have judged of lights; at most one case for each (asset, cause).

    To be called with the latest state of their controllers written, as `evaluate` is.
    """
    if not cases:
        return
    found = await repository.watches_of(session, [case.light.light_point_id for case in cases])
    watches = {(watch.asset_id, watch.cause): watch for watch in found}
    await settle(session, watches, cases, now)


async def thresholds_by_type(session: AsyncSession) -> Mapping[UUID, Thresholds]:
    """Thresholds of the luminaire types that have their own."""
    stored = await repository.thresholds(session)
    return {type_id: thresholds_from(one) for type_id, one in stored.items()}


async def alarms(
    session: AsyncSession,
    caller: Caller,
    wanted: AlarmFilter,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[AlarmView]:
    """Alarms the caller may see, newest first, those after the pair (raised_at, id)."""
    return await listing.views(session, caller, wanted, after=after, limit=limit)


async def alarm(session: AsyncSession, caller: Caller, alarm_id: UUID) -> AlarmView:
    """One alarm the caller may see."""
    return _found(await listing.view(session, caller, alarm_id))


def _found(alarm: T | None) -> T:
    if alarm is None:
        raise NotFoundError("no such alarm; see GET /api/v1/alarms")
    return alarm


async def open_alarms_of(session: AsyncSession, light_point_ids: Sequence[UUID]) -> Sequence[Alarm]:
    """Open alarms of light points, most urgent first."""
    return await repository.open_alarms_of(session, light_point_ids)


async def acknowledge(
    session: AsyncSession, caller: Caller, alarm_id: UUID, now: datetime
) -> Alarm:
    """Note that somebody answers for the alarm; again by anyone changes nothing."""
    found = _found(await repository.alarm_for_update(session, caller, alarm_id))
    caller.require(Role.DISPATCH, found.organisation_id)
    if found.acknowledged_at is not None:
        return found
    found.acknowledged_at = now
    found.acknowledged_by = caller.user_id
    is_open = found.cleared_at is None
    found.state = (AlarmState.ACKNOWLEDGED if is_open else AlarmState.NORMAL).value
    await audit.record(
        session,
        caller,
        at=now,
        action="alarm.acknowledge",
        subject_type="alarm",
        subject_id=found.id,
        organisation_id=found.organisation_id,
        detail={"cause": found.cause},
    )
    return found

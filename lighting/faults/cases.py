"""Settles samples into watches and alarms: what is proven is raised, what is over is cleared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.log import get_logger
from kit.outbox import emit
from lighting.faults import repository
from lighting.faults.model import (
    AlarmCleared,
    AlarmEscalated,
    AlarmRaised,
    AssetType,
    Cause,
    Fault,
    Light,
    Urgency,
    Verdict,
    Watch,
)
from lighting.faults.rules import is_first_night, is_over, is_proven, urgency, weigh
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import EventNote

Watches: TypeAlias = dict[tuple[UUID, Cause], Watch]

FIRST_NIGHT_WARNING = "first_night_warning"

log = get_logger()


@dataclass(frozen=True, slots=True)
class Case:
    """What one sample says about one cause of one asset."""

    light: Light
    asset_type: AssetType
    asset_id: UUID
    cause: Cause
    verdict: Verdict
    at: datetime
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[UUID, Cause]:
        return self.asset_id, self.cause


@dataclass(slots=True)
class _Outcome:
    """What a set of cases changes; gathered first, written in a few statements."""

    kept: Watches = field(default_factory=dict)
    dropped: list[Watch] = field(default_factory=list)
    faults: dict[tuple[UUID, Cause], Fault] = field(default_factory=dict)
    escalated: set[tuple[UUID, Cause]] = field(default_factory=set)
    ended: dict[UUID, datetime] = field(default_factory=dict)
    warnings: list[EventNote] = field(default_factory=list)


async def settle(
    session: AsyncSession, watches: Watches, cases: Sequence[Case], now: datetime
) -> None:
    """Weigh the cases and write what follows; `watches` is brought up to date."""
    outcome = _Outcome()
    for case in cases:
        _decide(case, watches, outcome)
    if outcome.faults:
        await _raise(session, watches, outcome, now)
    if outcome.warnings:
        await telemetry.note_events(session, outcome.warnings)
    if outcome.kept:
        await repository.save_watches(session, list(outcome.kept.values()))
    if outcome.dropped:
        await repository.delete_watches(session, outcome.dropped)
    await clear(session, outcome.ended, now)


def _decide(case: Case, watches: Watches, outcome: _Outcome) -> None:
    before = watches.get(case.key)
    watch = weigh(before, case.light, case.asset_id, case.cause, case.verdict, case.at)
    if watch is before:
        return
    if watch is None or (watch.alarm_id is not None and is_over(watch)):
        _drop(case, watches, outcome)
        return
    if case.verdict is Verdict.FAULTY and is_proven(watch):
        watch = _prove(case, before, watch, outcome)
    watches[case.key] = outcome.kept[case.key] = watch


def _drop(case: Case, watches: Watches, outcome: _Outcome) -> None:
    gone = watches.pop(case.key)
    outcome.kept.pop(case.key, None)
    outcome.dropped.append(gone)
    if gone.alarm_id is not None:
        outcome.ended[gone.alarm_id] = case.at


def _prove(case: Case, before: Watch | None, watch: Watch, outcome: _Outcome) -> Watch:
    """Enough is known for an alarm, except in the controller's first night."""
    light = case.light
    if watch.alarm_id is None and is_first_night(light, case.at):
        if watch.has_warned:
            return watch
        detail = {"cause": case.cause.value, **case.evidence}
        outcome.warnings.append(
            EventNote(light.controller_key, case.at, FIRST_NIGHT_WARNING, detail)
        )
        return replace(watch, has_warned=True)
    if watch.alarm_id is not None and before is not None and urgency(watch) != urgency(before):
        outcome.escalated.add(case.key)
    earlier = outcome.faults.get(case.key)
    outcome.faults[case.key] = Fault(
        asset_type=case.asset_type,
        asset_id=case.asset_id,
        organisation_id=light.organisation_id,
        light_point_id=light.light_point_id,
        cabinet_id=light.cabinet_id,
        cause=case.cause,
        urgency=urgency(watch),
        at=case.at,
        evidence=case.evidence,
        count=1 + (earlier.count if earlier else 0),
    )
    return watch


async def _raise(session: AsyncSession, watches: Watches, outcome: _Outcome, now: datetime) -> None:
    for raised in await raise_alarms(session, list(outcome.faults.values()), now):
        key = (raised.asset_id, raised.cause)
        watches[key] = outcome.kept[key] = replace(watches[key], alarm_id=raised.alarm_id)
        if key in outcome.escalated and not raised.is_new:
            await _tell_escalated(session, outcome.faults[key], raised, now)


async def raise_alarms(
    session: AsyncSession, faults: Sequence[Fault], now: datetime
) -> Sequence[repository.Upserted]:
    """Open an alarm for each fault, or add to the open one; tells of the new ones.

    At most one fault for each (asset, cause) in one call.
    """
    by_key = {(fault.asset_id, fault.cause): fault for fault in faults}
    upserted = await repository.raise_alarms(session, faults)
    for raised in upserted:
        if raised.is_new:
            fault = by_key[raised.asset_id, raised.cause]
            event = AlarmRaised(raised_at=fault.at, **_told(fault, raised.alarm_id))
            await emit(session, event, at=now, organisation_id=fault.organisation_id)
            log.info(
                "alarm raised",
                alarm_id=str(raised.alarm_id),
                cause=fault.cause.value,
                asset_id=str(fault.asset_id),
            )
    return upserted


async def _tell_escalated(
    session: AsyncSession, fault: Fault, raised: repository.Upserted, now: datetime
) -> None:
    told = {**_told(fault, raised.alarm_id), "urgency": raised.urgency}
    event = AlarmEscalated(escalated_at=fault.at, **told)
    await emit(session, event, at=now, organisation_id=fault.organisation_id)


def _told(fault: Fault, alarm_id: UUID) -> dict[str, Any]:
    return {
        "alarm_id": alarm_id,
        "organisation_id": fault.organisation_id,
        "asset_type": fault.asset_type,
        "asset_id": fault.asset_id,
        "light_point_id": fault.light_point_id,
        "cabinet_id": fault.cabinet_id,
        "cause": fault.cause,
        "urgency": fault.urgency,
    }


async def clear(session: AsyncSession, ends: Mapping[UUID, datetime], now: datetime) -> None:
    """End open alarms at the instants given, and tell it."""
    if not ends:
        return
    for row in await repository.clear_alarms(session, ends):
        event = AlarmCleared(
            alarm_id=row["id"],
            organisation_id=row["organisation_id"],
            asset_type=AssetType(row["asset_type"]),
            asset_id=row["asset_id"],
            light_point_id=row["light_point_id"],
            cabinet_id=row["cabinet_id"],
            cause=Cause(row["cause"]),
            urgency=Urgency(row["urgency"]),
            cleared_at=row["cleared_at"],
        )
        await emit(session, event, at=now, organisation_id=row["organisation_id"])
        log.info("alarm cleared", alarm_id=str(row["id"]), cause=row["cause"])

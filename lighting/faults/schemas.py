"""API shapes of alarms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from lighting.faults.listing import AlarmView
from lighting.faults.model import AlarmState, AssetType, Cause, Urgency


class LightPlace(BaseModel):
    """Where the light is that an alarm is about."""

    id: UUID
    code: str
    street: str
    lon_deg: float
    lat_deg: float


class CabinetName(BaseModel):
    """The cabinet that feeds it."""

    id: UUID
    code: str
    name: str


class PersonName(BaseModel):
    """Who acknowledged it."""

    id: UUID
    name: str


class WorkOrderName(BaseModel):
    """The work order that answers it."""

    id: UUID
    number: str
    status: str


class AlarmAnswer(BaseModel):
    """Something an operator must answer; `evidence` is the newest sample."""

    id: UUID
    organisation_id: UUID
    asset_type: AssetType
    asset_id: UUID
    light_point: LightPlace | None
    cabinet: CabinetName | None
    cause: Cause
    urgency: Urgency
    state: AlarmState
    raised_at: datetime
    last_seen_at: datetime
    evidence_count: int
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: PersonName | None
    evidence: dict[str, Any]
    work_order: WorkOrderName | None = None


class AlarmDetailAnswer(AlarmAnswer):
    """An alarm with every sample kept: the first ones, and the newest."""

    samples: list[dict[str, Any]]


def alarm_answer(view: AlarmView, work: Mapping[UUID, WorkOrderName]) -> AlarmAnswer:
    """An alarm as a list shows it."""
    return AlarmAnswer(**_facts(view, work))


def alarm_detail_answer(view: AlarmView, work: Mapping[UUID, WorkOrderName]) -> AlarmDetailAnswer:
    """An alarm with all its evidence."""
    return AlarmDetailAnswer(**_facts(view, work), samples=view.alarm.evidence)


def _facts(view: AlarmView, work: Mapping[UUID, WorkOrderName]) -> dict[str, Any]:
    alarm = view.alarm
    person = alarm.acknowledged_by
    return {
        **alarm.model_dump(exclude={"evidence", "acknowledged_by"}),
        "light_point": LightPlace(**view.light_point) if view.light_point else None,
        "cabinet": CabinetName(**view.cabinet) if view.cabinet else None,
        "acknowledged_by": PersonName(id=person, name=view.person or "") if person else None,
        "evidence": alarm.evidence[-1] if alarm.evidence else {},
        "work_order": work.get(alarm.id),
    }

"""Alarms as people read them: with the light, the cabinet and the person by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from lighting.faults.model import Cause
from lighting.faults.tables import Alarm

# What is read of other folders' rows: names only.
_point = sa.table(
    "light_point",
    *(sa.column(name) for name in ("id", "code", "street", "lon_deg", "lat_deg")),
)
_cabinet = sa.table("cabinet", *(sa.column(name) for name in ("id", "code", "name")))
_person = sa.table("user_account", sa.column("id"), sa.column("display_name"))
_closure = sa.table("organisation_closure", sa.column("ancestor_id"), sa.column("descendant_id"))


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm, and what it is about by name."""

    alarm: Alarm
    light_point: Mapping[str, Any] | None
    cabinet: Mapping[str, Any] | None
    person: str | None


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Which alarms are asked for; what is None does not matter."""

    status: str = "open"
    cause: Cause | None = None
    organisation_id: UUID | None = None
    cabinet_id: UUID | None = None
    light_point_id: UUID | None = None


def _views(caller: Caller) -> sa.Select[Any]:
    return (
        sa.select(Alarm, *_point.c, *_cabinet.c, _person.c.display_name)
        .outerjoin(_point, _point.c.id == col(Alarm.light_point_id))
        .outerjoin(_cabinet, _cabinet.c.id == col(Alarm.cabinet_id))
        .outerjoin(_person, _person.c.id == col(Alarm.acknowledged_by))
        .where(visible(Alarm.organisation_id, caller))
    )


def _view(row: Sequence[Any]) -> AlarmView:
    alarm, *names = row
    point = dict(zip(_point.c.keys(), names[:5], strict=True))
    cabinet = dict(zip(_cabinet.c.keys(), names[5:8], strict=True))
    return AlarmView(
        alarm,
        point if point["id"] is not None else None,
        cabinet if cabinet["id"] is not None else None,
        names[8],
    )


def _conditions(wanted: AlarmFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    cleared = col(Alarm.cleared_at)
    if wanted.status != "all":
        conditions.append(cleared.is_(None) if wanted.status == "open" else cleared.is_not(None))
    if wanted.cause is not None:
        conditions.append(col(Alarm.cause) == wanted.cause.value)
    if wanted.organisation_id is not None:
        below = sa.select(_closure.c.descendant_id).where(
            _closure.c.ancestor_id == wanted.organisation_id
        )
        conditions.append(col(Alarm.organisation_id).in_(below))
    if wanted.cabinet_id is not None:
        conditions.append(col(Alarm.cabinet_id) == wanted.cabinet_id)
    if wanted.light_point_id is not None:
        conditions.append(col(Alarm.light_point_id) == wanted.light_point_id)
    return conditions


async def views(
    session: AsyncSession,
    caller: Caller,
    wanted: AlarmFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[AlarmView]:
    """Alarms the caller may see, newest first."""
    query = (
        _views(caller)
        .where(*_conditions(wanted))
        .order_by(col(Alarm.raised_at).desc(), col(Alarm.id).desc())
        .limit(limit)
    )
    if after is not None:
        key = sa.tuple_(col(Alarm.raised_at), col(Alarm.id))
        query = query.where(key < sa.tuple_(*map(sa.literal, after)))
    return [_view(row) for row in (await session.execute(query)).all()]


async def view(session: AsyncSession, caller: Caller, alarm_id: UUID) -> AlarmView | None:
    """One alarm the caller may see."""
    row = (await session.execute(_views(caller).where(col(Alarm.id) == alarm_id))).first()
    return None if row is None else _view(row)

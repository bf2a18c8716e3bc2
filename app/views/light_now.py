"""A light as it is now: latest reading, desired and acknowledged level, open alarms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw

# The controller that stands on each light point now, with what it last said and what it holds.
_NOW = """
    SELECT i.light_point_id, c.key AS controller_key,
           t.seen_at, t.level_percent, t.level_at, t.active_power_w, t.power_at,
           t.supply_voltage_v, t.power_factor, t.active_energy_wh, t.burning_time_s,
           t.temperature_c, t.rssi_dbm, t.snr_db, t.gateway_address,
           s.desired_level_percent, s.desired_reason, s.desired_at,
           s.acknowledged_level_percent, s.acknowledged_at
    FROM unnest($1::uuid[]) AS wanted(id)
    LEFT JOIN installation i
           ON i.light_point_id = wanted.id AND i.kind = 'controller' AND i.removed_at IS NULL
    LEFT JOIN controller c ON c.id = i.controller_id
    LEFT JOIN latest_state t ON t.controller_key = c.key
    LEFT JOIN light_state s ON s.light_point_id = wanted.id
    WHERE i.light_point_id IS NOT NULL
"""
_ALARMS = """
    SELECT id, light_point_id, cause, urgency, raised_at FROM alarm
    WHERE light_point_id = ANY($1::uuid[]) AND cleared_at IS NULL
    ORDER BY raised_at, id
"""


class LatestReading(BaseModel):
    """The newest value of each quantity; they may come from different frames."""

    seen_at: datetime
    level_percent: int | None
    level_at: datetime | None
    active_power_w: float | None
    power_at: datetime | None
    supply_voltage_v: float | None
    power_factor: float | None
    active_energy_wh: int | None
    burning_time_s: int | None
    temperature_c: float | None
    rssi_dbm: int | None
    snr_db: float | None
    gateway_address: str | None


class OpenAlarm(BaseModel):
    id: UUID
    cause: str
    urgency: str
    raised_at: datetime


class LightNow(BaseModel):
    """How a light is now; all empty for a light without controller."""

    latest: LatestReading | None = None
    desired_level_percent: int | None = None
    desired_reason: str | None = None
    desired_at: datetime | None = None
    acknowledged_level_percent: int | None = None
    acknowledged_at: datetime | None = None
    open_alarms: list[OpenAlarm] = []


async def lights_now(
    session: AsyncSession, light_point_ids: Sequence[UUID]
) -> Mapping[UUID, LightNow]:
    """The present state of each light point; the caller has checked that they may be seen."""
    connection = await raw(session)
    ids = list(light_point_ids)
    found = {row["light_point_id"]: _light_now(row) for row in await connection.fetch(_NOW, ids)}
    for row in await connection.fetch(_ALARMS, ids):
        light = found.setdefault(row["light_point_id"], LightNow())
        light.open_alarms.append(OpenAlarm.model_validate(dict(row)))
    return {light_point_id: found.get(light_point_id, LightNow()) for light_point_id in ids}


def _light_now(row: Any) -> LightNow:
    values = dict(row)
    return LightNow(
        latest=LatestReading.model_validate(values) if values["seen_at"] else None,
        desired_level_percent=values["desired_level_percent"],
        desired_reason=values["desired_reason"],
        desired_at=values["desired_at"],
        acknowledged_level_percent=values["acknowledged_level_percent"],
        acknowledged_at=values["acknowledged_at"],
        open_alarms=[],
    )

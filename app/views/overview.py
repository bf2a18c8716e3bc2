"""The city in one glance: how much is lit, what is wrong, who is on it."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from app.views.networks import line_told_since
from kit.access import service as access
from kit.access.http import CurrentCaller
from kit.access.model import Caller
from kit.access.scope import visible_ids
from kit.db import raw
from kit.http import ClockDep, SessionDep
from kit.http.state import KitState, kit_state

router = APIRouter(tags=["overview"])

# A light whose controller was heard within a day counts as heard: daily reporters exist.
HEARD_WITHIN = timedelta(hours=26)

_LIGHTS = """
    SELECT count(*) AS light_point_count,
           count(*) FILTER (WHERE c.id IS NOT NULL) AS controlled_count,
           count(*) FILTER (WHERE t.level_percent > 0) AS lit_count,
           count(*) FILTER (WHERE s.desired_level_percent > 0) AS expected_lit_count,
           count(*) FILTER (WHERE s.desired_level_percent IS NOT NULL
               AND s.desired_level_percent IS DISTINCT FROM s.acknowledged_level_percent
           ) AS differing_count,
           count(*) FILTER (WHERE t.seen_at >= $2) AS heard_count,
           max(t.seen_at) AS last_uplink_at,
           sum(t.active_power_w) AS active_power_w
    FROM light_point p
    LEFT JOIN installation i
           ON i.light_point_id = p.id AND i.kind = 'controller' AND i.removed_at IS NULL
    LEFT JOIN controller c ON c.id = i.controller_id
    LEFT JOIN latest_state t ON t.controller_key = c.key
    LEFT JOIN light_state s ON s.light_point_id = p.id
    WHERE p.state = 'in_service' AND ($1::uuid[] IS NULL OR p.organisation_id = ANY($1))
"""
_ALARMS = """
    SELECT cause AS name, count(*) AS amount FROM alarm
    WHERE cleared_at IS NULL AND ($1::uuid[] IS NULL OR organisation_id = ANY($1)) GROUP BY 1
"""
_WORK_ORDERS = """
    SELECT status AS name, count(*) AS amount FROM work_order
    WHERE ($1::uuid[] IS NULL OR organisation_id = ANY($1)) GROUP BY 1
"""
_ENERGY = """
    SELECT "on" AS day, sum(energy_wh)::bigint AS energy_wh FROM energy_day
    WHERE ($1::uuid[] IS NULL OR organisation_id = ANY($1)) AND "on" < $2 AND "on" >= $2 - 7
    GROUP BY 1 ORDER BY 1 DESC LIMIT 1
"""
_CUT_OFF = """
    SELECT count(*) FROM field_network n LEFT JOIN field_network_line l ON l.network_id = n.id
    WHERE n.state = 'active' AND ($1::uuid[] IS NULL OR n.organisation_id = ANY($1))
      AND (l.state IS DISTINCT FROM 'open' OR l.told_at < $2)
"""


class OverviewAnswer(BaseModel):
    """Counts of lights in service, open alarms by cause, work orders by state, last day's Wh.
    `cut_off_network_count` are the field networks whose line is not open."""

    now: datetime
    light_point_count: int
    controlled_count: int
    lit_count: int
    expected_lit_count: int
    differing_count: int
    heard_count: int
    cut_off_network_count: int
    last_uplink_at: datetime | None
    active_power_w: float | None
    open_alarms: dict[str, int]
    work_orders: dict[str, int]
    energy_day: str | None
    energy_day_wh: int | None


@router.get("/overview")
async def overview(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    kit: Annotated[KitState, Depends(kit_state)],
    organisation_id: Annotated[UUID | None, Query()] = None,
) -> OverviewAnswer:
    """The city in one glance, for everything the caller may see or one organisation of it."""
    now = clock.now()
    held_since = line_told_since(now, kit.settings)
    return await read_overview(session, caller, organisation_id, now, held_since)


async def read_overview(
    session: AsyncSession,
    caller: Caller,
    organisation_id: UUID | None,
    now: datetime,
    held_since: datetime,
) -> OverviewAnswer:
    """Count it all, in five statements."""
    ids = visible_ids(caller)
    if organisation_id is not None:
        chosen = (await access.organisation(session, caller, organisation_id)).id
        below = await access.descendants(session, chosen)
        ids = [one for one in below if caller.may_see(one)]
    connection = await raw(session)
    lights = await connection.fetchrow(_LIGHTS, ids, now - HEARD_WITHIN)
    alarms = await connection.fetch(_ALARMS, ids)
    orders = await connection.fetch(_WORK_ORDERS, ids)
    energy = await connection.fetchrow(_ENERGY, ids, now.date())
    return OverviewAnswer(
        now=now,
        cut_off_network_count=await connection.fetchval(_CUT_OFF, ids, held_since),
        **dict(lights),
        open_alarms={row["name"]: row["amount"] for row in alarms},
        work_orders={row["name"]: row["amount"] for row in orders},
        energy_day=energy["day"].isoformat() if energy else None,
        energy_day_wh=energy["energy_wh"] if energy else None,
    )

"""The field networks at a glance: what each carries, and how its line does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.http import CurrentCaller
from kit.access.model import Caller
from kit.access.scope import visible_ids
from kit.db import raw
from kit.http import ClockDep, SessionDep
from kit.http.state import KitState, kit_state
from kit.settings import Settings
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, LineState
from lighting.networks.schemas import NetworkAnswer, network_answer

router = APIRouter(tags=["networks"])

HEARD_WITHIN = timedelta(hours=26)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
QUARANTINE_SPAN = WEEK
# Workers speak of the lines they hold every quarter of a minute, whatever pace the clock has.
LINE_TOLD_WITHIN = timedelta(minutes=2)

# Controllers of lights are heard by telemetry; those of cabinets by their keeper.
_CARRIED = """
    SELECT h.network, count(*) AS controller_count,
           count(*) FILTER (WHERE h.seen_at >= $2) AS heard_count,
           count(*) FILTER (WHERE h.seen_at >= $3) AS hour_count,
           count(*) FILTER (WHERE h.seen_at >= $4) AS week_count,
           count(h.seen_at) AS ever_count,
           max(h.seen_at) AS last_seen_at
    FROM (
        SELECT c.network, greatest(s.seen_at, d.seen_at) AS seen_at
        FROM controller c
        LEFT JOIN latest_state s ON s.controller_key = c.key
        LEFT JOIN cabinet_device d ON d.controller_id = c.id AND d.removed_at IS NULL
        WHERE (c.state = 'in_service' OR d.id IS NOT NULL)
          AND ($1::uuid[] IS NULL OR c.organisation_id = ANY($1))
    ) h
    GROUP BY 1
"""
_QUARANTINED = """
    SELECT network, sum(repeat_count) AS frame_count FROM quarantined_frame
    WHERE replayed_at IS NULL AND last_received_at >= $2
      AND ($1::uuid[] IS NULL OR organisation_id = ANY($1))
    GROUP BY 1
"""
_ORDERS = """
    SELECT c.network, count(*) AS waiting_count
    FROM command_delivery d JOIN controller c ON c.key = d.controller_key
    WHERE d.state IN ('queued', 'sent') AND ($1::uuid[] IS NULL OR c.organisation_id = ANY($1))
    GROUP BY 1
"""
_LINES = """
    SELECT l.* FROM field_network_line l JOIN field_network n ON n.id = l.network_id
    WHERE $1::uuid[] IS NULL OR n.organisation_id = ANY($1)
"""


class LineAnswer(BaseModel):
    """What a worker last said of the line; `detail` tells why it fails. Counts since it exists.
    `is_held` is false when no worker has spoken of it for some minutes: it is held by none."""

    state: LineState
    is_held: bool
    since: datetime
    detail: str
    last_frame_at: datetime | None
    frame_count: int
    sent_count: int
    told_at: datetime


class FreshnessAnswer(BaseModel):
    """How long ago the controllers of a network were last heard; each is in one count. A `day` has
    26 hours: daily reporters exist."""

    hour_count: int
    day_count: int
    week_count: int
    older_count: int
    never_count: int


class NetworkNowAnswer(NetworkAnswer):
    """A network and how it does now; counts are of what the caller may see. `heard_count` within
    26 hours, `quarantined_count` within 7 days and not replayed."""

    controller_count: int
    heard_count: int
    freshness: FreshnessAnswer
    last_seen_at: datetime | None
    waiting_order_count: int
    quarantined_count: int
    line: LineAnswer | None


class NetworksAnswer(BaseModel):
    """Every network the caller may see. `strays` are the names that controllers of theirs give as
    their network although nobody has entered it: their orders go nowhere."""

    now: datetime
    items: list[NetworkNowAnswer]
    strays: dict[str, int]


@router.get("/networks")
async def list_networks(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    kit: Annotated[KitState, Depends(kit_state)],
) -> NetworksAnswer:
    """Every field network: its settings, its line, what it carries."""
    now = clock.now()
    entered = await networks.networks(session, caller)
    found = await _gather(session, caller, now)
    known = await networks.owners(session)
    held_since = line_told_since(now, kit.settings)
    return NetworksAnswer(
        now=now,
        items=[_network_now(one, found, held_since) for one in entered],
        strays={
            name: row["controller_count"]
            for name, row in found.carried.items()
            if name not in known
        },
    )


Rows: TypeAlias = Mapping[Any, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the database says of networks: by name, lines by the network's id."""

    carried: Rows
    refused: Rows
    waiting: Rows
    lines: Rows


async def _gather(session: AsyncSession, caller: Caller, now: datetime) -> _Found:
    ids = visible_ids(caller)
    connection = await raw(session)
    ages = (now - HEARD_WITHIN, now - HOUR, now - WEEK)
    return _Found(
        carried=_by("network", await connection.fetch(_CARRIED, ids, *ages)),
        refused=_by("network", await connection.fetch(_QUARANTINED, ids, now - QUARANTINE_SPAN)),
        waiting=_by("network", await connection.fetch(_ORDERS, ids)),
        lines=_by("network_id", await connection.fetch(_LINES, ids)),
    )


def _by(key: str, rows: list[Any]) -> Rows:
    return {row[key]: dict(row) for row in rows}


def _network_now(
    network: FieldNetworkView, found: _Found, held_since: datetime
) -> NetworkNowAnswer:
    carried = found.carried.get(network.name, {})
    line = found.lines.get(network.id)
    return NetworkNowAnswer(
        **network_answer(network).model_dump(),
        controller_count=carried.get("controller_count", 0),
        heard_count=carried.get("heard_count", 0),
        freshness=_freshness(carried),
        last_seen_at=carried.get("last_seen_at"),
        waiting_order_count=found.waiting.get(network.name, {}).get("waiting_count", 0),
        quarantined_count=found.refused.get(network.name, {}).get("frame_count", 0),
        line=line and LineAnswer(**line, is_held=line["told_at"] >= held_since),
    )


def _freshness(carried: Mapping[str, Any]) -> FreshnessAnswer:
    if not carried:
        return FreshnessAnswer(
            hour_count=0, day_count=0, week_count=0, older_count=0, never_count=0
        )
    return FreshnessAnswer(
        hour_count=carried["hour_count"],
        day_count=carried["heard_count"] - carried["hour_count"],
        week_count=carried["week_count"] - carried["heard_count"],
        older_count=carried["ever_count"] - carried["week_count"],
        never_count=carried["controller_count"] - carried["ever_count"],
    )


def line_told_since(now: datetime, settings: Settings) -> datetime:
    """A worker that holds a line has spoken of it since."""
    pace = settings.clock.speed if settings.clock else 1.0
    return now - LINE_TOLD_WITHIN * pace

"""The field networks at a glance: what each carries, how its line does, and by which gateways."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.http import CurrentCaller
from kit.access.model import Caller
from kit.access.scope import visible_ids
from kit.db import raw
from kit.http import ClockDep, SessionDep
from kit.http.state import KitState, kit_state
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, LineState
from lighting.networks.schemas import NetworkAnswer, network_answer

router = APIRouter(tags=["networks"])

HEARD_WITHIN = timedelta(hours=26)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
QUARANTINE_SPAN = WEEK
GATEWAYS_MAX = 500
# Workers speak of the lines they hold every quarter of a minute, whatever pace the clock has.
LINE_TOLD_WITHIN = timedelta(minutes=2)
# Length of a degree of latitude, for distances within a town.
METRES_PER_DEG = 111_320

_CARRIED = """
    SELECT c.network, count(*) AS controller_count,
           count(*) FILTER (WHERE s.seen_at >= $2) AS heard_count,
           count(*) FILTER (WHERE s.seen_at >= $3) AS hour_count,
           count(*) FILTER (WHERE s.seen_at >= $4) AS week_count,
           count(s.seen_at) AS ever_count,
           max(s.seen_at) AS last_seen_at
    FROM controller c LEFT JOIN latest_state s ON s.controller_key = c.key
    WHERE c.state = 'in_service' AND ($1::uuid[] IS NULL OR c.organisation_id = ANY($1))
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
_GATEWAYS = f"""
    WITH heard AS (
        SELECT s.gateway_address AS address, s.seen_at, s.rssi_dbm, s.snr_db, p.lon_deg, p.lat_deg
        FROM controller c
        JOIN latest_state s ON s.controller_key = c.key
        LEFT JOIN installation i
               ON i.controller_id = c.id AND i.kind = 'controller' AND i.removed_at IS NULL
        LEFT JOIN light_point p ON p.id = i.light_point_id
        WHERE c.network = $2 AND s.gateway_address IS NOT NULL
          AND ($1::uuid[] IS NULL OR c.organisation_id = ANY($1))
    ), cell AS (
        SELECT address, count(*) AS controller_count,
               count(*) FILTER (WHERE seen_at >= $3) AS heard_count, max(seen_at) AS last_seen_at,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY rssi_dbm) AS rssi_median_dbm,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY snr_db) AS snr_median_db,
               min(snr_db) AS snr_min_db, avg(lon_deg) AS lon_deg, avg(lat_deg) AS lat_deg
        FROM heard GROUP BY 1 ORDER BY 2 DESC LIMIT $4
    ), sited AS (
        SELECT cell.*, g.name, g.id IS NOT NULL AS is_sited,
               coalesce(g.lon_deg, cell.lon_deg) AS at_lon_deg,
               coalesce(g.lat_deg, cell.lat_deg) AS at_lat_deg
        FROM cell LEFT JOIN gateway g ON g.address = cell.address
         AND ($1::uuid[] IS NULL OR g.organisation_id = ANY($1))
    )
    SELECT s.address, s.name, s.is_sited, s.at_lon_deg AS lon_deg, s.at_lat_deg AS lat_deg,
           s.controller_count, s.heard_count, s.last_seen_at,
           s.rssi_median_dbm, s.snr_median_db, s.snr_min_db,
           {METRES_PER_DEG} * percentile_cont(0.9) WITHIN GROUP (ORDER BY sqrt(
               power((h.lon_deg - at_lon_deg) * cos(radians(at_lat_deg)), 2)
               + power(h.lat_deg - at_lat_deg, 2))) AS reach_m
    FROM sited s JOIN heard h ON h.address = s.address
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ORDER BY 6 DESC, 1
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


class GatewayAnswer(BaseModel):
    """A radio gateway as the network's controllers were last heard by it. One that nobody has
    placed (`is_sited` is false) stands amid the lights it hears. Nine lights of ten that it hears
    are within `reach_m`; `heard_count` within 26 hours."""

    address: str
    name: str | None
    is_sited: bool
    lon_deg: float | None
    lat_deg: float | None
    controller_count: int
    heard_count: int
    reach_m: float | None
    last_seen_at: datetime
    rssi_median_dbm: float | None
    snr_median_db: float | None
    snr_min_db: float | None


class GatewaysAnswer(BaseModel):
    """The gateways by which a network is heard, the busiest first."""

    items: list[GatewayAnswer]


@router.get("/networks")
async def list_networks(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    kit: Annotated[KitState, Depends(kit_state)],
) -> NetworksAnswer:
    """Every field network: its settings, its line, what it carries."""
    now = clock.now()
    pace = kit.settings.clock.speed if kit.settings.clock else 1.0
    entered = await networks.networks(session, caller)
    found = await _gather(session, caller, now)
    known = await networks.owners(session)
    return NetworksAnswer(
        now=now,
        items=[_network_now(one, found, now - LINE_TOLD_WITHIN * pace) for one in entered],
        strays={
            name: row["controller_count"]
            for name, row in found.carried.items()
            if name not in known
        },
    )


@router.get("/networks/{network_id}/gateways")
async def list_gateways(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, network_id: UUID
) -> GatewaysAnswer:
    """The gateways by which a radio network is heard."""
    network = await networks.network(session, caller, network_id)
    connection = await raw(session)
    since = clock.now() - HEARD_WITHIN
    rows = await connection.fetch(_GATEWAYS, visible_ids(caller), network.name, since, GATEWAYS_MAX)
    return GatewaysAnswer(items=[GatewayAnswer(**dict(row)) for row in rows])


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
    network: FieldNetworkView, found: _Found, told_since: datetime
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
        line=line and LineAnswer(**line, is_held=line["told_at"] >= told_since),
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

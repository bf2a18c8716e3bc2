"""The field networks at a glance: what each carries, how its line does, and by which gateways."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from kit.access.http import CurrentCaller
from kit.access.scope import visible_ids
from kit.db import raw
from kit.http import ClockDep, SessionDep
from lighting.networks import service as networks
from lighting.networks.schemas import NetworkAnswer, network_answer

router = APIRouter(tags=["networks"])

HEARD_WITHIN = timedelta(hours=26)
QUARANTINE_SPAN = timedelta(days=7)
GATEWAYS_MAX = 500

_CARRIED = """
    SELECT c.network, count(*) AS controller_count,
           count(*) FILTER (WHERE s.seen_at >= $2) AS heard_count,
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
_GATEWAYS = """
    SELECT s.gateway_address AS address, max(g.name) AS name, max(g.lon_deg) AS lon_deg,
           max(g.lat_deg) AS lat_deg, count(*) AS controller_count, max(s.seen_at) AS last_seen_at,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY s.rssi_dbm) AS rssi_median_dbm,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY s.snr_db) AS snr_median_db,
           min(s.snr_db) AS snr_min_db
    FROM controller c
    JOIN latest_state s ON s.controller_key = c.key
    LEFT JOIN gateway g ON g.address = s.gateway_address
    WHERE c.network = $2 AND s.gateway_address IS NOT NULL
      AND ($1::uuid[] IS NULL OR c.organisation_id = ANY($1))
    GROUP BY 1 ORDER BY 5 DESC LIMIT $3
"""


class LineAnswer(BaseModel):
    """What a worker last said of the line; `detail` tells why it fails. Counts since it exists."""

    state: str
    since: datetime
    detail: str
    last_frame_at: datetime | None
    frame_count: int
    sent_count: int
    told_at: datetime


class NetworkNowAnswer(NetworkAnswer):
    """A network and how it does now; counts are of what the caller may see. `heard_count` within
    26 hours, `quarantined_count` within 7 days and not replayed."""

    controller_count: int
    heard_count: int
    last_seen_at: datetime | None
    waiting_order_count: int
    quarantined_count: int
    line: LineAnswer | None


class NetworksAnswer(BaseModel):
    """Every network the caller may see. `strays` are the names that controllers give as their
    network although no such network is entered: their orders go nowhere."""

    now: datetime
    items: list[NetworkNowAnswer]
    strays: dict[str, int]


class GatewayAnswer(BaseModel):
    """A radio gateway as the network's controllers were last heard by it."""

    address: str
    name: str | None
    lon_deg: float | None
    lat_deg: float | None
    controller_count: int
    last_seen_at: datetime
    rssi_median_dbm: float | None
    snr_median_db: float | None
    snr_min_db: float | None


class GatewaysAnswer(BaseModel):
    """The gateways by which a network is heard, the busiest first."""

    items: list[GatewayAnswer]


@router.get("/networks")
async def list_networks(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller
) -> NetworksAnswer:
    """Every field network: its settings, its line, what it carries."""
    now = clock.now()
    entered = await networks.networks(session, caller)
    ids = visible_ids(caller)
    connection = await raw(session)
    carried = _by_network(await connection.fetch(_CARRIED, ids, now - HEARD_WITHIN))
    refused = _by_network(await connection.fetch(_QUARANTINED, ids, now - QUARANTINE_SPAN))
    waiting = _by_network(await connection.fetch(_ORDERS, ids))
    lines = {row["network_id"]: dict(row) for row in await connection.fetch(_LINES, ids)}
    known = {one.name for one in entered}
    return NetworksAnswer(
        now=now,
        items=[
            NetworkNowAnswer(
                **network_answer(one).model_dump(),
                controller_count=carried.get(one.name, {}).get("controller_count", 0),
                heard_count=carried.get(one.name, {}).get("heard_count", 0),
                last_seen_at=carried.get(one.name, {}).get("last_seen_at"),
                waiting_order_count=waiting.get(one.name, {}).get("waiting_count", 0),
                quarantined_count=refused.get(one.name, {}).get("frame_count", 0),
                line=LineAnswer(**lines[one.id]) if one.id in lines else None,
            )
            for one in entered
        ],
        strays={
            name: row["controller_count"] for name, row in carried.items() if name not in known
        },
    )


@router.get("/networks/{network_id}/gateways")
async def list_gateways(
    session: SessionDep, caller: CurrentCaller, network_id: UUID
) -> GatewaysAnswer:
    """The gateways by which a radio network is heard."""
    network = await networks.network(session, caller, network_id)
    connection = await raw(session)
    rows = await connection.fetch(_GATEWAYS, visible_ids(caller), network.name, GATEWAYS_MAX)
    return GatewaysAnswer(items=[GatewayAnswer(**dict(row)) for row in rows])


def _by_network(rows: list[Any]) -> dict[str, dict[str, Any]]:
    return {row["network"]: dict(row) for row in rows}

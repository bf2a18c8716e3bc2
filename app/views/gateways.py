"""The gateways by which a radio network is heard: reception, cells, load, and what each sends."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from app.views.networks import HEARD_WITHIN
from drivers.lorawan import eu868
from kit.access.http import CurrentCaller
from kit.access.scope import visible_ids
from kit.db import raw
from kit.http import ClockDep, SessionDep
from lighting.networks import service as networks
from lighting.radio import service as radio
from lighting.radio.model import Channel

router = APIRouter(tags=["networks"])

GATEWAYS_MAX = 500
# Length of a degree of latitude, for distances within a town.
METRES_PER_DEG = 111_320

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


class ChannelAnswer(BaseModel):
    """What a gateway sent for us in a sub-band: `duty_cycle` is the legal share of any hour,
    `used_ratio` how much of that share is used."""

    from_hz: int
    to_hz: int
    duty_cycle: float
    airtime_s: float
    frame_count: int
    used_ratio: float


class GatewayAnswer(BaseModel):
    """A radio gateway as the network's controllers were last heard by it. One that nobody has
    placed (`is_sited` is false) stands amid the lights it hears. Nine lights of ten that it hears
    are within `reach_m`; `heard_count` within 26 hours; `channels` in the last hour."""

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
    channels: list[ChannelAnswer]


class GatewaysAnswer(BaseModel):
    """The gateways by which a network is heard, the busiest first."""

    items: list[GatewayAnswer]


@router.get("/networks/{network_id}/gateways")
async def list_gateways(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, network_id: UUID
) -> GatewaysAnswer:
    """The gateways by which a radio network is heard."""
    network = await networks.network(session, caller, network_id)
    connection = await raw(session)
    now = clock.now()
    rows = await connection.fetch(
        _GATEWAYS, visible_ids(caller), network.name, now - HEARD_WITHIN, GATEWAYS_MAX
    )
    sent = await radio.airtime(session, [row["address"] for row in rows], now)
    channels = _channels(sent)
    return GatewaysAnswer(
        items=[GatewayAnswer(**row, channels=channels.get(row["address"], [])) for row in rows]
    )


def _channels(
    sent: Mapping[Channel, tuple[timedelta, int]],
) -> Mapping[str, list[ChannelAnswer]]:
    """By gateway, the sub-band nearest to its limit first."""
    found: dict[str, list[ChannelAnswer]] = defaultdict(list)
    for channel, (airtime, frame_count) in sent.items():
        band = eu868.sub_band_named(channel.sub_band)
        found[channel.gateway].append(
            ChannelAnswer(
                from_hz=band.from_hz,
                to_hz=band.to_hz,
                duty_cycle=band.duty_cycle,
                airtime_s=airtime.total_seconds(),
                frame_count=frame_count,
                used_ratio=airtime / (radio.LAST_HOUR * band.duty_cycle),
            )
        )
    for channels in found.values():
        channels.sort(key=lambda one: -one.used_ratio)
    return found

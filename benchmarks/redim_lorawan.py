"""10,000 lights re-dimmed over LoRaWAN within the legal duty cycle: plan against result.

A city of NAS controllers behind some gateways, part of them in multicast groups (one a cabinet).
A campaign dims all of them; the product's own tick, pacing and proving run on a PostgreSQL as it
ships, on a clock moved by hand, against lamps that lose frames, that never answer, and that report
every quarter of an hour. Every frame that leaves is written down here, and the airtime of each
gateway in any hour is counted from these records, not from the product's own books.

The bare limit is the busiest gateway's airtime at exactly the legal share. The value is the time
of the clock from the order to the last first try.

    python -m benchmarks.redim_lorawan --lights 10000 --gateways 12 --grouped 0.6
"""

import argparse
import asyncio
import json
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from benchmarks._estate import build_estate
from benchmarks._services import migrated_postgres
from drivers.lorawan import eu868
from drivers.lorawan.airtime import downlink_airtime
from kit.access.model import Caller
from kit.db import Database, raw
from lighting.control import reconciliation, sending
from lighting.control import service as control
from lighting.control.model import ControlledLight, LevelAcknowledgement, Order, Target
from lighting.control.plan import LightPlan
from lighting.control.sending import Address
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from lighting.radio import campaigns, frames, proving, service
from lighting.radio.campaigns import Wanted, order_words
from lighting.radio.model import CampaignState, GroupFrame
from lighting.radio.pacing import DutyCycle
from lighting.registry.directory import service as directory
from lighting.registry.directory.model import ControllerRef
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import Sighting

CALLER = Caller.system("benchmark")
START = datetime(2026, 11, 20, 21, tzinfo=UTC)
TICK = timedelta(seconds=10)
LEVEL_PERCENT = 40
RX2_DATA_RATE = 3
HOUR = timedelta(hours=1)
LEGAL_SHARE = eu868.sub_band(eu868.RX2_FREQUENCY_HZ).duty_cycle
LOST_RATIO, DEAD_RATIO = 0.03, 0.002
AIRTIME = downlink_airtime(
    eu868.modulation(RX2_DATA_RATE), len(order_words("nas/ul20xx", LEVEL_PERCENT).payload)
)


@dataclass
class Field:
    """The lamps as they are, and what the gateways were asked to send."""

    refs: Mapping[int, ControllerRef]
    gateway_of: Mapping[int, str]
    members: dict[str, list[int]]
    seed: int
    sent: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    first_tries_at: dict[int, datetime] = field(default_factory=dict)
    has_level: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lights = {
            key: ControlledLight(ref.light_point_id, ref.organisation_id)
            for key, ref in self.refs.items()
        }
        self.addresses = {
            key: Address(ref.address, ref.network, ref.profile) for key, ref in self.refs.items()
        }
        self.random = np.random.default_rng(self.seed)
        keys = sorted(self.refs)
        self.dead = {key for key in keys if self.random.random() < DEAD_RATIO}
        self.speaks_at = {key: float(self.random.random()) * 900 for key in keys}

    def hears(self, key: int) -> bool:
        """Whether a frame reaches a lamp."""
        return key not in self.dead and bool(self.random.random() >= LOST_RATIO)

    def take_order(self, order: Order, now: datetime) -> bool:
        """A single order goes on air; true when its echo comes back."""
        self.sent[order.gateway].append(now)
        self.first_tries_at.setdefault(order.controller_key, now)
        if not self.hears(order.controller_key):
            return False
        self.has_level.add(order.controller_key)
        return bool(self.random.random() >= LOST_RATIO)

    def take_group(self, frame: GroupFrame, now: datetime) -> None:
        """A frame to a group goes on air by every gateway that hears its members."""
        keys = self.members[frame.group_remote_id]
        for gateway in {self.gateway_of[key] for key in keys}:
            self.sent[gateway].append(now)
        for key in keys:
            self.first_tries_at.setdefault(key, now)
            if self.hears(key):
                self.has_level.add(key)

    def reports(self, since: datetime, now: datetime) -> list[LevelAcknowledgement]:
        """Lamps whose quarter of an hour is over, and that are heard, tell their level."""
        before, after = since.timestamp() % 900, now.timestamp() % 900
        due = (
            key
            for key, at in self.speaks_at.items()
            if (before < at <= after if before < after else at > before or at <= after)
        )
        return [
            LevelAcknowledgement(key, LEVEL_PERCENT if key in self.has_level else 100, now)
            for key in due
            if self.hears(key)
        ]

    def highest_share(self) -> float:
        """The largest share of any hour that any gateway was on air."""
        worst = 0.0
        for instants in self.sent.values():
            for first, start in enumerate(instants):
                inside = bisect_left(instants, start + HOUR) - first
                worst = max(worst, inside * AIRTIME / HOUR)
        return worst


async def prepare(
    database: Database, light_count: int, gateway_count: int, grouped_ratio: float, seed: int
) -> tuple[UUID, Field]:
    """The city, heard by its gateways, with groups in part of its cabinets."""
    organisation_id = await build_estate(database, light_count, START - timedelta(days=30))
    async with database.session() as session:
        await networks.create(
            session,
            CALLER,
            NewNetwork(organisation_id, NetworkKind.CHIRPSTACK, "main", "", {"rx2_data_rate": 3}),
            at=START,
        )
        refs = {ref.controller_key: ref for ref in await directory.directory(session)}
        gateway_of = {key: f"0016c001f15{key % gateway_count:05d}" for key in refs}
        heard = [Sighting(key, START, -95, 4.0, gateway_of[key]) for key in refs]
        await telemetry.append_once(session, [], START, sightings=heard)
    cabinets: dict[UUID, list[ControllerRef]] = defaultdict(list)
    for ref in refs.values():
        if ref.cabinet_id is not None:
            cabinets[ref.cabinet_id].append(ref)
    chosen = list(cabinets.items())[: round(len(cabinets) * grouped_ratio)]
    async with database.session() as session:
        for cabinet_id, found in chosen:
            new = service.NewGroup(
                name=str(cabinet_id),
                remote_id=str(cabinet_id),
                slot=0,
                data_rate=RX2_DATA_RATE,
                frequency_hz=eu868.RX2_FREQUENCY_HZ,
                gateways=(),
                light_point_ids=tuple(ref.light_point_id for ref in found),
                is_ready=True,
            )
            await service.add_group(session, CALLER, new, START)
    members = {str(cabinet): [ref.controller_key for ref in found] for cabinet, found in chosen}
    return organisation_id, Field(refs, gateway_of, members, seed)


async def step(database: Database, plan: LightPlan, city: Field, now: datetime) -> None:
    """What a worker does in one beat, and what the lamps answer."""
    async with database.session() as session:
        await reconciliation.tick(session, plan, now)
        said = await frames.hand_out(session, now, TICK)
    for frame in said.to_groups:
        city.take_group(frame, now)
    async with database.session() as session:
        orders = await sending.hand_out(session, city.addresses, now, TICK, pacing=DutyCycle())
    echoes = [
        LevelAcknowledgement(order.controller_key, order.level_percent, now)
        for order in orders
        if city.take_order(order, now)
    ]
    async with database.session() as session:
        await reconciliation.note_acknowledgements(session, city.lights, echoes)
        reports = city.reports(now - TICK, now)
        await reconciliation.note_reported(session, city.lights, reports)
        await proving.follow(session, now)


async def measure(
    database: Database, light_count: int, gateway_count: int, grouped_ratio: float, seed: int
) -> dict[str, Any]:
    """Plan, order, and let time pass until every light is proven or listed."""
    organisation_id, city = await prepare(database, light_count, gateway_count, grouped_ratio, seed)
    target = Target(organisation_id=organisation_id)
    async with database.session() as session:
        light_plan = await control.load_plan(session)
        began = time.perf_counter()
        plan = await campaigns.preview(session, CALLER, target, LEVEL_PERCENT, START)
        planning_s = time.perf_counter() - began
    began = time.perf_counter()
    async with database.session() as session:
        wanted = Wanted(target, LEVEL_PERCENT, "benchmark", None, timedelta(hours=10))
        campaign_id = (await campaigns.create(session, CALLER, wanted, START)).id
    starting_s = time.perf_counter() - began
    print(
        f"planned in {planning_s:.2f} s, started in {starting_s:.2f} s: {plan.frame_count:,} frames"
        f" for {plan.light_count:,} lights, {len(plan.groups)} groups,"
        f" first tries until {_since(plan.finishes_at)}, proven by {_since(plan.proven_by)}"
    )
    now, began = START, time.perf_counter()
    while True:
        now += TICK
        await step(database, light_plan, city, now)
        async with database.session() as session:
            found = await campaigns.campaign(session, CALLER, campaign_id)
            state, ended_at = found.state, found.finished_at
        if state != CampaignState.SENDING:
            break
    print(f"{(now - START)} of the clock lived in {time.perf_counter() - began:.0f} s")
    async with database.session() as session:
        counts = (await campaigns.counts(session, [campaign_id]))[campaign_id]
        wrong = await _proven_wrongly(database, campaign_id, city)
    single = [at for key, at in city.first_tries_at.items()]
    value_s = (max(single) - START).total_seconds()
    bare_s = max(load.airtime for load in plan.loads).total_seconds() / LEGAL_SHARE
    share = city.highest_share()
    print(f"outcomes {dict(counts.outcomes)}, proofs {dict(counts.proofs)}; ended {ended_at}")
    print(f"highest share of an hour on air: {share:.2%} of {LEGAL_SHARE:.0%} allowed")
    print(f"{len(city.dead)} lights are dead; proven although they never took the level: {wrong}")
    return {
        "id": "R1",
        "value": round(value_s),
        "unit": f"s of radio time until each of {light_count} lights was told once",
        "bare_limit": round(bare_s),
        "ratio": round(bare_s / value_s, 3),
        "planned_s": round((plan.finishes_at - START).total_seconds()),
        "planning_s": round(planning_s, 2),
        "proven": counts.outcomes.get("proven", 0),
        "listed": counts.outcomes.get("failed", 0),
        "proven_wrongly": wrong,
        "share_of_hour_max": round(share, 4),
    }


def _since(at: datetime) -> str:
    return f"{(at - START).total_seconds() / 60:.1f} min"


async def _proven_wrongly(database: Database, campaign_id: UUID, city: Field) -> int:
    """Lights called proven that never took the level: a sample may err, nothing else."""
    async with database.session() as session:
        connection = await raw(session)
        rows = await connection.fetch(
            "SELECT controller_key FROM radio_campaign_light "
            "WHERE campaign_id = $1 AND outcome = 'proven'",
            campaign_id,
        )
    return sum(1 for row in rows if row["controller_key"] not in city.has_level)


async def _measure_at(url: str, arguments: argparse.Namespace) -> dict[str, Any]:
    database = Database(url)
    try:
        return await measure(
            *(database, arguments.lights, arguments.gateways, arguments.grouped, arguments.seed)
        )
    finally:
        await database.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lights", type=int, default=10_000)
    parser.add_argument("--gateways", type=int, default=12)
    parser.add_argument("--grouped", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with migrated_postgres() as url:
        print(json.dumps(asyncio.run(_measure_at(url, arguments))))


if __name__ == "__main__":
    main()

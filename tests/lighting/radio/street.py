"""A street on LoRaWAN in the database, moved by hand: ticks, radio, echoes and reports."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.db import raw
from lighting.control import reconciliation, sending
from lighting.control import service as control
from lighting.control.model import ControlledLight, LevelAcknowledgement, Order, Target
from lighting.control.plan import LightPlan
from lighting.control.sending import Address
from lighting.radio import campaigns, frames, proving
from lighting.radio.model import Outcome
from lighting.radio.pacing import DutyCycle
from lighting.radio.tables import RadioCampaign
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import Sighting
from tests.lighting.energy.estate import Light, add_cabinet, add_lights, add_organisation

SYSTEM = Caller.system("test")
START = datetime(2026, 11, 20, 20, tzinfo=UTC)
TICK = timedelta(seconds=10)
NETWORK = "chirpstack:main"
Answers = Callable[[Order], bool]


def everybody_answers(_: Order) -> bool:
    return True


class Street:
    """Lights of one organisation behind gateways, without calendar: only commands move them."""

    def __init__(
        self, session: AsyncSession, lights: list[Light], plan: LightPlan, organisation_id: UUID
    ) -> None:
        self.session = session
        self.lights = lights
        self.plan = plan
        self.organisation_id = organisation_id
        self.now = START
        self.by_key = {
            light.controller_key: ControlledLight(light.id, organisation_id) for light in lights
        }
        self.addresses = {key: Address(f"{key:016x}", NETWORK, "nas/ul20xx") for key in self.by_key}
        self.sent: list[tuple[datetime, Order]] = []
        self.spoken: list[tuple[datetime, UUID]] = []

    async def heard(self, gateways: Iterable[str], at: datetime) -> None:
        """Every light in turn is heard by one of the gateways."""
        names = list(gateways)
        sightings = [
            Sighting(light.controller_key, at, -90, 7.0, names[i % len(names)])
            for i, light in enumerate(self.lights)
        ]
        await telemetry.append_once(self.session, [], at, sightings=sightings)

    async def start(
        self, level_percent: int, lights: Iterable[Light] | None = None, hours: int = 8
    ) -> RadioCampaign:
        chosen = tuple(light.id for light in lights or self.lights)
        wanted = campaigns.Wanted(
            target=Target(light_point_ids=chosen),
            level_percent=level_percent,
            reason="dimmed for the night",
            expires_at=None,
            duration=timedelta(hours=hours),
        )
        return await campaigns.create(self.session, SYSTEM, wanted, self.now)

    async def step(self, answers: Answers = everybody_answers) -> None:
        """Ten seconds of the worker: tick, frames, orders; those that answer do so at once."""
        self.now += TICK
        await reconciliation.tick(self.session, self.plan, self.now)
        said = await frames.hand_out(self.session, self.now, TICK)
        self.spoken += [(self.now, one.frame_id) for one in said.to_groups]
        orders = await sending.hand_out(
            self.session, self.addresses, self.now, TICK, pacing=DutyCycle()
        )
        self.sent += [(self.now, order) for order in orders]
        await self.echo([order for order in orders if answers(order)])
        await proving.follow(self.session, self.now)

    async def echo(self, orders: Iterable[Order]) -> None:
        echoes = [
            LevelAcknowledgement(one.controller_key, one.level_percent, self.now) for one in orders
        ]
        await reconciliation.note_acknowledgements(self.session, self.by_key, echoes)

    async def report(self, level_percent: int, lights: Iterable[Light]) -> None:
        said = [LevelAcknowledgement(one.controller_key, level_percent, self.now) for one in lights]
        await reconciliation.note_reported(self.session, self.by_key, said)

    async def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        found = await (await raw(self.session)).fetch(query, *arguments)
        return [dict(row) for row in found]

    async def outcomes(self, campaign: RadioCampaign) -> dict[str, int]:
        counts = await campaigns.counts(self.session, [campaign.id])
        return dict(counts[campaign.id].outcomes)

    async def proofs(self, campaign: RadioCampaign) -> dict[str, int]:
        counts = await campaigns.counts(self.session, [campaign.id])
        return dict(counts[campaign.id].proofs)

    async def reasons(self, campaign: RadioCampaign) -> set[str | None]:
        failed = await campaigns.lights(
            *(self.session, SYSTEM, campaign.id), outcome=Outcome.FAILED, after=None, limit=1000
        )
        return {row.reason for row in failed}


async def make_street(session: AsyncSession, count: int, gateways: Iterable[str]) -> Street:
    organisation_id = await add_organisation(session, START)
    cabinet_id = await add_cabinet(session, organisation_id, START, "ARM-1")
    lights = await add_lights(session, organisation_id, START, count, cabinet_id)
    street = Street(session, lights, await control.load_plan(session), organisation_id)
    await street.heard(gateways, START)
    return street

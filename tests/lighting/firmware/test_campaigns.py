"""A bad firmware stops at the canaries; a good one reaches everybody, within the budget."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from kit.access.model import Caller, Role
from kit.clock import FixedClock
from kit.db import Database
from kit.errors import ForbiddenError, NotFoundError
from lighting.firmware import images, service
from lighting.firmware.images import ImageDamagedError, ImageRegisteredError, ImageStore
from lighting.firmware.model import (
    CampaignPlan,
    CampaignState,
    Package,
    Progress,
    ProgressKind,
    Target,
    UpdateState,
)
from lighting.firmware.rules import CampaignMoveError
from lighting.firmware.sending import FirmwareSender
from lighting.firmware.service import NewCampaign
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import Sighting
from tests.lighting.energy.estate import Light, add_lights, add_organisation
from tests.lighting.registry.towns import caller

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
PERIOD = timedelta(minutes=15)  # of the controllers of the estate
LIGHTS = 30
CANARIES = 3


class Field:
    """Controllers that report every quarter of an hour; firmware that is bad silences them."""

    def __init__(self, database: Database, clock: FixedClock, lights: Sequence[Light]) -> None:
        self.database = database
        self.clock = clock
        self.lights = lights
        self.is_bad = False
        self.unreachable: set[int] = set()
        self.silenced: set[int] = set()
        self.packages: list[tuple[int, datetime, str]] = []

    async def update(self, target: Target, package: Package) -> AsyncIterator[Progress]:
        yield Progress(ProgressKind.DOWNLOADING)
        if target.controller_key in self.unreachable:
            raise TimeoutError("no answer to block 7")
        self.packages.append((target.controller_key, self.clock.now(), package.sha256))
        if self.is_bad:
            self.silenced.add(target.controller_key)
        yield Progress(ProgressKind.UPDATED)

    async def report(self) -> None:
        now = self.clock.now()
        heard = [
            Sighting(light.controller_key, now)
            for light in self.lights
            if light.controller_key not in self.silenced
        ]
        async with self.database.session() as session:
            await telemetry.append_once(session, [], now, sightings=heard)


class World:
    """A field, and the worker that runs campaigns in it."""

    def __init__(self, field: Field, store: ImageStore, organisation_id: UUID) -> None:
        self.field = field
        self.store = store
        self.organisation_id = organisation_id
        self.people = caller(organisation_id)
        updaters = {"chirpstack": field}
        self.sender = FirmwareSender(
            field.database, field.clock, store, updaters, lambda network: True
        )

    async def register(self, version: str, content: bytes = b"firmware" * 100) -> UUID:
        async with self.field.database.session() as session:
            image = await images.register(
                *(session, self.people, self.store),
                organisation_id=self.organisation_id,
                profile="nas/ul20xx",
                version=version,
                file_name=f"{version}.bin",
                content=content,
                at=self.field.clock.now(),
            )
        return image.id

    async def begin(self, image_id: UUID, bytes_per_hour: int = 10**9) -> UUID:
        plan = CampaignPlan([CANARIES, 10], 5, timedelta(hours=2), bytes_per_hour)
        new = NewCampaign(self.organisation_id, image_id, "autumn", plan)
        async with self.field.database.session() as session:
            now = self.field.clock.now()
            return (await service.create(session, self.people, new, now=now)).id

    async def live(self, duration: timedelta) -> None:
        """Time goes by: devices report, the campaign is looked at, firmware leaves."""
        end = self.field.clock.now() + duration
        while self.field.clock.now() < end:
            self.field.clock.advance(PERIOD)
            await self.field.report()
            async with self.field.database.session() as session:
                await service.tick(session, self.field.clock.now())
            await self.sender.run_once()

    async def look(self, campaign_id: UUID) -> tuple[CampaignState, str, dict[UpdateState, int]]:
        async with self.field.database.session() as session:
            row = await service.campaign(session, self.people, campaign_id)
            waves = (await service.wave_counts(session, [campaign_id]))[campaign_id]
        total: dict[UpdateState, int] = {}
        for wave in waves:
            for state, count in wave.by_state.items():
                total[state] = total.get(state, 0) + count
        return CampaignState(row.state), row.reason, total

    async def move(self, campaign_id: UUID, state: CampaignState) -> None:
        async with self.field.database.session() as session:
            now = self.field.clock.now()
            await service.move(session, self.people, campaign_id, state, reason="seen", now=now)


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> World:
    clock = FixedClock(START)
    async with database.session() as session:
        await session.execute(sa.text("UPDATE firmware_campaign SET state = 'aborted'"))
        organisation_id = await add_organisation(session, START)
        lights = await add_lights(session, organisation_id, START, LIGHTS)
    field = Field(database, clock, lights)
    await field.report()
    return World(field, ImageStore(tmp_path), organisation_id)


async def test_a_bad_firmware_stops_at_the_canaries(world: World) -> None:
    campaign = await world.begin(await world.register("2.0.0"))
    world.field.is_bad = True
    await world.live(timedelta(hours=12))
    state, reason, counts = await world.look(campaign)
    assert state is CampaignState.STOPPED
    assert len(world.field.silenced) <= CANARIES
    assert counts[UpdateState.WAITING] == LIGHTS - CANARIES
    assert "suffer" in reason


async def test_a_good_firmware_reaches_everybody_wave_by_wave(world: World) -> None:
    campaign = await world.begin(await world.register("2.1.0"))
    await world.live(timedelta(hours=12))
    state, _, counts = await world.look(campaign)
    assert (state, counts) == (CampaignState.FINISHED, {UpdateState.UPDATED: LIGHTS})
    updated = {key for key, _, _ in world.field.packages}
    assert len(updated) == len(world.field.packages) == LIGHTS
    canaries = [at for _, at, _ in world.field.packages[:CANARIES]]
    others = [at for _, at, _ in world.field.packages[CANARIES:]]
    assert min(others) >= max(canaries) + timedelta(hours=2)


async def test_a_device_that_cannot_be_reached_has_failed_and_counts(world: World) -> None:
    campaign = await world.begin(await world.register("2.2.0"))
    world.field.unreachable = {light.controller_key for light in world.field.lights}
    await world.live(timedelta(hours=2))
    state, _, counts = await world.look(campaign)
    assert state is CampaignState.STOPPED
    assert 1 <= counts[UpdateState.FAILED] <= CANARIES


async def test_lights_that_were_silent_before_do_not_stop_it(world: World) -> None:
    world.field.silenced = {light.controller_key for light in world.field.lights}
    world.field.clock.advance(timedelta(hours=6))
    campaign = await world.begin(await world.register("2.3.0"))
    await world.live(timedelta(hours=3))
    state, _, counts = await world.look(campaign)
    assert state is CampaignState.RUNNING
    assert counts[UpdateState.SILENT] >= 1


async def test_the_radio_budget_paces_it(world: World) -> None:
    image = await world.register("2.4.0", b"x" * 1000)
    await world.begin(image, bytes_per_hour=1000)
    await world.live(timedelta(hours=3))
    instants = [at for _, at, _ in world.field.packages]
    assert len(instants) <= 4
    pauses = [later - earlier for earlier, later in pairwise(instants)]
    assert all(pause >= timedelta(hours=1) for pause in pauses)


async def test_a_paused_campaign_sends_nothing_until_it_goes_on(world: World) -> None:
    campaign = await world.begin(await world.register("2.5.0"))
    await world.move(campaign, CampaignState.PAUSED)
    await world.live(timedelta(hours=1))
    assert world.field.packages == []
    await world.move(campaign, CampaignState.RUNNING)
    await world.live(timedelta(hours=1))
    assert world.field.packages
    await world.move(campaign, CampaignState.ABORTED)
    with pytest.raises(CampaignMoveError):
        await world.move(campaign, CampaignState.RUNNING)


async def test_an_image_is_registered_once_and_read_as_registered(world: World) -> None:
    image_id = await world.register("3.0.0", b"abc")
    with pytest.raises(ImageRegisteredError):
        await world.register("3.0.0", b"abd")
    async with world.field.database.session() as session:
        image = await images.image(session, world.people, image_id)
    assert images.package_of(image, world.store).content == b"abc"
    (kept,) = [path for path in world.store._folder.iterdir() if path.name == image.sha256]
    kept.write_bytes(b"abX")
    with pytest.raises(ImageDamagedError):
        images.package_of(image, world.store)


async def test_only_an_administrator_begins_and_a_stranger_sees_nothing(world: World) -> None:
    image_id = await world.register("4.0.0")
    campaign = await world.begin(image_id)
    plan = CampaignPlan([1], 5, timedelta(hours=2), 1000)
    new = NewCampaign(world.organisation_id, image_id, "x", plan)
    async with world.field.database.session() as session:
        planner = caller(world.organisation_id, roles=(Role.PLAN,))
        with pytest.raises(ForbiddenError):
            await service.create(session, planner, new, now=START)
        elsewhere = Caller(None, "x@example.org", "X")
        with pytest.raises(NotFoundError):
            await service.campaign(session, elsewhere, campaign)

"""A light on sun and battery through ingest, look-ahead, tick, explanation and alarms."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame
from drivers.lorawan.simulated_solar import encode_battery
from kit.access.model import Caller, Role
from kit.db import Database, raw
from kit.errors import NotFoundError
from lighting.control import reconciliation, telling
from lighting.control import service as control
from lighting.control.model import AssignmentScope, Target
from lighting.control.plan import LightPlan
from lighting.registry import service as registry
from lighting.registry.directory import service as directory
from lighting.registry.equipment.model import NewLuminaire, NewLuminaireType
from lighting.registry.model import AssetState, EquipmentKind, LampTechnology
from lighting.registry.service import Choice, NewController
from lighting.solar import service
from lighting.solar.routes import router
from schedules.library import sample
from schedules.library import service as library
from tests.lighting.energy.client import client_for
from tests.lighting.ingest.field import make_ingest, uplink
from tests.lighting.registry.towns import AT, caller, make_light, make_town

ADDRESS = "02de300000000777"
# Montpellier, a December evening: dark for two hours.
EVENING = datetime(2026, 12, 14, 18, 0, tzinfo=UTC)
MIDDAY = datetime(2026, 12, 14, 11, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


async def make_lamp(session: AsyncSession, name: str = "Lunel") -> tuple[UUID, UUID]:
    """A town and its one light on sun and battery: 30 W, 600 Wh, 120 W, a P4 road."""
    town = await make_town(session, name)
    planner = caller(town)
    kind = await registry.create_luminaire_type(
        session,
        Caller.system(),
        NewLuminaireType(
            maker="Acme",
            model=f"Sun {name}",
            lamp_technology=LampTechnology.LED,
            rated_power_w=30.0,
            level_min_percent=10,
            battery_capacity_wh=600.0,
            panel_peak_w=120.0,
        ),
        at=AT,
    )
    light = await make_light(
        session,
        planner,
        town,
        "S0001",
        state=AssetState.IN_SERVICE,
        attributes={"lighting_class": "P4"},
    )
    lamp = await registry.create_luminaire(session, planner, NewLuminaire(town, kind.id), at=AT)
    new = NewController(
        address=ADDRESS if name == "Lunel" else f"02de3000000{len(name):05d}",
        network="chirpstack:main",
        profile="reverbere/solar",
        expected_period_s=900,
    )
    controller = await registry.create_controller(session, planner, town, new, at=AT)
    for what, piece in (
        (EquipmentKind.LUMINAIRE, lamp.id),
        (EquipmentKind.CONTROLLER, controller.id),
    ):
        await registry.install(session, planner, light.id, Choice(what, piece), at=AT, now=AT)
    calendar_id = await library.install(session, planner, town, sample("permanent"), now=AT)
    await control.assign_calendar(
        session,
        planner,
        scope=AssignmentScope.ORGANISATION,
        scope_id=town,
        calendar_id=calendar_id,
        now=AT,
    )
    await session.flush()
    return town, light.id


def battery(
    at: datetime, charge_percent: float, *, panel_w: float = 0.0, current_a: float = -1.0
) -> Frame:
    said = encode_battery(charge_percent, 12.8, current_a, panel_w, 5_000)
    return uplink(said, at, ADDRESS)


async def look_ahead(session: AsyncSession, now: datetime) -> LightPlan:
    plan = await control.load_plan(session)
    await service.look_ahead(session, await directory.directory(session), plan.steps_of, now)
    return plan


async def desired(session: AsyncSession, light_point_id: UUID) -> tuple[int, str]:
    record = await (await raw(session)).fetchrow(
        "SELECT desired_level_percent, desired_reason FROM light_state WHERE light_point_id = $1",
        light_point_id,
    )
    return record[0], record[1]


async def test_a_full_battery_gives_its_programme(session: AsyncSession) -> None:
    town, light_id = await make_lamp(session)
    await make_ingest().handle(session, [battery(EVENING, 100)], EVENING)
    # 14 hours at 30 W ask for more than 540 Wh less two nights at the floor: a smaller lamp.
    await (await raw(session)).execute("UPDATE luminaire_type SET rated_power_w = 10")
    plan = await look_ahead(session, EVENING)
    await reconciliation.tick(session, plan, EVENING)
    assert await desired(session, light_id) == (100, "schedule")
    state = await service.state(session, caller(town), light_id, EVENING)
    assert state.shedding is None
    assert state.autonomy is not None
    assert state.autonomy.lit_time == timedelta(hours=54)


async def test_light_is_shed_ahead_down_to_the_floor_and_explained(session: AsyncSession) -> None:
    town, light_id = await make_lamp(session)
    mayor = caller(town)
    await make_ingest().handle(session, [battery(EVENING, 45)], EVENING)
    plan = await look_ahead(session, EVENING)
    await reconciliation.tick(session, plan, EVENING)
    # P4 asks for 5 lx, the lowest class for 2: four tenths of its light.
    assert await desired(session, light_id) == (40, "shedding")
    told = await telling.tell(session, mayor, light_id, at=None, now=EVENING)
    assert told.level_percent == 40
    assert any("battery is at 45 %" in one for one in told.sentences["en"])
    assert [link["kind"] for link in told.chain][:2] == ["schedule", "shedding"]
    before = await telling.tell(session, mayor, light_id, at=EVENING - QUARTER, now=EVENING)
    assert before.level_percent == 100


async def test_an_order_of_a_person_goes_before_shedding(session: AsyncSession) -> None:
    town, light_id = await make_lamp(session)
    await make_ingest().handle(session, [battery(EVENING, 45)], EVENING)
    plan = await look_ahead(session, EVENING)
    await control.create_command(
        session,
        caller(town),
        target=Target(light_point_ids=(light_id,)),
        level_percent=100,
        reason="accident in the street",
        now=EVENING,
        duration=timedelta(hours=1),
    )
    await reconciliation.tick(session, plan, EVENING)
    level, reason = await desired(session, light_id)
    assert level == 100
    assert reason.startswith("command:")


async def test_what_was_shed_ends_with_the_night(session: AsyncSession) -> None:
    _, light_id = await make_lamp(session)
    await make_ingest().handle(session, [battery(EVENING, 45)], EVENING)
    await look_ahead(session, EVENING)
    assert light_id in await service.sheddings(session, EVENING + timedelta(hours=12))
    assert await service.sheddings(session, EVENING + timedelta(hours=17)) == {}


async def test_a_look_ahead_that_changes_nothing_leaves_no_trace(session: AsyncSession) -> None:
    await make_lamp(session)
    await make_ingest().handle(session, [battery(EVENING, 45)], EVENING)
    for number in range(3):
        await look_ahead(session, EVENING + number * timedelta(minutes=1))
    count = await (await raw(session)).fetchval("SELECT count(*) FROM solar_shedding")
    assert count == 1


async def test_an_old_word_decides_nothing(session: AsyncSession) -> None:
    await make_lamp(session)
    await make_ingest().handle(session, [battery(EVENING, 20)], EVENING)
    await look_ahead(session, EVENING + timedelta(hours=13))
    assert await service.sheddings(session, EVENING + timedelta(hours=13)) == {}


@pytest.mark.parametrize(
    ("cause", "frames"),
    [
        pytest.param(
            "battery_low",
            [battery(EVENING + n * QUARTER, 15) for n in range(3)],
            id="low for half an hour",
        ),
        pytest.param(
            "battery_not_charging",
            [battery(MIDDAY + n * QUARTER, 60, panel_w=50, current_a=0) for n in range(12)],
            id="sun on the panel, nothing in the battery",
        ),
        pytest.param(
            "panel_failure",
            [battery(MIDDAY + n * QUARTER, 60, panel_w=0, current_a=-0.1) for n in range(12)],
            id="nothing from the panel at noon",
        ),
    ],
)
async def test_battery_and_panel_raise_their_alarm_once(
    session: AsyncSession, cause: str, frames: Sequence[Frame]
) -> None:
    _, light_id = await make_lamp(session)
    ingest = make_ingest()
    for frame in [*frames, *frames]:
        await ingest.handle(session, [frame], frame.received_at)
    rows = await (await raw(session)).fetch("SELECT cause, light_point_id, cleared_at FROM alarm")
    assert [tuple(row) for row in rows] == [(cause, light_id, None)]


async def test_a_battery_that_recovers_ends_its_alarm(session: AsyncSession) -> None:
    await make_lamp(session)
    ingest = make_ingest()
    for number, charge in enumerate([15, 15, 15, 40, 42, 44]):
        at = EVENING + number * QUARTER
        await ingest.handle(session, [battery(at, charge)], at)
    count = await (await raw(session)).fetchval(
        "SELECT count(*) FROM alarm WHERE cleared_at IS NOT NULL"
    )
    assert count == 1


async def test_state_and_charges_are_told_over_http(database: Database) -> None:
    async with database.session() as session:
        town, light_id = await make_lamp(session)
        await make_ingest().handle(session, [battery(EVENING, 45)], EVENING)
        await look_ahead(session, EVENING)
    span = {"from": (EVENING - QUARTER).isoformat(), "to": (EVENING + QUARTER).isoformat()}
    async with client_for(database, router, EVENING, Role.SEE, town) as client:
        told = (await client.get(f"/light-points/{light_id}/solar")).json()
        assert told["latest"]["battery_charge_percent"] == 45
        assert (told["floor_percent"], told["share_percent"]) == (40, 0)
        assert told["dark_at"] is not None
        charges = (await client.get(f"/light-points/{light_id}/charges", params=span)).json()
        assert [one["panel_energy_wh"] for one in charges["items"]] == [5_000]


async def test_a_light_on_the_mains_has_no_battery(session: AsyncSession) -> None:
    town = await make_town(session, "Sète")
    light = await make_light(session, caller(town), town, "M0001")
    with pytest.raises(NotFoundError):
        await service.state(session, caller(town), light.id, EVENING)

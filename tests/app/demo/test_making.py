"""A small town as the demo makes its city: what was broken is known, and nothing else is said."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.demo import truth
from app.demo.hearing import live
from app.demo.records import DemoFolder, Record
from app.demo.world import World
from gmao.workorders import detail, reading
from gmao.workorders.model import OrderFilter, Status
from gmao.workorders.verification import LIGHT_ANSWERED
from kit.access import service as access
from kit.access.model import Caller
from kit.db import Database, raw
from lighting.control import service as control
from lighting.energy import service as energy
from lighting.faults.model import Cause
from schedules.night import NOON, wall_instant
from simulator.city import City
from simulator.keeping import take_up
from simulator.model import TruthKind
from tests.app.demo.towns import FAULTS, LAMP_COUNT, NOW, make_town

SYSTEM = Caller.system("test")
PARIS = "Europe/Paris"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
async def town(database: Database, folder: Path) -> Record:
    return await make_town(database, folder)


@pytest.fixture
def sites(town: Record, folder: Path) -> list[UUID]:
    """The light points of the town's lamps."""
    return [UUID(lamp.site) for lamp in take_up(DemoFolder(folder).city)[0].lamps]


async def test_alarms_and_truth_agree(town: Record, folder: Path, session: AsyncSession) -> None:
    told = truth.read(DemoFolder(folder).truth)
    assert len(told) == len(FAULTS)
    compared = truth.compare(told, await truth.alarms_raised(session), NOW)
    assert compared.missed == []
    assert compared.false_alarms == []
    assert {alarm.cause for alarm in compared.true_alarms} == {
        Cause(kind.value) for kind in TruthKind
    }


async def test_every_alarm_has_its_order_and_some_were_proven_by_their_light(
    town: Record, sites: list[UUID], session: AsyncSession
) -> None:
    orders = await reading.work_orders(
        session, SYSTEM, OrderFilter(), now=NOW, after=None, limit=100
    )
    by_alarm = {one.light_point.id for one in orders if one.source == "alarm" and one.light_point}
    assert by_alarm == {sites[fault.lamp] for fault in FAULTS}
    proven = [
        one for one in orders
        if one.source == "alarm" and one.status in (Status.VERIFIED, Status.CLOSED)
    ]  # fmt: skip
    assert proven
    for order in proven:
        whole = await detail.work_order(session, SYSTEM, order.id, now=NOW)
        assert whole.completion is not None
        assert LIGHT_ANSWERED in [event.reason for event in whole.events]


async def test_what_was_proven_is_mended_in_the_street(
    town: Record, folder: Path, sites: list[UUID], session: AsyncSession
) -> None:
    wanted = OrderFilter(statuses=frozenset({Status.VERIFIED, Status.CLOSED}))
    orders = await reading.work_orders(session, SYSTEM, wanted, now=NOW, after=None, limit=100)
    proven = {one.light_point.id for one in orders if one.source == "alarm" and one.light_point}
    mended = {one.light_point_id for one in truth.read(DemoFolder(folder).truth) if one.ends_at}
    assert proven <= mended


async def test_the_ledger_counts_what_the_meters_counted(
    town: Record, folder: Path, database: Database, session: AsyncSession
) -> None:
    """A twin of the city, with the faults and repairs that came to pass, lives the same days."""
    kept, seed = take_up(DemoFolder(folder).city)
    since = wall_instant(date(2026, 11, 16), NOON, PARIS)
    world = await World.of(database, town, since, NOW)
    twin = City(kept.lamps, since, kept.faults, seed)
    random = np.random.default_rng(1)
    midnights = [datetime(2026, 11, day, 23, tzinfo=UTC) for day in (16, 17, 18, 19)]
    counted_wh = []
    for midnight in midnights:
        live(twin, world.programme, world.ears(twin), midnight, random)
        counted_wh.append(twin.energy_wh.copy())
    live(twin, world.programme, world.ears(twin), NOW, random)
    assert twin.energy_wh == pytest.approx(kept.energy_wh)
    days = await energy.days(session, SYSTEM, midnights[1].date(), midnights[3].date())
    silent = [fault.lamp for fault in FAULTS if fault.kind is TruthKind.COMMUNICATION_LOSS]
    heard = np.setdiff1d(np.arange(LAMP_COUNT), silent)
    assert sum(day.energy_wh or 0 for day in days) > 0
    for place in heard.tolist():
        told = await energy.days(
            session, SYSTEM, midnights[1].date(), midnights[3].date(),
            light_point_id=world.lamps[place].light_point_id,
        )  # fmt: skip
        truth_wh = counted_wh[3][place] - counted_wh[0][place]
        assert sum(day.energy_wh or 0 for day in told) == pytest.approx(truth_wh, abs=3)


async def test_levels_are_confirmed_and_nothing_is_owed_to_lamps_that_are_heard(
    town: Record, sites: list[UUID], session: AsyncSession
) -> None:
    connection = await raw(session)
    rows = await connection.fetch(
        "SELECT light_point_id, desired_level_percent, acknowledged_level_percent FROM light_state"
    )
    differing = {row[0] for row in rows if row[1] != row[2]}
    owed = await connection.fetch("SELECT light_point_id FROM command_delivery")
    silent = {sites[fault.lamp] for fault in FAULTS if fault.kind is TruthKind.COMMUNICATION_LOSS}
    assert len(rows) == LAMP_COUNT
    assert differing <= silent
    assert {row[0] for row in owed} <= silent


async def test_the_present_is_the_city_s_own(
    town: Record, folder: Path, database: Database, session: AsyncSession
) -> None:
    city, _ = take_up(DemoFolder(folder).city)
    plan = await control.load_plan(session)
    wanted = dict(
        zip((one.light_point_id for one in plan.lights), plan.scheduled_levels(NOW), strict=True)
    )
    assert city.at == NOW
    assert [int(wanted[UUID(lamp.site)]) for lamp in city.lamps] == city.level_percent.tolist()


async def test_people_are_the_five_of_the_demo(town: Record, session: AsyncSession) -> None:
    assert set(town.users) == {
        f"{who}@demo.city" for who in ("operator", "dispatcher", "crew", "finance", "admin")
    }
    with pytest.raises(access.WrongCredentialsError):
        await access.sign_in(session, "operator@demo.city", "reverbere-demo", demo=False)
    opened = await access.sign_in(session, "operator@demo.city", "reverbere-demo", demo=True)
    assert opened.id == town.users["operator@demo.city"]


async def test_what_is_generated_says_so(town: Record, session: AsyncSession) -> None:
    connection = await raw(session)
    assert await connection.fetchval("SELECT count(*) FROM light_point") == LAMP_COUNT
    provenance = await connection.fetch("SELECT DISTINCT provenance, position_quality FROM cabinet")
    assert [tuple(row) for row in provenance] == [("generated", "estimated")]
    unmarked = "SELECT count(*) FROM light_point WHERE NOT attributes ? 'generated'"
    assert await connection.fetchval(unmarked) == 0


def test_the_past_is_as_long_as_promised(town: Record, folder: Path) -> None:
    city, _ = take_up(DemoFolder(folder).city)
    assert NOW - town.made_at == timedelta()
    assert min(fault.starts_at for fault in city.faults) > NOW - timedelta(days=5)


async def test_every_controller_s_network_is_entered_and_its_gateways_stand_somewhere(
    town: Record, session: AsyncSession
) -> None:
    connection = await raw(session)
    named = await connection.fetch("SELECT DISTINCT network FROM controller")
    entered = await connection.fetch("SELECT name FROM field_network")
    assert {row[0] for row in named} <= {row[0] for row in entered}
    unsited = """
        SELECT count(*) FROM latest_state s LEFT JOIN gateway g ON g.address = s.gateway_address
        WHERE g.id IS NULL
    """
    assert await connection.fetchval(unsited) == 0

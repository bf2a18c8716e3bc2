"""The five laws of the house, each over a seeded night on the whole pipeline.

A failure prints its seed; that seed then becomes a named case here.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from kit.db import Database, raw
from simulator.model import SeededFault, TruthKind
from simulator.radio import AirQuality
from tests.scenarios.night import RATED_W, Town, build

pytestmark = pytest.mark.scenario

AFTERNOON = datetime(2026, 11, 20, 14, tzinfo=UTC)
NEXT_NOON = datetime(2026, 11, 21, 11, tzinfo=UTC)
BAD_AIR = AirQuality(lost_ratio=0.15, repeated_ratio=0.10, delay_max=timedelta(minutes=6))
AWFUL_AIR = AirQuality(lost_ratio=0.45, repeated_ratio=0.30, delay_max=timedelta(minutes=20))
SEEDS = (7, 42)
# Three samples over ten minutes of burning, reports every 15 minutes, one in seven lost.
ALARM_DELAY_MAX = timedelta(hours=2)
# Silence is about the controller and the air: it says nothing of the lamp, which may well burn.
LAMP = "cause <> 'communication_loss'"


@pytest.fixture(autouse=True)
async def clean(database: Database) -> None:
    """Each scenario begins with an empty database."""
    async with database.session() as session:
        connection = await raw(session)
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('alembic_version', 'registry_revision')"
        )
        names = ", ".join(row["tablename"] for row in tables)
        await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


@pytest.mark.parametrize("seed", SEEDS)
async def test_law_1_every_due_step_ends_acknowledged_superseded_or_in_a_communication_fault(
    database: Database, seed: int
) -> None:
    silent_at = datetime(2026, 11, 20, 18, tzinfo=UTC)

    def silent(lamp: int) -> SeededFault | None:
        return SeededFault(lamp, TruthKind.COMMUNICATION_LOSS, silent_at) if lamp == 3 else None

    town = await build(database, AFTERNOON, count=12, seed=seed, air=BAD_AIR, faults_of=silent)
    await town.live(NEXT_NOON)
    states = await town.rows(
        "SELECT light_point_id, state, count(*) FROM command_delivery GROUP BY 1, 2"
    )
    mute = town.lights[3].id
    fulfilled = {"acknowledged", "applied", "superseded"}
    assert {state for light, state, _ in states if light != mute} <= fulfilled
    unheard = {state for light, state, _ in states if light == mute} - fulfilled
    assert "expired" in unheard
    alarms = await town.rows("SELECT light_point_id, cause FROM alarm WHERE cleared_at IS NULL")
    assert (mute, "communication_loss") in alarms
    confirmed = await town.rows(
        "SELECT count(*) FROM light_state "
        "WHERE acknowledged_level_percent = desired_level_percent AND light_point_id <> $1",
        mute,
    )
    assert confirmed == [(len(town.lights) - 1,)]


@pytest.mark.parametrize("seed", SEEDS)
async def test_law_2_a_lamp_that_dies_has_one_alarm_in_time_and_one_open_order(
    database: Database, seed: int
) -> None:
    dies_at = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)

    def dead(lamp: int) -> SeededFault | None:
        return SeededFault(lamp, TruthKind.LAMP_FAILURE, dies_at) if lamp in (2, 5) else None

    town = await build(database, AFTERNOON, count=12, seed=seed, air=BAD_AIR, faults_of=dead)
    await town.live(NEXT_NOON)
    alarms = await town.rows(f"SELECT light_point_id, cause, raised_at FROM alarm WHERE {LAMP}")
    assert {light for light, _, _ in alarms} == {town.lights[2].id, town.lights[5].id}
    assert [cause for _, cause, _ in alarms] == ["lamp_failure"] * 2
    for _, _, raised_at in alarms:
        assert dies_at < raised_at <= dies_at + ALARM_DELAY_MAX  # type: ignore[operator]
    orders = await town.rows(
        f"SELECT light_point_id, count(*) FROM work_order WHERE {LAMP} GROUP BY 1"
    )
    assert sorted(orders, key=str) == sorted(
        [(town.lights[2].id, 1), (town.lights[5].id, 1)], key=str
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_law_3_a_healthy_lamp_never_has_an_alarm_whatever_the_network_does(
    database: Database, seed: int
) -> None:
    town = await build(database, AFTERNOON, count=12, seed=seed, air=AWFUL_AIR)
    await town.live(NEXT_NOON)
    assert await town.rows(f"SELECT * FROM alarm WHERE {LAMP}") == []


async def energy_of(town: Town) -> dict[object, int]:
    rows = await town.rows(
        "SELECT light_point_id, sum(energy_wh)::bigint FROM energy_day GROUP BY 1"
    )
    return {light: total for light, total in rows if isinstance(total, int)}


@pytest.mark.parametrize("seed", SEEDS)
async def test_law_4_energy_of_the_parts_is_the_whole_and_repeated_frames_add_nothing(
    database: Database, seed: int
) -> None:
    town = await build(database, AFTERNOON, count=12, seed=seed, air=BAD_AIR)
    before = town.street.city.energy_wh.copy()
    await town.live(NEXT_NOON)
    used = town.street.city.energy_wh - before
    ledger = await energy_of(town)
    # Counters tick in whole Wh, and the last report of each lamp is some minutes old.
    unreported_wh = RATED_W
    for light, wh in zip(town.lights, used, strict=True):
        assert 0 <= wh - ledger[light.id] + 1 <= unreported_wh
    assert np.all(used > RATED_W * 5)


@pytest.mark.parametrize("seed", SEEDS)
async def test_law_5_a_worker_that_dies_at_any_minute_changes_nothing(
    database: Database, seed: int
) -> None:
    deaths = np.random.default_rng(seed)

    def dead(lamp: int) -> SeededFault | None:
        at = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
        return SeededFault(lamp, TruthKind.LAMP_FAILURE, at) if lamp == 4 else None

    def sometimes_die(town: Town) -> None:
        if deaths.random() < 0.2:
            town.restart()

    town = await build(database, AFTERNOON, count=12, seed=seed, air=BAD_AIR, faults_of=dead)
    await town.live(NEXT_NOON, sometimes_die)
    alarms = await town.rows(f"SELECT light_point_id, cause FROM alarm WHERE {LAMP}")
    assert alarms == [(town.lights[4].id, "lamp_failure")]
    orders = await town.rows(f"SELECT light_point_id FROM work_order WHERE {LAMP}")
    assert orders == [(town.lights[4].id,)]
    confirmed = await town.rows(
        "SELECT count(*) FROM light_state WHERE acknowledged_level_percent = desired_level_percent"
    )
    assert confirmed == [(len(town.lights),)]

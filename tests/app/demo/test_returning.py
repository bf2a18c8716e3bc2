"""A town left alone: the time since is lived as the past was, once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from app.demo import truth
from app.demo.records import DemoFolder, Record
from app.demo.returning import GAP_MAX, LeftAloneTooLongError, catch_up, last_instant
from kit.access.model import Caller
from kit.db import Database, raw
from lighting.control import service as control
from lighting.control.model import Target
from lighting.registry.equipment import service as equipment
from lighting.registry.equipment.model import NewController
from lighting.registry.installations import service as installations
from lighting.registry.installations.model import Choice
from lighting.registry.model import EquipmentKind
from simulator.city import City
from simulator.keeping import keep, take_up
from tests.app.demo.towns import LAMP_COUNT, NOW, make_town, timing

SYSTEM = Caller.system("test")
COMMANDED_PERCENT = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    return DemoFolder(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
async def town(database: Database, folder: DemoFolder) -> Record:
    return await make_town(database, folder.city.parent)


async def counts(database: Database) -> Mapping[str, int]:
    async with database.session() as session:
        connection = await raw(session)
        return {
            table: await connection.fetchval(f"SELECT count(*) FROM {table}")
            for table in ("reading", "alarm", "work_order", "light_point", "user_account")
        }


async def return_at(database: Database, folder: DemoFolder, town: Record, now: datetime) -> City:
    await catch_up(database, folder, town, now=now, timing=timing())
    return take_up(folder.city)[0]


async def test_the_night_since_is_lived_once(
    database: Database, folder: DemoFolder, town: Record
) -> None:
    before, first = take_up(folder.city)[0], await counts(database)
    morning = NOW + timedelta(hours=18)
    city = await return_at(database, folder, town, morning)
    after = await counts(database)
    assert city.at == morning
    assert (city.energy_wh > before.energy_wh).all()
    assert after["reading"] > first["reading"] + 10 * LAMP_COUNT
    assert after["light_point"] == first["light_point"]
    await return_at(database, folder, town, morning)
    assert await counts(database) == after
    async with database.session() as session:
        told = truth.read(folder.truth)
        compared = truth.compare(told, await truth.alarms_raised(session), morning)
        assert compared.false_alarms == []
        assert await (await raw(session)).fetchval("SELECT count(*) FROM energy_dirty") == 0


async def test_a_city_kept_too_early_lives_the_same_stretch_again_without_harm(
    database: Database, folder: DemoFolder, town: Record
) -> None:
    """Killed after its readings were stored and before it was kept."""
    kept, seed = take_up(folder.city)
    later = kept.at + timedelta(hours=5)
    await return_at(database, folder, town, later)
    after = await counts(database)
    keep(kept, seed, folder.city)
    await return_at(database, folder, town, later)
    assert (await counts(database))["reading"] == after["reading"]


async def test_a_command_in_force_is_no_fault_of_its_lamps(
    database: Database, folder: DemoFolder, town: Record
) -> None:
    city, seed = take_up(folder.city)
    dusk = city.at.replace(hour=18) + timedelta(days=1)
    city = await return_at(database, folder, town, dusk)
    alarms = (await counts(database))["alarm"]
    lamps = [UUID(lamp.site) for lamp in city.lamps]
    async with database.session() as session:
        await control.create_command(
            session,
            SYSTEM,
            target=Target(light_point_ids=tuple(lamps)),
            level_percent=COMMANDED_PERCENT,
            reason="filming",
            now=dusk,
            duration=timedelta(hours=5),
        )
        await (await raw(session)).execute(
            "UPDATE light_state SET acknowledged_level_percent = $1, acknowledged_at = $2",
            COMMANDED_PERCENT,
            dusk,
        )
    city.order_all(np.full(LAMP_COUNT, COMMANDED_PERCENT, dtype=np.int16))
    keep(city, seed, folder.city)
    await return_at(database, folder, town, dusk + timedelta(hours=2))
    assert (await counts(database))["alarm"] == alarms


async def test_a_controller_swapped_in_the_registry_speaks_for_its_lamp(
    database: Database, folder: DemoFolder, town: Record
) -> None:
    city, _ = take_up(folder.city)
    site, address = city.lamps[0].site, "02de30ffffffffff"
    async with database.session() as session:
        new = NewController(
            address=address, network="chirpstack:x", profile="nas/ul20xx", expected_period_s=3600
        )
        made = await equipment.create_controller(session, SYSTEM, town.commune_id, new, at=city.at)
        await installations.install(
            session,
            SYSTEM,
            UUID(site),
            Choice(EquipmentKind.CONTROLLER, equipment_id=made.id),
            at=city.at,
            now=city.at,
        )
    after = await return_at(database, folder, town, city.at + timedelta(hours=3))
    lamp = next(one for one in after.lamps if one.site == site)
    assert lamp.address == address
    assert after.energy_wh[after.lamps.index(lamp)] > city.energy_wh[0]


async def test_time_never_goes_back_behind_what_was_heard(
    database: Database, folder: DemoFolder, town: Record
) -> None:
    city, _ = take_up(folder.city)
    assert await last_instant(database, city) == city.at
    city.at -= timedelta(days=1)
    assert await last_instant(database, city) > city.at


async def test_a_city_left_alone_for_too_long_is_not_caught_up_with(
    database: Database, folder: DemoFolder, town: Record
) -> None:
    with pytest.raises(LeftAloneTooLongError, match="--fresh"):
        await return_at(database, folder, town, NOW + 2 * GAP_MAX)

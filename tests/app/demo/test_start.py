"""Each start finds the city, makes it, or refuses to touch what is not the demo's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr

from app.demo.model import DemoCity, DemoOptions
from app.demo.people import ACCOUNTS
from app.demo.records import DemoFolder
from app.demo.start import FIELD, OtherCityError, clock_from, start
from kit.access import service as access
from kit.access.model import Caller, OrganisationKind
from kit.db import Database, raw
from kit.ids import new_id
from kit.settings import DatabaseSettings, Settings
from simulator.keeping import take_up
from tests.conftest import beside, execute

SYSTEM = Caller.system("test")
SMALL = DemoOptions(lamp_count=20, night_count=3)


class Stage:
    """A database and a folder of one demo, and what it said."""

    def __init__(self, url: str, folder: Path) -> None:
        self.settings = Settings(demo=True, database=DatabaseSettings(url=SecretStr(url)))
        self.database = Database(url)
        self.folder = folder
        self.said: list[str] = []

    async def start(self, options: DemoOptions = SMALL) -> DemoCity:
        return await asyncio.to_thread(start, self.settings, self.folder, self.said.append, options)

    async def value(self, query: str) -> object:
        async with self.database.session() as session:
            return await (await raw(session)).fetchval(query)


@pytest.fixture
async def stage(postgres: str, template: str, tmp_path: Path) -> AsyncIterator[Stage]:
    name = f"stage_{tmp_path.name}".lower().replace("-", "_")[:60]
    await execute(postgres, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    one = Stage(beside(postgres, name), tmp_path)
    yield one
    await one.database.close()
    await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def test_the_second_start_finds_the_city_of_the_first(stage: Stage) -> None:
    city = await stage.start()
    assert city.accounts == ACCOUNTS
    assert city.field == FIELD
    assert city.clock is None
    commune = await stage.value("SELECT min(id::text) FROM organisation")
    people = await stage.value("SELECT count(*) FROM user_account")
    await stage.start()
    assert await stage.value("SELECT min(id::text) FROM organisation") == commune
    assert await stage.value("SELECT count(*) FROM user_account") == people
    assert await stage.value("SELECT count(*) FROM light_point") == SMALL.lamp_count
    assert "Taking the city up where it was left…" in stage.said


async def test_a_fresh_city_is_another_one(stage: Stage) -> None:
    await stage.start()
    commune = await stage.value("SELECT min(id::text) FROM organisation")
    await stage.start(DemoOptions(lamp_count=25, night_count=3, is_fresh=True))
    assert await stage.value("SELECT min(id::text) FROM organisation") != commune
    assert await stage.value("SELECT count(*) FROM light_point") == 25


async def test_a_city_killed_in_the_making_is_made_afresh(stage: Stage) -> None:
    await stage.start()
    DemoFolder(stage.folder).forget()  # as it is before the last line of the making
    await stage.start()
    assert await stage.value("SELECT count(*) FROM light_point") == SMALL.lamp_count
    assert await stage.value("SELECT count(*) FROM user_account") == len(ACCOUNTS)


async def test_files_without_their_database_are_no_city(stage: Stage) -> None:
    await stage.start()
    folder = DemoFolder(stage.folder)
    record = folder.record()
    assert record is not None
    folder.keep_record(msgspec.structs.replace(record, commune_id=new_id()))
    await stage.start()
    made = folder.record()
    assert made is not None
    assert await stage.value(f"SELECT count(*) FROM organisation WHERE id = '{made.commune_id}'")


async def test_a_database_of_others_is_not_touched(stage: Stage) -> None:
    async with stage.database.session() as session:
        await access.create_organisation(
            session,
            SYSTEM,
            at=datetime.now(UTC),
            name="A real town",
            kind=OrganisationKind.MUNICIPALITY,
        )
    with pytest.raises(OtherCityError, match="a database of its own"):
        await stage.start()
    assert await stage.value("SELECT count(*) FROM organisation") == 1


async def test_an_accelerated_city_goes_on_from_what_it_showed(stage: Stage) -> None:
    city = await stage.start(DemoOptions(speed=60, lamp_count=20, night_count=3))
    assert city.clock is not None
    assert city.clock.speed == 60
    ahead = datetime.now(UTC) + timedelta(hours=2)
    async with stage.database.session() as session:
        await (await raw(session)).execute("UPDATE latest_state SET seen_at = $1", ahead)
    later = await stage.start()
    assert later.clock is not None
    assert later.clock.speed == 1
    assert later.clock.origin >= ahead
    assert take_up(DemoFolder(stage.folder).city)[0].at >= ahead


@pytest.mark.parametrize(
    ("ahead_h", "speed", "has_clock"), [(-1, 1, False), (1, 1, True), (-1, 2, True)]
)
def test_the_machine_s_clock_serves_where_it_can(
    ahead_h: int, speed: float, has_clock: bool
) -> None:
    clock = clock_from(datetime.now(UTC) + timedelta(hours=ahead_h), speed)
    assert (clock is not None) is has_clock

"""The demo opens with a closed month; its report comes out the same when it is asked for again."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from app.demo import money
from app.demo.making import NIGHTS_MIN, TIMEZONE, Scale, make
from app.demo.records import DemoFolder, Record
from kit.access import service as access
from kit.access.model import Caller
from kit.db import Database
from lighting.energy import service as energy
from lighting.reporting import service as reporting
from tests.app.demo.towns import timing

NOW = datetime(2026, 11, 9, 11, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)
SCALE = Scale(lamp_count=20, draw_faults=lambda *_: ())


def test_the_past_holds_forty_nights_and_a_whole_month() -> None:
    for day in (NOW + timedelta(days=n) for n in range(60)):
        since = SCALE.since(day)
        month = money.last_full_month(day, TIMEZONE)
        assert day - since >= timedelta(days=NIGHTS_MIN)
        assert since.date() < month


async def test_the_month_is_closed_and_stays_as_it_is(database: Database, tmp_path: Path) -> None:
    town = await make(database, DemoFolder(tmp_path), SCALE, now=NOW, timing=timing())
    async with database.session() as session:
        finance = await access.caller_of(session, town.users["finance@demo.city"])
        assert await versions(session, finance, town) == [(OCTOBER, 1)]
        days = await energy.days(session, finance, OCTOBER, date(2026, 10, 31))
        assert len(days) == 31
        assert all(day.energy_wh for day in days)
        await money.close_month(session, finance, town.commune_id, TIMEZONE, now=NOW)
        assert await versions(session, finance, town) == [(OCTOBER, 1)]


async def versions(session: AsyncSession, caller: Caller, town: Record) -> list[tuple[date, int]]:
    found = await reporting.reports(
        session, caller, organisation_id=town.commune_id, month=None, after=None, limit=10
    )
    return [(one.month, one.version) for one in found]

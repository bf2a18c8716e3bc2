"""Energy by itself: what came is measured, what never came is judged once."""

from datetime import UTC, date, datetime
from uuid import UUID

from app.estate import Estate
from app.jobs import JOBS, Workshop, run
from kit.clock import FixedClock
from kit.db import Database
from kit.settings import Settings
from lighting.energy import service as energy
from tests.lighting.energy.estate import SYSTEM, add_lights, add_organisation, arrive
from tests.lighting.energy.examples import every_quarter, utc

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ON = date(2026, 11, 10)
ENERGY = [job for job in JOBS if job.name.endswith("_energy")]


async def test_measured_and_silent_days_both_end_in_the_ledger(database: Database) -> None:
    at = datetime(2026, 11, 12, 18, tzinfo=UTC)
    shop = Workshop(Settings(), database, FixedClock(at), Estate())
    async with database.session() as session:
        town = await add_organisation(session, utc(1))
        heard, silent = await add_lights(session, town, utc(1), 2)
        samples = every_quarter(
            utc(9, 22), [10 * step for step in range(108)], heard.controller_key
        )
        await arrive(session, samples, at)
    for job in ENERGY:
        assert await run(job, shop)
    async with database.session() as session:
        (measured,) = await energy.days(session, SYSTEM, ON, ON, light_point_id=heard.id)
        (unknown,) = await energy.days(session, SYSTEM, ON, ON, light_point_id=silent.id)
    assert (measured.measured_wh, measured.missing_s) == (960, 0)
    assert (unknown.energy_wh, unknown.missing_s) == (0, 86_400)


async def test_a_light_without_calendar_has_no_planned_level(database: Database) -> None:
    async with database.session() as session:
        levels = await Estate().planned_levels(session, [UUID(int=1)], [AT])
    assert levels.tolist() == [-1]

"""Energy days over HTTP, within what the caller may see."""

from datetime import date

import pytest

from kit.access.model import Role
from kit.db import Database
from lighting.energy import service
from lighting.energy.routes import router
from tests.lighting.energy.client import client_for
from tests.lighting.energy.estate import add_lights, add_organisation
from tests.lighting.energy.examples import utc
from tests.lighting.energy.test_service import FITTED_AT, NOW, at_night

ASKED = {"from": "2026-11-10", "to": "2026-11-10"}


async def test_days_are_told_to_those_who_may_see_them(database: Database) -> None:
    async with database.session() as session:
        organisation_id = await add_organisation(session, FITTED_AT)
        elsewhere = await add_organisation(session, FITTED_AT, "Ailleurs")
        lights = await add_lights(session, organisation_id, FITTED_AT, 2)
        await service.settle(session, date(2026, 11, 10), NOW, expected=at_night)
    async with client_for(database, router, utc(20), Role.SEE, organisation_id) as client:
        answer = await client.get("/energy/days", params=ASKED)
        (day,) = answer.json()["items"]
        assert day["energy_wh"] == day["estimated_wh"] == 2 * 732
        assert (day["light_point_count"], day["quality"]) == (2, "estimated")
        one = {**ASKED, "light_point_id": str(lights[0].id)}
        answer = await client.get("/energy/days", params=one)
        assert answer.json()["items"][0]["energy_wh"] == 732
    async with client_for(database, router, utc(20), Role.SEE, elsewhere) as client:
        assert (await client.get("/energy/days", params=ASKED)).json()["items"] == []
        theirs = {**ASKED, "organisation_id": str(organisation_id)}
        assert (await client.get("/energy/days", params=theirs)).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"from": "2026-11-10", "to": "2026-11-09"}, id="backwards"),
        pytest.param({"from": "2020-01-01", "to": "2026-11-09"}, id="too long"),
        pytest.param({"from": "2026-11-10"}, id="without end"),
    ],
)
async def test_a_span_that_makes_no_sense_is_refused(
    database: Database, asked: dict[str, str]
) -> None:
    async with database.session() as session:
        organisation_id = await add_organisation(session, FITTED_AT, "Troisville")
    async with client_for(database, router, utc(20), Role.SEE, organisation_id) as client:
        assert (await client.get("/energy/days", params=asked)).status_code == 422

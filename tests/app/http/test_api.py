"""What every visitor of the API meets first: sign-in, health, the views where folders meet."""

from uuid import UUID

import httpx
import mapbox_vector_tile
import numpy as np
import pytest
from fastapi import FastAPI

from kit.access.model import Role
from kit.db import Database, raw
from lighting.registry.web_map import tile_keys
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import Reading, Sighting
from tests.app.http.conftest import NOW, SignedIn
from tests.lighting.energy.estate import Light, add_cabinet, add_lights


@pytest.fixture
async def lights(database: Database, organisation_id: UUID) -> list[Light]:
    """Three lights, the first heard a moment ago at 40 %."""
    async with database.session() as session:
        cabinet_id = await add_cabinet(session, organisation_id, NOW, "ARM-1", "Comédie")
        lights = await add_lights(session, organisation_id, NOW, 3, cabinet_id)
        reading = Reading(lights[0].controller_key, NOW, level_percent=40, active_power_w=25.5)
        sighting = Sighting(lights[0].controller_key, NOW, -90, 7.5, "0016c001f153a14c")
        await telemetry.append_once(session, [reading], NOW, sightings=[sighting])
        key = int(tile_keys(np.array([5.04]), np.array([47.32]))[0])
        await (await raw(session)).execute("UPDATE light_point SET tile_key = $1", key)
    return lights


async def test_health_and_metrics_answer_without_a_token(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health/live")).json() == {"status": "ok"}
        assert (await client.get("/health/ready")).json() == {"status": "ok"}
        assert "reverbere_http_requests" in (await client.get("/metrics")).text


async def test_an_older_schema_is_not_ready(app: FastAPI) -> None:
    app.state.schema_revision = "9999_newer"
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert "reverbere migrate" in answer.json()["detail"]


async def test_light_points_are_listed_with_their_state(
    signed_in: SignedIn, organisation_id: UUID, lights: list[Light]
) -> None:
    client = await signed_in(Role.SEE, organisation_id=organisation_id)
    page = (await client.get("/api/v1/light-points", params={"limit": 2})).json()
    assert [one["code"] for one in page["items"]] == ["L00001", "L00002"]
    first = page["items"][0]
    assert first["latest"]["level_percent"] == 40
    assert first["latest"]["active_power_w"] == pytest.approx(25.5)
    assert first["cabinet"]["name"] == "Comédie"
    assert page["items"][1]["latest"] is None
    rest = await client.get("/api/v1/light-points", params={"cursor": page["next_cursor"]})
    assert [one["code"] for one in rest.json()["items"]] == ["L00003"]
    one = (await client.get(f"/api/v1/light-points/{lights[0].id}")).json()
    assert one == first


async def test_filters_that_say_nothing_are_refused_with_the_way_to_write_them(
    signed_in: SignedIn, organisation_id: UUID
) -> None:
    client = await signed_in(Role.SEE, organisation_id=organisation_id)
    for params in ({"bbox": "1,2,3"}, {"bbox": "9,0,1,1"}, {"alarm": "sadness"}):
        answer = await client.get("/api/v1/light-points", params=params)
        assert answer.status_code == 422
    assert "lamp_failure" in answer.json()["detail"]


async def test_the_overview_counts_what_the_caller_may_see(
    signed_in: SignedIn, organisation_id: UUID, lights: list[Light]
) -> None:
    client = await signed_in(Role.SEE, organisation_id=organisation_id)
    overview = (await client.get("/api/v1/overview")).json()
    assert overview["light_point_count"] == len(lights)
    assert overview["lit_count"] == 1
    assert overview["active_power_w"] == pytest.approx(25.5)


async def test_a_tile_shows_lights_to_those_who_may_see_them(
    signed_in: SignedIn, organisation_id: UUID, lights: list[Light]
) -> None:
    client = await signed_in(Role.SEE, organisation_id=organisation_id)
    z, x, y = 15, int((5.04 + 180) / 360 * 2**15), 11486
    column = [
        (await client.get(f"/api/v1/tiles/light-points/{z}/{x}/{row}.mvt")).content
        for row in range(y - 60, y + 60)
    ]
    filled = [mapbox_vector_tile.decode(content) for content in column if content]
    assert [len(tile["light_points"]["features"]) for tile in filled] == [len(lights)]
    whole = await client.get("/api/v1/tiles/light-points/0/0/0.mvt")
    (cell,) = mapbox_vector_tile.decode(whole.content)["clusters"]["features"]
    assert cell["properties"] == {"count": 3, "lit": 1, "fault": 0}


async def test_a_series_has_its_expected_curve_and_nights(
    signed_in: SignedIn, organisation_id: UUID, lights: list[Light]
) -> None:
    client = await signed_in(Role.SEE, organisation_id=organisation_id)
    params = {"from": "2026-11-20T12:00:00Z", "to": "2026-11-21T12:00:00Z"}
    series = (await client.get(f"/api/v1/light-points/{lights[0].id}/series", params=params)).json()
    assert series["level_percent"] == [40]
    (night,) = series["nights"]
    assert night["sunset_at"].startswith("2026-11-20T16:0")
    assert night["sunrise_at"].startswith("2026-11-21T0")


async def test_without_calendar_an_explanation_says_so(
    signed_in: SignedIn, organisation_id: UUID, lights: list[Light]
) -> None:
    client = await signed_in(Role.SEE, organisation_id=organisation_id)
    told = (await client.get(f"/api/v1/light-points/{lights[0].id}/explanation")).json()
    assert told["level_percent"] is None
    assert told["sentences"]["fr"][0].startswith("Aucun calendrier")
    assert "40 %" in told["sentences"]["en"][-1]

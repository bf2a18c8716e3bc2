"""The field networks at a glance, as an operator asks for them."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from kit.access.model import Caller, Role
from kit.db import Database, raw
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, LineReport, LineState, NetworkKind, NewNetwork
from lighting.registry.gateways import service as gateways
from lighting.registry.gateways.model import SitedGateway
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import Reading, Sighting
from tests.app.http.conftest import NOW, SignedIn
from tests.lighting.energy.estate import add_cabinet, add_lights, add_organisation

LONG_AGO = timedelta(hours=3)
SYSTEM = Caller.system("test")
HEARD_AGO = (timedelta(minutes=5), timedelta(hours=5), timedelta(days=2), timedelta(days=20))


@dataclass(frozen=True)
class Street:
    """What the lights name as their network, and the gateways that hear them."""

    network: str
    high: str
    low: str


@pytest.fixture
async def street(database: Database, organisation_id: UUID) -> Street:
    """Five lights: four were heard, each longer ago than the one before; one never was."""
    street = Street(
        f"chirpstack:{organisation_id}", f"high-{organisation_id}", f"low-{organisation_id}"
    )
    async with database.session() as session:
        cabinet_id = await add_cabinet(session, organisation_id, NOW, "ARM-1")
        lights = await add_lights(session, organisation_id, NOW, 5, cabinet_id)
        await (await raw(session)).execute(
            "UPDATE controller SET network = $1 WHERE organisation_id = $2",
            street.network,
            organisation_id,
        )
        for light, ago in zip(lights, HEARD_AGO, strict=False):
            reading = Reading(light.controller_key, NOW - ago, level_percent=40)
            heard_by = street.high if ago < timedelta(days=1) else street.low
            sighting = Sighting(light.controller_key, NOW - ago, -90, 7.5, heard_by)
            await telemetry.append_once(session, [reading], NOW, sightings=[sighting])
        sited = SitedGateway(organisation_id, street.high, "Clocher", 5.05, 47.32)
        await gateways.place(session, SYSTEM, sited, at=NOW)
    return street


@pytest.fixture
async def network(database: Database, organisation_id: UUID) -> FieldNetworkView:
    async with database.session() as session:
        new = NewNetwork(organisation_id, NetworkKind.CHIRPSTACK, str(organisation_id), "", {})
        return await networks.create(session, SYSTEM, new, at=NOW)


@pytest.fixture
async def operator(signed_in: SignedIn, organisation_id: UUID) -> httpx.AsyncClient:
    return await signed_in(Role.SEE, organisation_id=organisation_id)


@pytest.mark.usefixtures("street")
async def test_a_network_tells_how_fresh_its_controllers_are(
    network: FieldNetworkView, operator: httpx.AsyncClient
) -> None:
    told = (await operator.get("/api/v1/networks")).json()
    (city,) = told["items"]
    assert (city["name"], city["controller_count"], city["heard_count"]) == (network.name, 5, 2)
    assert city["freshness"] == {
        "hour_count": 1,
        "day_count": 1,
        "week_count": 1,
        "older_count": 1,
        "never_count": 1,
    }
    assert told["strays"] == {}
    assert city["line"] is None


async def test_controllers_of_a_network_nobody_entered_are_strays(
    street: Street, operator: httpx.AsyncClient
) -> None:
    told = (await operator.get("/api/v1/networks")).json()
    assert told["items"] == []
    assert told["strays"] == {street.network: 5}


async def test_a_network_entered_by_others_is_not_astray(
    street: Street, operator: httpx.AsyncClient, database: Database
) -> None:
    async with database.session() as session:
        elsewhere = await add_organisation(session, NOW, name="Le syndicat")
        _, _, where = street.network.partition(":")
        new = NewNetwork(elsewhere, NetworkKind.CHIRPSTACK, where, "", {})
        await networks.create(session, SYSTEM, new, at=NOW)
    told = (await operator.get("/api/v1/networks")).json()
    assert (told["items"], told["strays"]) == ([], {})


@pytest.mark.parametrize(("told_ago_min", "is_held"), [(1, True), (10, False)])
async def test_a_line_of_which_nobody_speaks_is_held_by_none(
    network: FieldNetworkView,
    operator: httpx.AsyncClient,
    database: Database,
    told_ago_min: int,
    is_held: bool,
) -> None:
    at = NOW - timedelta(minutes=told_ago_min)
    report = LineReport(network.id, LineState.FAILING, at, "nobody answers", None, 0, 0)
    async with database.session() as session:
        await networks.tell_line(session, report, at)
    (city,) = (await operator.get("/api/v1/networks")).json()["items"]
    assert (city["line"]["state"], city["line"]["detail"]) == ("failing", "nobody answers")
    assert (await operator.get("/api/v1/overview")).json()["cut_off_network_count"] == 1
    assert city["line"]["is_held"] is is_held


async def test_a_line_that_is_open_is_not_cut_off(
    network: FieldNetworkView, operator: httpx.AsyncClient, database: Database
) -> None:
    report = LineReport(network.id, LineState.OPEN, NOW, "", NOW, 1, 0)
    async with database.session() as session:
        await networks.tell_line(session, report, NOW)
    assert (await operator.get("/api/v1/overview")).json()["cut_off_network_count"] == 0


async def test_gateways_stand_where_they_were_placed_or_amid_their_lights(
    street: Street, network: FieldNetworkView, operator: httpx.AsyncClient
) -> None:
    answer = await operator.get(f"/api/v1/networks/{network.id}/gateways")
    found = {one["address"]: one for one in answer.json()["items"]}
    high, low = found[street.high], found[street.low]
    assert high["name"] == "Clocher"
    assert (high["is_sited"], low["is_sited"]) == (True, False)
    assert (high["controller_count"], high["heard_count"]) == (2, 2)
    assert (low["controller_count"], low["heard_count"]) == (2, 0)
    assert high["lon_deg"] == 5.05
    # The lights stand together at 5.04 E, 47.32 N: a hundredth of a degree is 754 m there.
    assert low["lon_deg"] == pytest.approx(5.04)
    assert high["reach_m"] == pytest.approx(754, abs=5)
    assert low["reach_m"] == pytest.approx(0, abs=1)


async def test_a_gateway_tells_how_much_of_its_hour_it_has_sent(
    street: Street, network: FieldNetworkView, operator: httpx.AsyncClient, database: Database
) -> None:
    """One per cent of an hour is 36 s in 868.0 to 868.6 MHz; ten per cent, 360 s, around RX2."""
    async with database.session() as session:
        for band, airtime_s, at in (("M", 9, NOW), ("P", 180, NOW), ("M", 30, NOW - LONG_AGO)):
            await (await raw(session)).execute(
                "INSERT INTO radio_airtime VALUES ($1, $2, $3, $4, 3)",
                *(street.high, band, at - timedelta(minutes=5), airtime_s * 1_000_000),
            )
    answer = await operator.get(f"/api/v1/networks/{network.id}/gateways")
    high, low = sorted(answer.json()["items"], key=lambda one: one["address"])
    assert [(one["from_hz"], one["used_ratio"]) for one in high["channels"]] == [
        (869_400_000, 0.5),
        (868_000_000, 0.25),
    ]
    assert low["channels"] == []


async def test_a_gateway_is_placed_by_an_administrator_only(
    signed_in: SignedIn, operator: httpx.AsyncClient, organisation_id: UUID
) -> None:
    place = {"organisation_id": str(organisation_id), "lon_deg": 5.04, "lat_deg": 47.32}
    refused = await operator.put(f"/api/v1/gateways/low-of-{organisation_id}", json=place)
    assert refused.status_code == 403
    admin = await signed_in(Role.SEE, Role.ADMINISTER, organisation_id=organisation_id)
    assert (
        await admin.put(f"/api/v1/gateways/low-of-{organisation_id}", json=place)
    ).status_code == 204


async def test_the_form_of_every_kind_is_told(operator: httpx.AsyncClient) -> None:
    told = (await operator.get("/api/v1/network-kinds")).json()
    assert {one["kind"] for one in told["items"]} == set(NetworkKind)
    assert "nas/ul20xx" in {one["name"] for one in told["profiles"]}

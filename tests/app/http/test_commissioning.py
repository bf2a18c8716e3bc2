"""Commissioning over HTTP, from the label to the record."""

import httpx
import pytest
from fastapi import FastAPI

from app.hearing import build_ingests
from kit.access.model import Caller, Role
from kit.clock import FixedClock
from kit.db import Database
from lighting.ingest.directory import Directory
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from lighting.registry.model import AssetState
from lighting.registry.service import LightPointView
from tests.app.http.conftest import NOW, SignedIn
from tests.lighting.commissioning.town import ADDRESS, APPLICATION
from tests.lighting.energy.estate import add_organisation
from tests.lighting.ingest.field import usage
from tests.lighting.registry.towns import caller, make_light

LABEL = f"SN:4711 DevEUI={ADDRESS.upper()}"


@pytest.fixture
async def place(database: Database) -> LightPointView:
    """A column without controller, in a town whose network has just heard a stranger."""
    async with database.session() as session:
        town = await add_organisation(session, NOW)
        network = NewNetwork(town, NetworkKind.CHIRPSTACK, APPLICATION, "", {})
        await networks.create(session, Caller.system(), network, at=NOW)
        light = await make_light(session, caller(town), town, "N00041", state=AssetState.IN_SERVICE)
        ingest = build_ingests(Directory())["chirpstack"]
        await ingest.handle(session, [usage(NOW, address=ADDRESS)], NOW)
    return light


@pytest.fixture
async def fitter(signed_in: SignedIn, place: LightPointView) -> httpx.AsyncClient:
    return await signed_in(Role.WORK, Role.PLAN, organisation_id=place.organisation_id)


async def test_a_label_leads_to_a_light_in_service(
    app: FastAPI, fitter: httpx.AsyncClient, place: LightPointView, clock: FixedClock
) -> None:
    read = (await fitter.post("/api/v1/labels/read", json={"text": LABEL})).json()
    assert (read["address"], read["serial"], read["controller"]) == (ADDRESS, "4711", None)
    assert read["device"]["profile_guess"] == "nas/ul20xx"
    near = {"lon_deg": place.lon_deg, "lat_deg": place.lat_deg}
    places = (await fitter.get("/api/v1/commissioning-places", params=near)).json()["items"]
    assert [(one["code"], one["distance_m"]) for one in places] == [("N00041", 0.0)]
    wanted = {
        "light_point_id": str(place.id),
        "matched_by": "scan",
        "discovered_device_id": read["device"]["id"],
    }
    headers = {"Idempotency-Key": "one-press"}
    made = await fitter.post("/api/v1/commissionings", json=wanted, headers=headers)
    again = await fitter.post("/api/v1/commissionings", json=wanted, headers=headers)
    assert (made.status_code, made.json()["state"]) == (201, "installed")
    assert again.json()["id"] == made.json()["id"]
    at = f"/api/v1/commissionings/{made.json()['id']}"
    testing = (await fitter.post(f"{at}/self-tests")).json()
    assert [step["state"] for step in testing["steps"]] == ["running"] + ["waiting"] * 3
    early = await fitter.post(f"{at}/acceptance", json={"signed_name": "Anne Petit"})
    assert (early.status_code, early.json()["code"]) == (409, "commissioning_illegal_move")
    read = (await fitter.post("/api/v1/labels/read", json={"text": LABEL})).json()
    assert read["controller"]["light_point"]["code"] == "N00041"
    listed = (await fitter.get("/api/v1/commissionings", params={"state": "testing"})).json()
    assert [one["controller_address"] for one in listed["items"]] == [ADDRESS]

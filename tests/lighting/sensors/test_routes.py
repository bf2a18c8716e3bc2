"""Sensors over HTTP: declared, told, exported."""

import csv
import io
from datetime import timedelta

from kit.access.model import Role
from kit.db import Database
from lighting.sensors.routes import router
from tests.lighting.energy.client import client_for
from tests.lighting.ingest.field import NIGHT
from tests.lighting.registry.towns import make_town
from tests.lighting.sensors.columns import AIR_ADDRESS, air, make_ingest

DEVICE = {
    "address": AIR_ADDRESS.upper(),
    "network": "chirpstack:main",
    "profile": "milesight/em500-co2",
    "title": "Place de la Comédie",
    "expected_period_s": 600,
    "lon_deg": 3.88,
    "lat_deg": 43.61,
    "declined": ["temperature_c", "relative_humidity_percent", "air_pressure_hpa"],
}
SENSOR = {
    "kind": "air_quality",
    "quantity": "co2_ppm",
    "title": "CO2, Comédie",
    "purpose": "Suivre la qualité de l'air de la place",
    "legal_basis": "no_personal_data",
    "owner": "Service environnement",
    "retention_days": 365,
    "is_publishable": True,
}
SPAN = {
    "from": (NIGHT - timedelta(days=1)).isoformat(),
    "to": (NIGHT + timedelta(hours=1)).isoformat(),
}


async def test_a_sensor_is_entered_declared_heard_told_and_exported(database: Database) -> None:
    async with database.session() as session:
        town = await make_town(session, "Mauguio")
    async with client_for(database, router, NIGHT, Role.SEE, town, Role.ADMINISTER) as client:
        device = await client.post("/sensor-devices", json={**DEVICE, "organisation_id": str(town)})
        assert device.status_code == 201, device.text
        assert device.json()["address"] == AIR_ADDRESS
        declared = await client.post("/sensors", json={**SENSOR, "device_id": device.json()["id"]})
        assert declared.status_code == 201, declared.text
        sensor_id = declared.json()["id"]
        async with database.session() as session:
            await make_ingest().handle(session, [air(NIGHT)], NIGHT)
        (listed,) = (await client.get("/sensors")).json()["items"]
        assert listed["latest"]["value"] == 1127
        assert (listed["unit"], listed["is_count"]) == ("ppm", False)
        told = (await client.get(f"/sensors/{sensor_id}/readings", params=SPAN)).json()
        assert [one["value"] for one in told["items"]] == [1127]
        export = await client.get("/sensors/open-data.csv", params=SPAN)
        (row,) = csv.DictReader(io.StringIO(export.text))
        assert (row["quantity"], row["unit"], row["value"]) == ("co2_ppm", "ppm", "1127")
        assert (await client.post(f"/sensors/{sensor_id}/retirement")).status_code == 204
        assert (await client.get("/sensors")).json()["items"] == []


async def test_a_declaration_without_purpose_is_refused(database: Database) -> None:
    async with database.session() as session:
        town = await make_town(session, "Palavas")
    async with client_for(database, router, NIGHT, Role.SEE, town, Role.ADMINISTER) as client:
        body = {**DEVICE, "organisation_id": str(town), "address": "24e1240000000009"}
        device = (await client.post("/sensor-devices", json=body)).json()
        silent = {**SENSOR, "device_id": device["id"], "purpose": "  "}
        assert (await client.post("/sensors", json=silent)).status_code == 422
        unknown = {"declined": ["smell"]}
        answer = await client.put(f"/sensor-devices/{device['id']}/declined", json=unknown)
        assert answer.status_code == 422

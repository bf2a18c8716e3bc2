"""One organisation never sees another: every route, asked by a stranger for our things, says that
there is no such thing. A new route is asked too, without anyone having to think of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.crews import service as crews
from kit.access.model import Caller, Role
from kit.db import Database, raw
from kit.ids import new_id
from lighting.commissioning import discovery
from lighting.commissioning.model import Device
from lighting.control import service as control
from lighting.control.model import Target
from lighting.ingest.model import Stranger
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from schedules.library import sample
from schedules.library import service as library
from tests.app.http.bodies import DAY, INSTANT, Bodies
from tests.app.http.conftest import NOW, SignedIn
from tests.lighting.energy.estate import add_cabinet, add_lights, add_organisation

SYSTEM = Caller.system("test")
STRANGE_ADDRESS = "70b3d5499f000001"

# What everybody signed in may see: themselves, and catalogues that name no place.
COMMON = {
    "/api/v1/auth/token",
    "/api/v1/me",
    "/api/v1/organisations",
    "/api/v1/failure-codes",
    "/api/v1/import-mappings",
    "/api/v1/co2-factors",
    "/api/v1/luminaire-types",
    "/api/v1/parts",
    "/api/v1/network-kinds",
    "/api/v1/events/stream",
}
# Answers that hold no list: what they must say to a stranger.
NOTHING: Mapping[str, tuple[str, Any]] = {
    "/api/v1/overview": ("light_point_count", 0),
    "/api/v1/quarantined-frames/replays": ("tried", 0),
    "/api/v1/labels/read": ("device", None),
}
# What the description cannot tell of a body: rules between its fields.
MORE: Mapping[str, Callable[[Mapping[str, UUID]], Mapping[str, Any]]] = {
    "/api/v1/commands/preview": lambda ids: {"target": {"cabinet_id": str(ids["cabinet_id"])}},
    "/api/v1/commands": lambda ids: {
        "target": {"cabinet_id": str(ids["cabinet_id"])},
        "duration_s": 3600,
    },
    "/api/v1/radio-plans/preview": lambda ids: {"target": {"cabinet_id": str(ids["cabinet_id"])}},
    "/api/v1/radio-campaigns": lambda ids: {
        "target": {"cabinet_id": str(ids["cabinet_id"])},
        "duration_s": 3600,
    },
    "/api/v1/work-orders": lambda ids: {"light_point_id": str(ids["light_point_id"])},
    "/api/v1/work-orders/{work_order_id}/completion": lambda _: {
        "failure_mode": "light_out",
        "failure_cause": "end_of_life",
        "remedy": "luminaire_replaced",
    },
    "/api/v1/labels/read": lambda _: {"text": STRANGE_ADDRESS},
    "/api/v1/tariff-rates": lambda ids: {"organisation_id": str(ids["organisation_id"])},
}
REFUSED = {403, 404}


def operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/v1/") and path not in COMMON:
                yield method.upper(), path, operation


async def build(database: Database) -> dict[str, UUID]:
    """Our things, under the names that identifiers have in the API."""
    async with database.session() as session:
        organisation_id = await add_organisation(session, NOW)
        cabinet_id = await add_cabinet(session, organisation_id, NOW, "ARM-1")
        (light,) = await add_lights(session, organisation_id, NOW, 1, cabinet_id)
        calendar_id = await library.install(
            session, SYSTEM, organisation_id, sample("permanent"), now=NOW
        )
        command = await control.create_command(
            session,
            SYSTEM,
            target=Target(light_point_ids=(light.id,)),
            level_percent=50,
            reason="works in the street",
            now=NOW,
            duration=timedelta(hours=1),
        )
        crew = await crews.create_crew(
            session, SYSTEM, at=NOW, organisation_id=organisation_id, name="Nord"
        )
        connection = await raw(session)
        program_id = await connection.fetchval("SELECT id FROM control_program LIMIT 1")
        luminaire_id = await connection.fetchval("SELECT id FROM luminaire LIMIT 1")
        type_id = await connection.fetchval("SELECT id FROM luminaire_type LIMIT 1")
        device = await discover(session, organisation_id)
        await session.flush()
    known = {
        "organisation_id": organisation_id,
        "cabinet_id": cabinet_id,
        "light_point_id": light.id,
        "controller_id": light.controller_id,
        "luminaire_id": luminaire_id,
        "type_id": type_id,
        "asset_id": light.id,
        "scope_id": light.id,
        "equipment_id": light.controller_id,
        "calendar_id": calendar_id,
        "program_id": program_id,
        "default_program_id": program_id,
        "command_id": command.id,
        "crew_id": crew.id,
        "discovered_device_id": device.id,
    }
    # Things not made here are asked for by identifiers nobody has: the answer must be the same.
    return defaultdict(new_id, known)


async def discover(session: AsyncSession, organisation_id: UUID) -> Device:
    """A device of our network that nobody has registered."""
    network = await networks.create(
        session,
        SYSTEM,
        NewNetwork(organisation_id, NetworkKind.CHIRPSTACK, str(new_id()), "", {}),
        at=NOW,
    )
    await discovery.note(session, [Stranger(network.name, STRANGE_ADDRESS, NOW, "network_join")])
    (device,) = await discovery.devices(session, SYSTEM, network=network.name)
    return device


def address(path: str, ids: Mapping[str, UUID]) -> str:
    filled = path
    for name in [part[1:].split("}")[0] for part in path.split("/") if part.startswith("{")]:
        value = {"z": 0, "x": 0, "y": 0, "format": "pdf", "file_format": "pdf"}.get(name)
        filled = filled.replace(f"{{{name}}}", str(ids[name] if value is None else value))
    return filled


def query(operation: Mapping[str, Any], ids: Mapping[str, UUID]) -> dict[str, str]:
    """The parameters an operation needs, and the organisation wherever it takes one."""
    given: dict[str, str] = {}
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        if parameter["in"] != "query":
            continue
        if name in ids and name.endswith("_id"):
            given[name] = str(ids[name])
        elif parameter.get("required"):
            is_day = parameter["schema"].get("format") == "date"
            given[name] = {"q": "ARM", "month": "2026-10", "lat_deg": "47", "lon_deg": "5"}.get(
                name, DAY if is_day else INSTANT
            )
            if name == "to":
                given[name] = "2026-11-20" if is_day else "2026-11-20T20:00:00Z"
    return given


def body(
    operation: Mapping[str, Any], bodies: Bodies, path: str, ids: Mapping[str, UUID]
) -> tuple[Any, dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        form = bodies.fill(content["multipart/form-data"]["schema"])
        form.pop("file", None)
        return None, {"data": form, "files": {"file": ("lamps.csv", b"X,Y\n1,2\n")}}
    if not content:
        return None, {}
    filled = bodies.fill(content["application/json"]["schema"])
    return {**filled, **(MORE[path](ids) if path in MORE else {})}, {}


def tells_nothing(path: str, answer: httpx.Response) -> bool:
    """Refused as unknown, or a list, count or tile with nothing in it."""
    if answer.status_code in REFUSED:
        return True
    if answer.status_code != 200:
        return False
    if path.endswith(".mvt"):
        return answer.content == b""
    if path.endswith(".csv"):
        return len(answer.text.splitlines()) == 1  # the heading
    if path in NOTHING:
        field, value = NOTHING[path]
        return bool(answer.json()[field] == value)
    return not answer.json()["items"]


@pytest.fixture
async def stranger(signed_in: SignedIn, database: Database) -> httpx.AsyncClient:
    """Somebody with every role in another organisation."""
    async with database.session() as session:
        elsewhere = await add_organisation(session, NOW, name="Ailleurs")
    return await signed_in(*Role, organisation_id=elsewhere)


async def test_a_stranger_learns_nothing_from_any_route(
    app: FastAPI, database: Database, stranger: httpx.AsyncClient
) -> None:
    ids = await build(database)
    description = app.openapi()
    bodies = Bodies(description, ids)
    told: list[str] = []
    asked = 0
    for method, path, operation in operations(description):
        content, extra = body(operation, bodies, path, ids)
        answer = await stranger.request(
            method, address(path, ids), params=query(operation, ids), json=content, **extra
        )
        asked += 1
        if not tells_nothing(path, answer):
            told.append(f"{method} {path} {answer.status_code} {answer.text[:200]}")
    assert not told, "\n".join(told)
    assert asked > 60


async def test_nobody_learns_anything_without_a_token(app: FastAPI, database: Database) -> None:
    ids = await build(database)
    description = app.openapi()
    transport = httpx.ASGITransport(app)
    open_routes: list[str] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for path, methods in description["paths"].items():
            if not path.startswith("/api/v1/") or path == "/api/v1/auth/token":
                continue
            for method, operation in methods.items():
                answer = await client.request(
                    method.upper(), address(path, ids), params=query(operation, ids)
                )
                if answer.status_code != 401:
                    open_routes.append(f"{method.upper()} {path} {answer.status_code}")
    assert open_routes == []

"""The registry as its callers get it over HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import httpx
import pytest

from kit.access.model import Role
from kit.db import Database
from lighting.registry.routes import router
from tests.lighting.energy.client import client_for
from tests.lighting.registry.imports.files import lamp_row, our_csv
from tests.lighting.registry.towns import AT, make_town

Json = dict[str, Any]


class World:
    """An administrator of one town."""

    def __init__(self, client: httpx.AsyncClient, town: UUID) -> None:
        self.client = client
        self.town = town

    async def post(self, path: str, status: int = 201, key: str = "", **body: Any) -> Json:
        headers = {"Idempotency-Key": key} if key else {}
        answer = await self.client.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        found: Json = answer.json() if answer.content else {}
        return found

    async def get(self, path: str, **params: Any) -> Json:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def send(self, content: bytes, key: str = "", **form: str) -> httpx.Response:
        data = {"mapping": "reverbere_csv", "organisation_id": str(self.town), **form}
        return await self.client.post(
            "/imports",
            files={"file": ("lamps.csv", content)},
            data=data,
            headers={"Idempotency-Key": key} if key else {},
        )


@pytest.fixture(scope="module")
async def world(database: Database) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        async with database.session() as session:
            town = await make_town(session, "Lunel")
        roles = (Role.PLAN, Role.WORK, Role.ADMINISTER)
        signed_in = client_for(database, router, AT, Role.SEE, town, *roles)
        client = await stack.enter_async_context(signed_in)
        yield World(client, town)


def light(world: World, code: str, **facts: Any) -> Json:
    place = {"lon_deg": 3.87, "lat_deg": 43.61}
    return {"organisation_id": str(world.town), "code": code, **place, **facts}


async def test_a_double_click_creates_one_light_point(world: World) -> None:
    body = light(world, "DC-1", street="Rue Haute")
    first, second = [await world.post("/light-points", key="click-1234", **body) for _ in range(2)]
    assert first == second
    found = await world.get("/search", q="DC-1")
    assert [one["id"] for one in found["items"]] == [first["id"]]


async def test_a_number_that_is_taken_is_a_conflict(world: World) -> None:
    await world.post("/light-points", **light(world, "TK-1"))
    refused = await world.post("/light-points", status=409, **light(world, "TK-1"))
    assert refused["code"] == "light_point_refused"


async def test_a_change_names_what_it_changes_and_is_told_in_the_history(world: World) -> None:
    made = await world.post("/light-points", **light(world, "CH-1", street="Rue Haute"))
    path = f"/light-points/{made['id']}"
    changed = (await world.client.patch(path, json={"street": "Quai"})).json()
    assert (changed["street"], changed["code"]) == ("Quai", "CH-1")
    latest, _ = (await world.get(f"/light-points/{made['id']}/history"))["items"]
    assert latest["differences"] == [{"field": "street", "before": "Rue Haute", "after": "Quai"}]
    image = await world.get(f"/light-points/{made['id']}/image")
    assert image["street"] == "Quai"


@pytest.mark.parametrize(
    "change", [{"key": 7}, {"state": None}, {"lon_deg": 200}, {"street": 5}, {"code": ""}], ids=str
)
async def test_a_change_that_makes_no_sense_is_refused(world: World, change: Json) -> None:
    made = await world.post("/light-points", **light(world, f"BAD-{next(iter(change))}"))
    answer = await world.client.patch(f"/light-points/{made['id']}", json=change)
    assert answer.status_code == 422


async def test_cabinet_circuit_light_point_and_controller_make_a_tree(world: World) -> None:
    cabinet = await world.post("/cabinets", **light(world, "ARM-T", name="Halles"))
    cabinet = await world.post(f"/cabinets/{cabinet['id']}/circuits", code="A", phase="L1")
    (circuit,) = cabinet["circuits"]
    feed = {"cabinet_id": cabinet["id"], "circuit_id": circuit["id"], "position_on_circuit": 1}
    made = await world.post("/light-points", **light(world, "TR-1", **feed))
    new = {"address": "AB01", "network": "chirpstack:main", "profile": "nas/ul20xx"}
    town = {"organisation_id": str(world.town), "expected_period_s": 900}
    controller = await world.post("/controllers", **new, **town)
    scan = {"kind": "controller", "scanned": "AB01"}
    swap = await world.post(f"/light-points/{made['id']}/installations", **scan)
    assert (swap["equipment_id"], swap["replaced_id"]) == (controller["id"], None)
    tree = await world.get(f"/assets/{cabinet['id']}/tree")
    (below,) = tree["asset"]["children"]
    (point,) = below["children"]
    assert [below["label"], point["label"], point["children"][0]["label"]] == ["A", "TR-1", "ab01"]
    there = await world.get(f"/controllers/{controller['id']}")
    assert there["light_point"] == {"id": made["id"], "code": "TR-1"}
    listed = await world.get("/cabinets", q="halles")
    assert [one["light_point_count"] for one in listed["items"]] == [1]
    await world.post(f"/light-points/{made['id']}/removals", status=204, kind="controller")
    (stay,) = (await world.get(f"/light-points/{made['id']}/installations"))["items"]
    assert stay["removed_at"] is not None


async def test_the_catalogue_is_paged(world: World) -> None:
    for model in ("Alpha", "Beta", "Gamma"):
        await world.post("/luminaire-types", maker="Acme", model=model, rated_power_w=40)
    first = await world.get("/luminaire-types", limit=2)
    rest = await world.get("/luminaire-types", limit=2, cursor=first["next_cursor"])
    models = [one["model"] for one in (*first["items"], *rest["items"])]
    assert models == ["Alpha", "Beta", "Gamma"]


async def test_an_import_is_proposed_looked_at_applied_and_undone(world: World) -> None:
    content = our_csv(lamp_row("IM-1"), lamp_row("IM-2"), lamp_row("IM-3", lon_deg=""))
    run = (await world.send(content)).json()
    assert run["state"] == "dry_run"
    assert run["counts"] == {
        **{"read": 3, "created": 2, "changed": 0, "unchanged": 0, "quarantined": 1},
        "absent": 0,
    }
    path = f"/imports/{run['id']}"
    first = await world.get(f"{path}/rows", limit=2)
    rest = await world.get(f"{path}/rows", limit=2, cursor=first["next_cursor"])
    rows = [*first["items"], *rest["items"]]
    assert [(row["row_number"], row["outcome"]) for row in rows] == [
        *((2, "created"), (3, "created")),
        (4, "quarantined"),
    ]
    assert {"field": "code", "before": None, "after": "IM-1"} in rows[0]["differences"]
    assert (rows[2]["reason_code"], rows[2]["raw"]["code"]) == ("missing_position", "IM-3")
    assert (await world.post(f"{path}/apply", status=200))["state"] == "applied"
    assert (await world.post(f"{path}/apply", status=409))["code"] == "import_state"
    assert len((await world.get("/search", q="IM-"))["items"]) == 2
    assert (await world.post(f"{path}/undo", status=200))["state"] == "undone"
    assert (await world.get("/search", q="IM-"))["items"] == []
    assert (await world.get("/imports"))["items"][0]["id"] == run["id"]


async def test_a_double_click_imports_once(world: World) -> None:
    content = our_csv(lamp_row("DB-1"))
    answers = [await world.send(content, key="import-click", dry_run="false") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = await world.send(our_csv(lamp_row("DB-2")), key="import-click", dry_run="false")
    assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("content", "form", "status", "code"),
    [
        (b"\xff\xfe\x00", {}, 422, "import_file_unreadable"),
        (our_csv(lamp_row("X")), {"mapping": "atlantis"}, 404, "not_found"),
        (our_csv(lamp_row("X")), {"organisation_id": "nobody"}, 422, "invalid_input"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused(
    world: World, content: bytes, form: dict[str, str], status: int, code: str
) -> None:
    answer = await world.send(content, **form)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_mappings_say_what_they_read(world: World) -> None:
    found = {one["name"]: one for one in (await world.get("/import-mappings"))["items"]}
    assert found["montpellier_shapefile"]["format"] == "shapefile"
    assert "City of Boise" in found["boise_csv"]["description"]

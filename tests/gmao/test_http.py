"""Maintenance over HTTP: what a console and a crew's device meet."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from gmao.crews import routes as crews
from gmao.failures import routes as failures
from gmao.stock import routes as stock
from gmao.workorders import routes as workorders
from kit.access.model import Caller
from kit.access.tokens import Tokens
from kit.clock import FixedClock
from kit.db import Database
from kit.http import problems
from kit.http.state import KitState
from kit.ids import new_id
from kit.settings import Settings
from tests.gmao.city import START, City

MAINTENANCE = (workorders, crews, stock, failures)
TOKENS = Tokens("k" * 32, timedelta(hours=1))


@pytest.fixture
async def clock() -> FixedClock:
    """A clock moved by hand."""
    return FixedClock(START)


@pytest.fixture
async def client(database: Database, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a small application that holds the routes of maintenance."""
    app = FastAPI()
    app.state.kit = KitState(Settings(), database, clock, TOKENS)
    problems.install(app)
    for routes in MAINTENANCE:
        app.include_router(routes.router)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def by(caller: Caller, key: str | None = None) -> dict[str, str]:
    """The headers of somebody's request."""
    assert caller.user_id is not None
    headers = {"Authorization": f"Bearer {TOKENS.issue(caller.user_id)}"}
    return headers | ({"Idempotency-Key": key} if key else {})


async def report(
    client: httpx.AsyncClient, city: City, light: int, key: str | None = None
) -> dict[str, Any]:
    answer = await client.post(
        "/work-orders",
        json={"light_point_id": str(city.light_ids[light]), "title": "Mât penché", "urgency": "U2"},
        headers=by(city.dispatcher, key),
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_an_order_goes_its_way(
    client: httpx.AsyncClient, clock: FixedClock, city: City
) -> None:
    order = await report(client, city, 0)
    assert (order["status"], order["outcome"], order["version"]) == ("new", "opened", 1)
    assert set(order["allowed"]) == {"qualified", "rejected", "duplicate", "cancelled"}
    way: list[tuple[Caller, dict[str, Any]]] = [
        (city.dispatcher, {"to": "qualified"}),
        (city.dispatcher, {"to": "planned", "crew_id": str(city.crew_id)}),
        (city.dispatcher, {"to": "dispatched", "planned_on": "2026-11-21"}),
        (city.worker, {"to": "en_route"}),
        (city.worker, {"to": "on_site", "position": {"lon_deg": 5.0415, "lat_deg": 47.322}}),
        (city.worker, {"to": "in_progress", "checklist_signed": True}),
    ]
    for who, body in way:
        clock.advance(timedelta(minutes=10))
        moved = await client.post(
            f"/work-orders/{order['id']}/transitions", json=body, headers=by(who)
        )
        assert moved.status_code == 200, moved.text
        assert moved.json()["status"] == body["to"]
    done = await client.post(
        f"/work-orders/{order['id']}/completion",
        json={"failure_mode": "light_out", "failure_cause": "wear", "remedy": "connection_remade"},
        headers=by(city.worker),
    )
    assert done.json()["status"] == "done"
    assert done.json()["completion"]["remedy"] == "connection_remade"
    last = done.json()["events"][-1]
    assert (last["from"], last["to"], last["author"]["name"]) == ("in_progress", "done", "Worker")


async def test_an_illegal_move_is_a_conflict_that_lists_the_legal_ones(
    client: httpx.AsyncClient, city: City
) -> None:
    order = await report(client, city, 1)
    refused = await client.post(
        f"/work-orders/{order['id']}/transitions",
        json={"to": "closed"},
        headers=by(city.dispatcher),
    )
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["code"] == "work_order_illegal_move"
    assert set(problem["allowed"]) == set(order["allowed"])
    assert problem["status"] == 409


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"to": "rejected"}, "work_order_move_incomplete"),
        ({"to": "nowhere"}, "invalid_input"),
        ({"to": "qualified", "occurred_at": "2026-11-20T17:00:00"}, "invalid_input"),
    ],
    ids=["no reason", "no such status", "no zone"],
)
async def test_a_move_that_cannot_be_read_changes_nothing(
    client: httpx.AsyncClient, city: City, body: dict[str, Any], code: str
) -> None:
    order = await report(client, city, 2)
    refused = await client.post(
        f"/work-orders/{order['id']}/transitions", json=body, headers=by(city.dispatcher)
    )
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_a_retry_with_its_key_gets_the_same_answer(
    client: httpx.AsyncClient, city: City
) -> None:
    key = str(new_id())
    first = await report(client, city, 3, key)
    assert await report(client, city, 3, key) == first
    move = {"to": "qualified", "expected_version": first["version"]}
    key = str(new_id())
    answers = [
        await client.post(
            f"/work-orders/{first['id']}/transitions",
            json=move,
            headers=by(city.dispatcher, key),
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    stale = await client.post(
        f"/work-orders/{first['id']}/transitions", json=move, headers=by(city.dispatcher)
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "work_order_changed")


async def test_a_crew_lists_its_own_orders(client: httpx.AsyncClient, city: City) -> None:
    order = await report(client, city, 4)
    for body in ({"to": "qualified"}, {"to": "planned", "crew_id": str(city.other_crew_id)}):
        await client.post(
            f"/work-orders/{order['id']}/transitions", json=body, headers=by(city.dispatcher)
        )
    for who, count in ((city.idler, 1), (city.dispatcher, 0)):
        mine = await client.get(
            "/work-orders", params={"mine": True, "status": "planned"}, headers=by(who)
        )
        assert len(mine.json()["items"]) == count


async def test_pages_and_filters(client: httpx.AsyncClient, city: City) -> None:
    await report(client, city, 5)
    query: dict[str, Any] = {"limit": 1, "organisation_id": str(city.town_id), "status": "open"}
    page = (await client.get("/work-orders", params=query, headers=by(city.viewer))).json()
    assert len(page["items"]) == 1
    following = await client.get(
        "/work-orders", params=query | {"cursor": page["next_cursor"]}, headers=by(city.viewer)
    )
    assert following.json()["items"][0]["id"] != page["items"][0]["id"]
    wrong = await client.get("/work-orders", params={"status": "lost"}, headers=by(city.viewer))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_input")


async def test_acts_beside_the_way(client: httpx.AsyncClient, city: City) -> None:
    order = await report(client, city, 5)
    path = f"/work-orders/{order['id']}"
    headers = by(city.dispatcher)
    urgent = await client.post(
        f"{path}/urgency", json={"urgency": "U1", "reason": "school"}, headers=headers
    )
    assert urgent.json()["urgency"] == "U1"
    noted = await client.post(f"{path}/notes", json={"text": "gate code 12"}, headers=headers)
    assert noted.json()["events"][-1]["note"] == "gate code 12"
    early = await client.post(
        f"{path}/assignment", json={"crew_id": str(city.crew_id)}, headers=headers
    )
    assert (early.status_code, early.json()["code"]) == (409, "work_order_illegal_move")


async def test_crews_parts_and_codes(client: httpx.AsyncClient, city: City) -> None:
    headers = by(city.dispatcher)
    listed = (await client.get("/crews", headers=headers)).json()["items"]
    assert [crew["name"] for crew in listed] == ["Nord", "Sud"]
    syndicate_id = listed[0]["organisation_id"]
    part = await client.post(
        "/parts",
        json={
            "organisation_id": syndicate_id,
            "reference": "LED-40",
            "designation": "Module LED 40 W",
            "unit_cost_eur": "61.00",
        },
        headers=headers,
    )
    store = await client.post(
        "/stores",
        json={"organisation_id": syndicate_id, "name": "Dépôt", "kind": "store"},
        headers=headers,
    )
    moved = await client.post(
        f"/stores/{store.json()['id']}/movements",
        json={"kind": "receipt", "part_id": part.json()["id"], "quantity": 3},
        headers=headers,
    )
    assert moved.json()["quantity"] == 3
    (found,) = (await client.get("/parts", params={"q": "led"}, headers=headers)).json()["items"]
    assert (found["quantity"], found["unit_cost_eur"]) == (3, "61.00")
    lines = await client.get(f"/stores/{store.json()['id']}/movements", headers=headers)
    assert [line["reason"] for line in lines.json()["items"]] == ["receipt"]
    codes = (await client.get("/failure-codes", headers=headers)).json()
    assert {"code": "end_of_life", "fr": "fin de vie", "en": "end of life"}.items() <= codes[
        "failure_causes"
    ][0].items()


ROUTES = [
    ("GET", "/work-orders/{work_order_id}"),
    ("POST", "/work-orders/{work_order_id}/transitions"),
    ("POST", "/work-orders/{work_order_id}/completion"),
    ("POST", "/work-orders/{work_order_id}/assignment"),
    ("POST", "/work-orders/{work_order_id}/urgency"),
    ("POST", "/work-orders/{work_order_id}/notes"),
    ("GET", "/crews/{crew_id}"),
    ("POST", "/crews/{crew_id}/members"),
    ("DELETE", "/crews/{crew_id}/members/{user_id}"),
    ("GET", "/stores/{store_id}/movements"),
    ("POST", "/stores/{store_id}/movements"),
]
BODIES: dict[str, dict[str, Any]] = {
    "transitions": {"to": "qualified"},
    "completion": {"failure_mode": "flicker", "failure_cause": "wear", "remedy": "cleaned"},
    "assignment": {"planned_on": "2026-11-23"},
    "urgency": {"urgency": "U1", "reason": "why"},
    "notes": {"text": "hello"},
    "movements": {"kind": "receipt", "part_id": str(new_id()), "quantity": 1},
}


def test_every_route_about_one_thing_is_tried_by_a_stranger() -> None:
    about_one = {
        (method, route.path)
        for routes in MAINTENANCE
        for route in routes.router.routes
        if isinstance(route, APIRoute) and "{" in route.path
        for method in route.methods
    }
    assert about_one == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_stranger_is_told_there_is_nothing(
    client: httpx.AsyncClient, city: City, method: str, path: str
) -> None:
    order = await report(client, city, 0)
    user_id = city.worker.user_id
    assert user_id is not None
    body = BODIES.get(path.rsplit("/", 1)[-1], {"user_id": str(user_id)})
    answer = await client.request(
        method,
        path.format(
            work_order_id=order["id"],
            crew_id=city.crew_id,
            user_id=user_id,
            store_id=city.store_id,
        ),
        json=None if method in ("GET", "DELETE") else body,
        headers=by(city.stranger),
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/work-orders", "/crews", "/parts", "/stores"])
async def test_a_stranger_lists_nothing(client: httpx.AsyncClient, city: City, path: str) -> None:
    await report(client, city, 0)
    assert (await client.get(path, headers=by(city.stranger))).json()["items"] == []


@pytest.mark.parametrize("path", ["/work-orders", "/crews", "/parts", "/stores", "/failure-codes"])
async def test_nobody_gets_in_without_a_token(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401

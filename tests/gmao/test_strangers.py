"""Nobody sees or moves what is not theirs, on any route of maintenance."""

from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from kit.ids import new_id
from tests.gmao.city import City
from tests.gmao.web import MAINTENANCE, by, report

LISTS = ["/work-orders", "/crews", "/parts", "/stores"]
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


@pytest.mark.parametrize("path", LISTS)
async def test_a_stranger_lists_nothing(client: httpx.AsyncClient, city: City, path: str) -> None:
    await report(client, city, 0)
    assert (await client.get(path, headers=by(city.stranger))).json()["items"] == []


@pytest.mark.parametrize("path", [*LISTS, "/failure-codes", "/maintenance-indicators"])
async def test_nobody_gets_in_without_a_token(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401

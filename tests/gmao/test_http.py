"""Maintenance over HTTP: what a console and a crew's device meet."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from kit.access.model import Caller
from kit.clock import FixedClock
from kit.ids import new_id
from tests.gmao.city import City
from tests.gmao.web import by, report


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


async def test_indicators_of_a_month(client: httpx.AsyncClient, city: City) -> None:
    await report(client, city, 0)
    query = {
        "organisation_id": str(city.town_id),
        "from": "2026-11-01T00:00:00Z",
        "to": "2026-12-01T00:00:00Z",
    }
    found = await client.get("/maintenance-indicators", params=query, headers=by(city.viewer))
    assert found.json()["failure_count"] >= 1
    assert found.json()["mean_time_to_restore_s"] is None or found.json()["repaired_count"] > 0
    unknown = await client.get("/maintenance-indicators", params=query, headers=by(city.stranger))
    assert unknown.status_code == 404

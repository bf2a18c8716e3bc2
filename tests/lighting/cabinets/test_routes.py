"""Cabinets alive as their callers get them over HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest

from kit.access.model import Role
from kit.db import Database
from lighting.cabinets import service
from lighting.cabinets.routes import router
from tests.lighting.cabinets.armoire import (
    AT,
    SYSTEM,
    Armoire,
    build,
    counter,
    inputs,
    instant,
    make_ingest,
    relays,
    take,
)
from tests.lighting.energy.client import client_for

NOW = AT + timedelta(minutes=2)


@pytest.fixture(scope="module")
async def armoire(database: Database) -> Armoire:
    async with database.session() as session:
        built = await build(session)
        await take(
            session,
            *(relays(1), inputs(1, 5), instant(1520.0), counter(5_000)),
            counter(5_400, at=AT + timedelta(minutes=1)),
            ingest=make_ingest(),
        )
    return built


@pytest.fixture(scope="module")
async def client(database: Database, armoire: Armoire) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may see, command and plan in the cabinet's town."""
    async with AsyncExitStack() as stack:
        roles = (Role.COMMAND, Role.PLAN)
        signed_in = client_for(database, router, NOW, Role.SEE, armoire.organisation_id, *roles)
        yield await stack.enter_async_context(signed_in)


async def get(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_cabinet_shows_meters_contacts_and_contactors(
    client: httpx.AsyncClient, armoire: Armoire
) -> None:
    state = await get(client, f"/cabinets/{armoire.cabinet_id}/state")
    assert [device["address"] for device in state["devices"]] == ["gare/1", "gare/2"]
    assert state["meters"][0]["active_power_w"] == 1520.0
    assert state["meters"][0]["active_energy_wh"] == 5_400
    door = next(one for one in state["contacts"] if one["role"] == "door_open")
    assert (door["name"], door["is_active"]) == ("porte", True)
    contactor = next(one for one in state["contactors"] if one["name"] == "nord")
    assert (contactor["actual_is_closed"], contactor["desired_is_closed"]) == (True, None)
    assert contactor["rest_is_closed"] is True


async def test_readings_and_energy_are_of_a_span(
    client: httpx.AsyncClient, armoire: Armoire
) -> None:
    span = {"from": AT.isoformat(), "to": NOW.isoformat()}
    path = f"/cabinets/{armoire.cabinet_id}"
    first = await get(client, f"{path}/readings", **span, limit=1)
    assert [one["active_power_w"] for one in first["items"]] == [1520.0]
    rest = await get(client, f"{path}/readings", **span, limit=1, cursor=first["next_cursor"])
    assert [one["active_energy_wh"] for one in rest["items"]] == [5_400]
    assert rest["next_cursor"] is None
    energy = await get(client, f"{path}/energy", **span)
    assert energy == {"imported_wh": 400, "exported_wh": 0, "reset_count": 0}


@pytest.mark.parametrize("days", [-1, 0, 32])
async def test_a_span_has_its_limits(
    client: httpx.AsyncClient, armoire: Armoire, days: int
) -> None:
    span = {"from": AT.isoformat(), "to": (AT + timedelta(days=days)).isoformat()}
    answer = await client.get(f"/cabinets/{armoire.cabinet_id}/readings", params=span)
    assert answer.status_code == 422


async def test_an_order_is_given_once_followed_and_cancelled(
    client: httpx.AsyncClient, armoire: Armoire
) -> None:
    path = f"/cabinets/{armoire.cabinet_id}/switches"
    body = {
        "contactor_id": str(armoire.contactor()),
        "is_closed": False,
        "reason": "travaux rue du Nord",
        "duration_s": 3600,
    }
    answers = [
        await client.post(path, json=body, headers={"Idempotency-Key": "one-order-of-the-north"})
        for _ in range(2)
    ]
    given = answers[0].json()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].json() == given
    assert (given["state"], given["author"]) == ("queued", "Camille Martin")
    (listed,) = (await get(client, path))["items"]
    assert listed["id"] == given["id"]
    cancelled = await client.post(f"{path}/{given['id']}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    again = await client.post(f"{path}/{given['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "switch_order_ended")
    unknown = {**body, "contactor_id": given["id"]}
    refused = await client.post(path, json=unknown)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_a_contactor")


async def test_a_device_is_taken_out_and_put_back(
    client: httpx.AsyncClient, armoire: Armoire, database: Database
) -> None:
    path = f"/cabinets/{armoire.cabinet_id}/devices"
    gone = await client.delete(f"{path}/{armoire.meter.id}")
    assert gone.status_code == 204
    assert (await client.delete(f"{path}/{armoire.meter.id}")).status_code == 404
    back = await client.post(
        path, json={"controller_id": str(armoire.meter.controller_id), "phase_count": 1}
    )
    assert back.status_code == 201, back.text
    assert (back.json()["profile"], back.json()["seen_at"]) == ("abb/b23", None)
    taken = await client.post(path, json={"controller_id": str(armoire.meter.controller_id)})
    assert (taken.status_code, taken.json()["code"]) == (409, "controller_installed")
    async with database.session() as session:
        imported, _ = await service.energy(session, SYSTEM, armoire.cabinet_id, (AT, NOW))
    assert imported.energy_wh == 400

"""Quarantine, readings and alarms as their callers get them over HTTP."""

import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from fastapi import APIRouter

from drivers.contract import PortFrame
from kit.access.model import Role
from kit.db import Database
from kit.ids import new_id
from lighting.faults.routes import router as faults
from lighting.ingest.routes import router as quarantine
from lighting.telemetry.routes import router as telemetry
from tests.lighting.energy.client import client_for
from tests.lighting.ingest.field import (
    ADDRESS,
    NIGHT,
    QUARTER,
    make_ingest,
    make_street,
    status,
    uplink,
    usage,
)
from tests.lighting.registry.towns import make_town

SPAN = {"from": NIGHT.isoformat(), "to": (NIGHT + timedelta(hours=4)).isoformat()}


class World:
    """A dark lamp of one town, its operator, and a stranger."""

    def __init__(self, operator: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
        self.operator = operator
        self.stranger = stranger
        self.light_point_id: UUID = new_id()


@pytest.fixture(scope="module")
async def world(database: Database) -> AsyncIterator[World]:
    ingest = make_ingest()
    async with database.session() as session:
        await make_street(session, ADDRESS)
        frames = [status(), uplink(PortFrame(77, b"\x01\x02"))]
        frames += [usage(NIGHT + turn * QUARTER, power_w=1) for turn in range(4)]
        frames += [usage(NIGHT + 12 * QUARTER, power_w=1)]
        for frame in frames:
            await ingest.handle(session, [frame], NIGHT + timedelta(hours=4))
        light = (
            await session.execute(sa.text("SELECT id, organisation_id FROM light_point"))
        ).one()
        elsewhere = await make_town(session, "Lille")
    router = APIRouter()
    for each in (telemetry, faults, quarantine):
        router.include_router(each)
    async with AsyncExitStack() as stack:
        operator, stranger = [
            await stack.enter_async_context(client_for(database, router, NIGHT, role, where))
            for role, where in ((Role.DISPATCH, light.organisation_id), (Role.DISPATCH, elsewhere))
        ]
        made = World(operator, stranger)
        made.light_point_id = light.id
        yield made


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_readings_come_page_by_page(world: World) -> None:
    query = {"light_point_id": str(world.light_point_id), "limit": 3, **SPAN}
    first = await get(world.operator, "/readings", **query)
    second = await get(world.operator, "/readings", cursor=first["next_cursor"], **query)
    instants = [one["at"] for one in first["items"] + second["items"]]
    assert len(instants) == len(set(instants)) == 5
    assert instants == sorted(instants)
    assert second["next_cursor"] is None
    assert (first["items"][0]["level_percent"], first["items"][0]["active_power_w"]) == (100, 1.0)


async def test_a_series_has_columns_and_gaps(world: World) -> None:
    series = await get(world.operator, f"/light-points/{world.light_point_id}/series", **SPAN)
    assert series["active_power_w"] == [1.0] * 5
    assert series["at"][1] - series["at"][0] == 900
    gap_starts = [gap["from"] for gap in series["gaps"]]
    assert gap_starts == ["2026-12-20T20:45:00Z", "2026-12-20T23:00:00Z"]
    assert series["expected_level_percent"] == []


async def test_an_alarm_is_listed_shown_and_acknowledged(world: World) -> None:
    (alarm,) = (await get(world.operator, "/alarms", cause="lamp_failure"))["items"]
    assert alarm["light_point"]["code"] == "P0000"
    assert alarm["evidence"]["active_power_w"] == 1.0
    answer = await world.operator.post(f"/alarms/{alarm['id']}/acknowledge")
    assert answer.status_code == 200
    shown = await get(world.operator, f"/alarms/{alarm['id']}")
    assert (shown["state"], shown["acknowledged_by"]["name"]) == ("acknowledged", "Camille Martin")
    assert len(shown["samples"]) == 3
    cleared = await get(world.operator, "/alarms", status="cleared")
    assert cleared["items"] == []


async def test_a_stranger_finds_nothing(world: World) -> None:
    (alarm,) = (await get(world.operator, "/alarms"))["items"]
    assert (await get(world.stranger, "/alarms", status="all"))["items"] == []
    assert (await get(world.stranger, "/quarantined-frames"))["items"] == []
    query = {"light_point_id": str(world.light_point_id), **SPAN}
    for method, path in (
        ("GET", f"/alarms/{alarm['id']}"),
        ("POST", f"/alarms/{alarm['id']}/acknowledge"),
        ("GET", f"/light-points/{world.light_point_id}/series"),
        ("GET", "/readings"),
        ("POST", f"/quarantined-frames/{new_id()}/replay"),
    ):
        answer = await world.stranger.request(method, path, params=query)
        expected = 503 if "replay" in path else 404
        assert answer.status_code == expected, (path, answer.text)


async def test_a_quarantined_frame_shows_its_bytes_and_reason(world: World) -> None:
    (frame,) = (await get(world.operator, "/quarantined-frames"))["items"]
    assert frame["reason_code"] == "port_unknown"
    assert b'"fPort": 77' in base64.b64decode(frame["payload"])
    answer = await world.operator.post(f"/quarantined-frames/{frame['id']}/replay")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")

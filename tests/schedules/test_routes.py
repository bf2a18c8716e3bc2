"""The API of calendars, control programs and nights, over a real database."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from kit.ids import new_id
from tests.schedules.conftest import World

SUNSET_TO_SUNRISE: dict[str, Any] = {
    "start": {"kind": "solar", "event": "sunset"},
    "end": {"kind": "solar", "event": "sunrise"},
}
NIGHTS = {"lat_deg": 48.8566, "lon_deg": 2.3522}


def program(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "organisation_id": str(world.town_id),
        "name": "Dim at 22",
        "active_periods": [SUNSET_TO_SUNRISE],
        "steps": [{"at": {"kind": "clock", "at": "22:00"}, "level_percent": 50, "fade_s": 60}],
        **changes,
    }


def calendar(world: World, program_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "organisation_id": str(world.town_id),
        "name": "City",
        "default_program_id": program_id,
        **changes,
    }


async def made(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def make_calendar(client: httpx.AsyncClient, world: World, **changes: Any) -> dict[str, Any]:
    kept = await made(await client.post("/control-programs", json=program(world)))
    return await made(await client.post("/calendars", json=calendar(world, kept["id"], **changes)))


async def test_a_program_is_created_read_and_changed(world: World) -> None:
    async with world.api(world.planner) as client:
        first = await made(
            await client.post("/control-programs", json=program(world, why="opening"))
        )
        assert (first["version"], first["changed_by_name"]) == (1, "Paule Planner")
        path = f"/control-programs/{first['id']}"
        assert (await client.get(path)).json() == first

        edited = program(world, level_percent=90, version=1, why="save energy")
        del edited["organisation_id"]
        second = (await client.put(path, json=edited)).json()
        assert (second["version"], second["level_percent"]) == (2, 90)
        assert second["steps"] == first["steps"]

        versions = (await client.get(f"{path}/versions", params={"limit": 1})).json()
        assert [one["version"] for one in versions["items"]] == [2]
        rest = await client.get(f"{path}/versions", params={"cursor": versions["next_cursor"]})
        assert [one["why"] for one in rest.json()["items"]] == ["opening"]


async def test_a_calendar_is_created_read_and_changed(world: World) -> None:
    async with world.api(world.planner) as client:
        first = await make_calendar(client, world, holiday_region="FR-57")
        path = f"/calendars/{first['id']}"
        assert (await client.get(path)).json() == first
        rule = {
            "name": "Weekend",
            "program_id": first["default_program_id"],
            "condition": {"kind": "week_days", "days": [5, 6]},
        }
        edited = {
            "name": "City",
            "default_program_id": first["default_program_id"],
            "rules": [rule],
            "version": 1,
            "why": "brighter weekends",
        }
        second = (await client.put(path, json=edited)).json()
        assert (second["version"], second["rules"][0]["name"]) == (2, "Weekend")
        stale = await client.put(path, json=edited)
        assert (stale.status_code, stale.json()["code"]) == (409, "schedule_changed_meanwhile")
        versions = (await client.get(f"{path}/versions")).json()
        assert [one["version"] for one in versions["items"]] == [2, 1]


async def test_nights_come_with_steps_in_utc_and_reasons_in_words(world: World) -> None:
    async with world.api(world.planner) as client:
        kept = await make_calendar(client, world)
        answer = await client.get(
            f"/calendars/{kept['id']}/nights",
            params={**NIGHTS, "from": "2026-10-24", "to": "2026-10-25"},
        )
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["next_cursor"] is None
    clocks_back, ordinary = page["items"]
    assert clocks_back["evening"] == "2026-10-24"
    assert clocks_back["starts_at"] == "2026-10-24T10:00:00Z"
    assert clocks_back["ends_at"] == ordinary["starts_at"] == "2026-10-25T11:00:00Z"
    assert (clocks_back["rule"], clocks_back["program_name"]) == (None, "Dim at 22")
    assert [step["level_percent"] for step in clocks_back["steps"]] == [0, 100, 50, 0]
    assert clocks_back["steps"][2]["starts_at"] == "2026-10-24T20:00:00Z"
    assert clocks_back["steps"][2]["fade_s"] == 60
    assert clocks_back["steps"][2]["sentences"]["fr"][0] == "Depuis le 24/10/2026 à 22:00 : 50 %."
    assert clocks_back["burning_time_s"] > clocks_back["full_load_equivalent_s"] > 0


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({**NIGHTS, "from": "2026-10-24"}, id="no end"),
        pytest.param({**NIGHTS, "from": "2026-10-24", "to": "2026-10-23"}, id="reversed"),
        pytest.param({**NIGHTS, "from": "2026-10-24", "to": "2028-10-24"}, id="too many"),
        pytest.param({**NIGHTS, "lat_deg": 91, "from": "2026-10-24", "to": "2026-10-24"}, id="lat"),
        pytest.param(
            {**NIGHTS, "timezone": "Mars", "from": "2026-10-24", "to": "2026-10-24"}, id="zone"
        ),
    ],
)
async def test_nights_refuse_what_makes_no_sense(world: World, params: dict[str, Any]) -> None:
    async with world.api(world.planner) as client:
        kept = await make_calendar(client, world)
        answer = await client.get(f"/calendars/{kept['id']}/nights", params=params)
    assert answer.status_code == 422


async def test_a_repeated_creation_makes_one_program(world: World) -> None:
    key = {"Idempotency-Key": f"key-{new_id()}"}
    async with world.api(world.planner) as client:
        answers = [
            await made(await client.post("/control-programs", json=program(world), headers=key))
            for _ in range(2)
        ]
        assert answers[0] == answers[1]
        listed = (await client.get("/control-programs")).json()["items"]
        assert [one["id"] for one in listed] == [answers[0]["id"]]
        other = await client.post(
            "/control-programs", json=program(world, name="Other"), headers=key
        )
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_repeated_creation_makes_one_calendar(world: World) -> None:
    key = {"Idempotency-Key": f"key-{new_id()}"}
    async with world.api(world.planner) as client:
        kept = await made(await client.post("/control-programs", json=program(world)))
        body = calendar(world, kept["id"])
        answers = [
            await made(await client.post("/calendars", json=body, headers=key)) for _ in range(2)
        ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("path", ["/control-programs", "/calendars"])
async def test_lists_go_by_name_page_after_page(world: World, path: str) -> None:
    names = ["Avenue", "Boulevard", "Chemin", "Digue", "Esplanade"]
    async with world.api(world.planner) as client:
        kept = await made(await client.post("/control-programs", json=program(world, name="Zzz")))
        for name in reversed(names):
            body = (
                program(world, name=name)
                if path == "/control-programs"
                else calendar(world, kept["id"], name=name)
            )
            await made(await client.post(path, json=body))
        found: list[str] = []
        cursor: str | None = None
        while True:
            params = {"limit": 2, "organisation_id": str(world.town_id)}
            page = (
                await client.get(path, params={**params, **({"cursor": cursor} if cursor else {})})
            ).json()
            found += [one["name"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert [name for name in found if name != "Zzz"] == names
        searched = (await client.get(path, params={"q": "oule"})).json()["items"]
        assert [one["name"] for one in searched] == ["Boulevard"]
        nothing = await client.get(path, params={"q": "100%"})
        assert nothing.json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"level_percent": 120}, "between 0 (off) and 100", id="too bright"),
        pytest.param({"colour": "red"}, "Extra inputs", id="unknown field"),
        pytest.param({"steps": [{"at": {"kind": "clock"}, "level_percent": 1}]}, "at", id="no at"),
    ],
)
async def test_a_program_that_makes_no_sense_says_what_to_do(
    world: World, changes: dict[str, Any], says: str
) -> None:
    async with world.api(world.planner) as client:
        answer = await client.post("/control-programs", json=program(world, **changes))
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


async def test_a_change_needs_a_reason(world: World) -> None:
    async with world.api(world.planner) as client:
        kept = await made(await client.post("/control-programs", json=program(world)))
        body = program(world, version=1)
        del body["organisation_id"]
        answer = await client.put(f"/control-programs/{kept['id']}", json=body)
    assert answer.status_code == 422
    assert "why" in answer.json()["detail"]


async def test_a_taken_name_and_a_foreign_program_are_refused_by_code(world: World) -> None:
    async with world.api(world.planner) as client:
        kept = await made(await client.post("/control-programs", json=program(world)))
        again = await client.post("/control-programs", json=program(world))
        assert (again.status_code, again.json()["code"]) == (409, "schedule_name_taken")
        lost = await client.post("/calendars", json=calendar(world, str(new_id())))
        assert (lost.status_code, lost.json()["code"]) == (422, "calendar_names_unknown_program")
    async with world.api(world.stranger) as client:
        body = calendar(world, kept["id"], organisation_id=str(world.other_town_id))
        foreign = await client.post("/calendars", json=body)
    assert foreign.json()["code"] == "calendar_names_unknown_program"


async def test_every_route_refuses_a_stranger(world: World) -> None:
    async with world.api(world.planner) as client:
        kept = await make_calendar(client, world)
    program_id = kept["default_program_id"]
    change = {"version": 1, "why": "because"}
    new_calendar = {"name": "X", "default_program_id": program_id, **change}
    new_program = {"name": "X", "active_periods": [], **change}
    nights = {**NIGHTS, "from": "2026-10-24", "to": "2026-10-24"}
    async with world.api(world.stranger) as client:
        for path in (f"/calendars/{kept['id']}", f"/control-programs/{program_id}"):
            assert (await client.get(path)).status_code == 404
            assert (await client.get(f"{path}/versions")).status_code == 404
        night_path = f"/calendars/{kept['id']}/nights"
        assert (await client.get(night_path, params=nights)).status_code == 404
        put_calendar = await client.put(f"/calendars/{kept['id']}", json=new_calendar)
        put_program = await client.put(f"/control-programs/{program_id}", json=new_program)
        assert (put_calendar.status_code, put_program.status_code) == (404, 404)
        for path in ("/calendars", "/control-programs"):
            listed = await client.get(path, params={"organisation_id": str(world.town_id)})
            assert listed.json()["items"] == []
        post_program = await client.post("/control-programs", json=program(world))
        post_calendar = await client.post("/calendars", json=calendar(world, program_id))
        assert (post_program.status_code, post_calendar.status_code) == (403, 403)


async def test_who_only_looks_reads_and_does_not_write(world: World) -> None:
    async with world.api(world.planner) as client:
        kept = await make_calendar(client, world)
    async with world.api(world.viewer) as client:
        assert (await client.get(f"/calendars/{kept['id']}")).status_code == 200
        body = {
            "name": "X",
            "default_program_id": kept["default_program_id"],
            "version": 1,
            "why": "because",
        }
        put = await client.put(f"/calendars/{kept['id']}", json=body)
        post = await client.post("/control-programs", json=program(world))
    assert (put.status_code, post.status_code) == (403, 403)


async def test_nobody_reads_without_a_token(world: World) -> None:
    async with world.api(None) as client:
        for path in ("/calendars", "/control-programs"):
            assert (await client.get(path)).status_code == 401

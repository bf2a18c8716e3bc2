"""Radio over HTTP: a plan is shown, a campaign is started by those who may, groups are entered."""

import pytest

from kit.access.model import Role
from kit.db import Database
from tests.app.http.conftest import SignedIn
from tests.lighting.radio.street import Street, make_street

GATEWAY = "0016c001f1500001"


@pytest.fixture
async def street(database: Database) -> Street:
    async with database.session() as session:
        return await make_street(session, 12, [GATEWAY])


async def test_a_plan_is_shown_before_a_campaign_and_kept_with_it(
    street: Street, signed_in: SignedIn
) -> None:
    operator = await signed_in(Role.SEE, Role.COMMAND, organisation_id=street.organisation_id)
    asked = {"target": {"organisation_id": str(street.organisation_id)}, "level_percent": 40}
    plan = (await operator.post("/api/v1/radio-plans/preview", json=asked)).json()
    assert (plan["light_count"], plan["frame_count"], plan["groups"]) == (12, 12, [])
    (gateway,) = plan["gateways"]
    assert (gateway["gateway"], gateway["sub_band"]) == (GATEWAY, "P")
    wanted = {**asked, "duration_s": 3600, "reason": "an event in the street"}
    key = {"Idempotency-Key": "campaign one"}
    answer = await operator.post("/api/v1/radio-campaigns", json=wanted, headers=key)
    assert answer.status_code == 201
    campaign = answer.json()
    assert campaign["state"] == "sending"
    assert campaign["plan"]["frame_count"] == 12
    assert campaign["outcomes"] == {"pending": 12, "proven": 0, "failed": 0}
    again = await operator.post("/api/v1/radio-campaigns", json=wanted, headers=key)
    assert again.json()["id"] == campaign["id"]
    path = f"/api/v1/radio-campaigns/{campaign['id']}"
    assert (await operator.get(path)).json() == campaign
    listed = (await operator.get("/api/v1/radio-campaigns")).json()["items"]
    assert [one["id"] for one in listed] == [campaign["id"]]
    lights = (await operator.get(f"{path}/lights?outcome=pending&limit=5")).json()
    assert len(lights["items"]) == 5
    assert lights["next_cursor"]
    assert lights["items"][0]["light_point_code"].startswith("L")
    ended = await operator.post(f"{path}/cancel")
    assert ended.json()["state"] == "cancelled"
    assert ended.json()["outcomes"]["failed"] == 12


async def test_who_may_only_see_starts_and_ends_nothing(
    street: Street, signed_in: SignedIn
) -> None:
    onlooker = await signed_in(Role.SEE, organisation_id=street.organisation_id)
    asked = {"target": {"organisation_id": str(street.organisation_id)}, "level_percent": 40}
    assert (await onlooker.post("/api/v1/radio-plans/preview", json=asked)).status_code == 200
    wanted = {**asked, "duration_s": 3600, "reason": "an event in the street"}
    assert (await onlooker.post("/api/v1/radio-campaigns", json=wanted)).status_code == 403
    group = {
        "name": "street",
        "remote_id": "g",
        "data_rate": 3,
        "light_point_ids": [str(light.id) for light in street.lights],
    }
    assert (await onlooker.post("/api/v1/radio-groups", json=group)).status_code == 403


async def test_a_group_is_entered_once_and_used_when_it_is_ready(
    street: Street, signed_in: SignedIn
) -> None:
    keeper = await signed_in(*Role, organisation_id=street.organisation_id)
    group = {
        "name": "street",
        "remote_id": "g",
        "data_rate": 3,
        "light_point_ids": [str(light.id) for light in street.lights],
        "is_ready": True,
    }
    made = await keeper.post("/api/v1/radio-groups", json=group)
    assert made.status_code == 201
    assert made.json()["members"] == {"wanted": 0, "ready": 12, "refused": 0}
    taken = await keeper.post("/api/v1/radio-groups", json=group)
    assert taken.status_code == 409
    assert taken.json()["code"] == "radio_group_name_taken"
    (listed,) = (await keeper.get("/api/v1/radio-groups")).json()["items"]
    assert listed == made.json()
    asked = {"target": {"organisation_id": str(street.organisation_id)}, "level_percent": 40}
    plan = (await keeper.post("/api/v1/radio-plans/preview", json=asked)).json()
    assert [one["name"] for one in plan["groups"]] == ["street"]
    assert plan["frame_count"] == 2
    path = f"/api/v1/radio-groups/{listed['id']}"
    lost = await keeper.patch(path, json={"is_ready": False})
    assert lost.json()["members"] == {"wanted": 12, "ready": 0, "refused": 0}
    plan = (await keeper.post("/api/v1/radio-plans/preview", json=asked)).json()
    assert plan["groups"] == []


async def test_a_campaign_without_end_is_refused(street: Street, signed_in: SignedIn) -> None:
    operator = await signed_in(Role.SEE, Role.COMMAND, organisation_id=street.organisation_id)
    wanted = {
        "target": {"organisation_id": str(street.organisation_id)},
        "level_percent": 40,
        "reason": "an event in the street",
    }
    assert (await operator.post("/api/v1/radio-campaigns", json=wanted)).status_code == 422

"""Rates and baselines over HTTP: who may enter them, what holds, what stays frozen."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Role
from kit.db import Database
from lighting.contracts import service
from lighting.contracts.model import AdjustmentKind, Component
from lighting.contracts.routes import router
from tests.lighting.energy.client import client_for
from tests.lighting.energy.estate import add_cabinet, add_organisation
from tests.lighting.energy.examples import utc

AT = utc(20)


def rate(organisation_id: UUID, value: str = "0.11", **more: object) -> dict[str, object]:
    return {
        "component": "supply_energy",
        "valid_from": "2026-01-01",
        "value": value,
        "source": "supply contract 2026",
        "organisation_id": str(organisation_id),
        **more,
    }


def baseline(organisation_id: UUID, **more: object) -> dict[str, object]:
    return {
        "organisation_id": str(organisation_id),
        "name": "Reference 2024",
        "valid_from": "2025-01-01",
        "reference_hours": "4200",
        "regime": {"switch_on_offset_min": 15, "switch_off_offset_min": -15},
        "lat_deg": 47.322,
        "lon_deg": 5.0415,
        "source": "inventory signed on 2024-12-18",
        "guaranteed_share": "0.65",
        "groups": [
            {"code": "A", "technology": "HPS 150", "light_count": 400, "circuit_power_w": "170"}
        ],
        **more,
    }


CUT = {
    "kind": "city_hours",
    "effective_from": "2026-03-01",
    "label": "municipal order 2026-12",
    "regime": {"cut_from": "23:00", "cut_to": "05:00"},
    "justification": "council of 2026-02-12",
    "author": "C. Martin",
    "countersigned_by": "The mayor",
}


async def test_a_rate_is_entered_put_right_and_found_beside_the_national_ones(
    database: Database,
) -> None:
    async with database.session() as session:
        town = await add_organisation(session, AT)
        cabinet = await add_cabinet(session, town, AT, "A-1")
    async with client_for(database, router, AT, Role.REPORT, town) as client:
        for value in ("0.12", "0.11"):
            answer = await client.put("/tariff-rates", json=rate(town, value))
            assert answer.status_code == 200
        await client.put("/tariff-rates", json=rate(town, "0.10", cabinet_id=str(cabinet)))
        found = (await client.get("/tariff-rates", params={"organisation_id": str(town)})).json()
        own = [one for one in found["items"] if one["organisation_id"]]
        assert sorted(Decimal(one["value"]) for one in own) == [Decimal("0.10"), Decimal("0.11")]
        assert {"excise", "cta", "vat"} <= {one["component"] for one in found["items"]}
        factors = (await client.get("/co2-factors")).json()["items"]
        assert [one["source"] for one in factors if one["territory"] == "GF"] == [
            "order of 10 April 2012, annex I (NOR TRAT1209296A)"
        ]


async def test_strangers_and_those_who_only_see_enter_nothing(database: Database) -> None:
    async with database.session() as session:
        town = await add_organisation(session, AT, "Villeneuve")
        elsewhere = await add_organisation(session, AT, "Ailleurs")
    async with client_for(database, router, AT, Role.REPORT, elsewhere) as client:
        assert (await client.put("/tariff-rates", json=rate(town))).status_code == 404
        assert (await client.post("/baselines", json=baseline(town))).status_code == 404
        asked = {"organisation_id": str(town)}
        assert (await client.get("/tariff-rates", params=asked)).status_code == 404
        assert (await client.get("/baselines", params=asked)).status_code == 404
        nobody = {**rate(town), "organisation_id": None}
        assert (await client.put("/tariff-rates", json=nobody)).status_code == 422
        foreign = rate(elsewhere, cabinet_id=str(UUID(int=7)))
        assert (await client.put("/tariff-rates", json=foreign)).status_code == 404
    async with client_for(database, router, AT, Role.SEE, town) as client:
        assert (await client.put("/tariff-rates", json=rate(town))).status_code == 403
        assert (await client.post("/baselines", json=baseline(town))).status_code == 403


async def test_a_baseline_is_frozen_and_takes_numbered_signed_adjustments(
    database: Database,
) -> None:
    async with database.session() as session:
        town = await add_organisation(session, AT, "Mirebeau")
    async with client_for(database, router, AT, Role.REPORT, town) as client:
        answer = await client.post("/baselines", json=baseline(town))
        assert answer.status_code == 201
        made = answer.json()
        assert made["timezone"] == "Europe/Paris"
        again = await client.post("/baselines", json=baseline(town))
        assert (again.status_code, again.json()["code"]) == (409, "baseline_exists")
        path = f"/baselines/{made['id']}/adjustments"
        added = {**CUT, "kind": "addition", "light_count": 50, "circuit_power_w": "83"}
        assert (await client.post(path, json=added)).status_code == 422
        del added["regime"]
        assert (await client.post(path, json=added)).json()["perimeter_version"] == 1
        assert (await client.post(path, json=CUT)).json()["perimeter_version"] == 2
        listed = await client.get("/baselines", params={"organisation_id": str(town)})
        (found,) = listed.json()["items"]
        assert [one["kind"] for one in found["adjustments"]] == ["addition", "city_hours"]
        missing = f"/baselines/{UUID(int=9)}/adjustments"
        assert (await client.post(missing, json=CUT)).status_code == 404
    async with database.session() as session:
        basis = await service.pricing_basis(session, town, date(2026, 10, 1), date(2026, 10, 31))
    assert basis.baseline is not None
    assert basis.baseline.adjustments[1].kind is AdjustmentKind.CITY_HOURS
    assert basis.organisation_ids == [town]
    assert Component.VAT in {one.component for one in basis.rates}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"regime": {"cut_from": "23:00"}}, id="half a cut"),
        pytest.param({"regime": {"cut_from": "23:00Z", "cut_to": "05:00Z"}}, id="cut in UTC"),
        pytest.param({"groups": []}, id="no group"),
        pytest.param({"reference_hours": "9000"}, id="more hours than a year has"),
        pytest.param({"guaranteed_share": "1.2"}, id="more than everything guaranteed"),
    ],
)
async def test_a_baseline_that_makes_no_sense_is_refused(
    database: Database, changed: dict[str, object]
) -> None:
    async with database.session() as session:
        town = await add_organisation(session, AT, "Talant")
    async with client_for(database, router, AT, Role.REPORT, town) as client:
        answer = await client.post("/baselines", json=baseline(town, **changed))
        assert answer.status_code == 422


@pytest.mark.parametrize("statement", ["UPDATE baseline SET name = ''", "DELETE FROM baseline"])
async def test_the_database_itself_keeps_a_baseline_frozen(
    database: Database, session: AsyncSession, statement: str
) -> None:
    async with database.session() as setup:
        town = await add_organisation(setup, AT, "Quetigny")
    async with client_for(database, router, AT, Role.REPORT, town) as client:
        assert (await client.post("/baselines", json=baseline(town))).status_code == 201
    with pytest.raises(DBAPIError, match="is frozen"):
        await session.execute(sa.text(statement))

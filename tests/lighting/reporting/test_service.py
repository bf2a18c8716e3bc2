"""Freezing a month: over HTTP, idempotent, versioned, never changed."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pypdf
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Role
from kit.db import Database, raw
from kit.ids import new_id
from lighting.contracts import service as contracts
from lighting.contracts.model import Component, Rate
from lighting.energy import service as energy
from lighting.reporting import canonical, service
from lighting.reporting.model import DelayFacts
from lighting.reporting.routes import router
from tests.lighting.energy.client import client_for
from tests.lighting.energy.estate import (
    SYSTEM,
    Light,
    add_cabinet,
    add_lights,
    add_organisation,
    arrive,
)
from tests.lighting.energy.examples import every_quarter, utc

FITTED_AT = utc(1, month=9)
CLOSED_AT = utc(4, 8)
OCTOBER = date(2026, 10, 1)


async def live_through_october(
    session: AsyncSession, name: str, insee_code: str | None = None
) -> tuple[UUID, list[Light]]:
    """Six lights in two cabinets that each draw 10 Wh a quarter-hour, all month long."""
    town = await add_organisation(session, FITTED_AT, name, insee_code)
    lights = []
    for code in ("A-1", "A-2"):
        cabinet = await add_cabinet(session, town, FITTED_AT, code, f"Quartier {code}")
        lights += await add_lights(session, town, FITTED_AT, 3, cabinet, prefix=f"{code}-")
    for light in lights:
        values = [1000 + 10 * step for step in range(4 * 24 * 32 + 8)]
        samples = every_quarter(utc(30, 21, month=9), values, light.controller_key)
        await arrive(session, samples, CLOSED_AT)
    await energy.recompute_dirty(session, CLOSED_AT)
    for component, value in ((Component.SUPPLY_ENERGY, "0.10"), (Component.SUPPLY_FIXED, "120")):
        rate = Rate(component, OCTOBER, Decimal(value), "contract", organisation_id=town)
        await contracts.set_rate(session, SYSTEM, rate, at=FITTED_AT)
    return town, lights


async def add_outage(session: AsyncSession, town: UUID, light: Light) -> None:
    connection = await raw(session)
    await connection.execute(
        """
        INSERT INTO alarm (id, organisation_id, asset_type, asset_id, light_point_id, cause,
            urgency, state, raised_at, last_seen_at, evidence_count, cleared_at, evidence)
        VALUES ($1, $2, 'light_point', $3, $3, 'lamp_failure', 'U3', 'normal', $4, $4, 3, $5, '{}')
        """,
        *(new_id(), town, light.id, utc(10, 20, month=10), utc(12, 20, month=10)),
    )


def asked(town: UUID) -> dict[str, str]:
    return {"organisation_id": str(town), "month": "2026-10"}


async def test_a_month_is_frozen_with_its_figures_and_files(database: Database) -> None:
    async with database.session() as session:
        town, lights = await live_through_october(session, "Villeneuve", "21703")
        await add_outage(session, town, lights[0])
    async with client_for(database, router, CLOSED_AT, Role.REPORT, town) as client:
        answer = await client.post("/reports", json=asked(town))
        assert answer.status_code == 201, answer.text
        made = answer.json()
        told = made["summary"]
        assert (made["version"], made["month"], made["changes"]) == (1, "2026-10", [])
        assert told["energy_wh"] == told["measured_wh"] == 6 * 745 * 40
        # 178.8 kWh at 0.10 and 30.85 EUR/MWh, two standing charges of 10 EUR, 20 % VAT.
        assert told["cost_eur"] == "52.08"
        assert Decimal(told["co2_kg"]) == Decimal("7.2")
        assert Decimal(told["availability"]) < 1
        for stored in made["files"]:
            path = f"/reports/{made['id']}/files/{stored['format']}"
            got = await client.get(path, params={"language": stored["language"] or "fr"})
            assert canonical.sha256(got.content) == stored["sha256"]
            assert len(got.content) == stored["size_bytes"]
            assert got.headers["etag"] == f'"{stored["sha256"]}"'
            assert got.headers["content-type"].startswith(stored["media_type"].split(";")[0])
        assert {stored["format"] for stored in made["files"]} == {"pdf", "xlsx", "csv", "json"}
        assert (await client.get(f"/reports/{made['id']}")).json() == made
        assert (await client.get(f"/reports/{made['id']}/files/docx")).status_code == 422


async def test_the_files_made_again_from_what_is_stored_are_the_same(database: Database) -> None:
    async with database.session() as session:
        town, _ = await live_through_october(session, "Mirebeau")
        report = await service.make_month(session, SYSTEM, town, OCTOBER, at=CLOSED_AT)
    async with database.session() as session:
        kept = await service.report(session, SYSTEM, report.id)
        stored = (await service.files(session, [report.id]))[report.id]
        made = {one.name: one.sha256 for one in service.remake(kept)}
    assert made == {one.name: one.sha256 for one in stored}
    assert canonical.sha256(kept.inputs) == kept.inputs_sha256


async def test_asked_again_without_new_facts_the_same_version_answers(database: Database) -> None:
    async with database.session() as session:
        town, _ = await live_through_october(session, "Talant")
    async with client_for(database, router, CLOSED_AT, Role.REPORT, town) as client:
        first = (await client.post("/reports", json=asked(town))).json()
        assert (await client.post("/reports", json=asked(town))).json() == first
        key = {"Idempotency-Key": "october-of-talant"}
        assert (await client.post("/reports", json=asked(town), headers=key)).json() == first
        assert (await client.post("/reports", json=asked(town), headers=key)).json() == first
        listed = (await client.get("/reports")).json()
    assert [one["id"] for one in listed["items"]] == [first["id"]]


async def test_late_data_make_a_new_version_and_leave_the_old_one(database: Database) -> None:
    async with database.session() as session:
        town, lights = await live_through_october(session, "Quetigny")
    async with client_for(database, router, CLOSED_AT, Role.REPORT, town) as client:
        first = (await client.post("/reports", json=asked(town))).json()
        before = await client.get(f"/reports/{first['id']}/files/pdf")
        async with database.session() as session:
            # A reading between two others, a few watt-hours above the straight line.
            late = (lights[0].controller_key, utc(24, 22, 5, month=10), 1000 + 10 * 2308 + 6)
            await arrive(session, [late], CLOSED_AT)
            await add_outage(session, town, lights[1])
        refused = await client.post("/reports", json=asked(town))
        assert (refused.status_code, refused.json()["code"]) == (409, "month_not_computed")
        async with database.session() as session:
            await energy.recompute_dirty(session, CLOSED_AT)
        second = (await client.post("/reports", json=asked(town))).json()
        assert second["version"] == 2
        assert "dark" in {one["what"] for one in second["changes"]}
        after = await client.get(f"/reports/{first['id']}/files/pdf")
        assert after.content == before.content
        printed = await client.get(f"/reports/{second['id']}/files/pdf?language=en")
        text = pypdf.PdfReader(io.BytesIO(printed.content)).pages[1].extract_text()
        assert "What changed since the previous version" in text
        pages = await client.get("/reports", params={"limit": 1, "month": "2026-10"})
        rest = await client.get("/reports", params={"cursor": pages.json()["next_cursor"]})
        versions = [one["version"] for one in pages.json()["items"] + rest.json()["items"]]
        assert versions == [2, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE report SET version = 9",
        "DELETE FROM report_file",
        "UPDATE report_file SET content = ''",
    ],
)
async def test_the_database_itself_keeps_a_closed_month_closed(
    session: AsyncSession, statement: str
) -> None:
    town, _ = await live_through_october(session, "Plombières")
    await service.make_month(session, SYSTEM, town, OCTOBER, at=CLOSED_AT)
    with pytest.raises(DBAPIError, match="is frozen"):
        await session.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("month", "code"),
    [
        pytest.param("2026-11", "month_not_over", id="still running"),
        pytest.param("2026-08", "month_without_energy", id="before anything was lit"),
    ],
)
async def test_a_month_that_cannot_be_closed_says_why(
    database: Database, month: str, code: str
) -> None:
    async with database.session() as session:
        town = await add_organisation(session, FITTED_AT, f"Ville {code}")
    async with client_for(database, router, CLOSED_AT, Role.REPORT, town) as client:
        answer = await client.post("/reports", json={**asked(town), "month": month})
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        answer = await client.post("/reports", json={**asked(town), "month": "2026-13"})
        assert answer.status_code == 422


async def test_only_those_with_the_role_make_reports_and_strangers_see_none(
    database: Database,
) -> None:
    async with database.session() as session:
        town, _ = await live_through_october(session, "Saint-Apollinaire")
        elsewhere = await add_organisation(session, FITTED_AT, "Ailleurs")
        report = await service.make_month(session, SYSTEM, town, OCTOBER, at=CLOSED_AT)
    async with client_for(database, router, CLOSED_AT, Role.SEE, town) as client:
        assert (await client.post("/reports", json=asked(town))).status_code == 403
        assert (await client.get(f"/reports/{report.id}/files/csv")).status_code == 200
    async with client_for(database, router, CLOSED_AT, Role.REPORT, elsewhere) as client:
        assert (await client.post("/reports", json=asked(town))).status_code == 404
        assert (await client.get(f"/reports/{report.id}")).status_code == 404
        assert (await client.get(f"/reports/{report.id}/files/pdf")).status_code == 404
        assert (await client.get("/energy/summary", params=asked(town))).status_code == 404
        assert (await client.get("/reports")).json()["items"] == []


async def test_delays_told_by_the_application_are_in_the_report(session: AsyncSession) -> None:
    async def delays(
        session: AsyncSession, organisation_ids: Sequence[UUID], start: datetime, end: datetime
    ) -> Sequence[DelayFacts]:
        assert end - start == timedelta(hours=745)
        return [DelayFacts("U3", 4, 3, 3600)]

    town, _ = await live_through_october(session, "Fontaine")
    report = await service.make_month(session, SYSTEM, town, OCTOBER, at=CLOSED_AT, delays=delays)
    assert canonical.decode_inputs(report.inputs).delays == [DelayFacts("U3", 4, 3, 3600)]


async def test_everything_below_an_organisation_is_in_its_report(session: AsyncSession) -> None:
    syndicate = await add_organisation(session, FITTED_AT, "Syndicat")
    town = await add_organisation(session, FITTED_AT, "Commune", parent_id=syndicate)
    (light,) = await add_lights(session, town, FITTED_AT, 1)
    values = [10 * step for step in range(200)]
    await arrive(session, every_quarter(utc(9, month=10), values, light.controller_key), CLOSED_AT)
    await energy.recompute_dirty(session, CLOSED_AT)
    report = await service.make_month(session, SYSTEM, syndicate, OCTOBER, at=CLOSED_AT)
    assert report.summary["energy_wh"] == 1990
    assert report.summary["cost_eur"] is None


async def test_a_running_month_is_shown_up_to_yesterday(database: Database) -> None:
    async with database.session() as session:
        town, _ = await live_through_october(session, "Chenôve")
    at = datetime(2026, 10, 16, 9, tzinfo=UTC)
    async with client_for(database, router, at, Role.SEE, town) as client:
        told = (await client.get("/energy/summary", params=asked(town))).json()
        assert (told["from"], told["to"]) == ("2026-10-01", "2026-10-15")
        assert told["summary"]["energy_wh"] == 6 * 15 * 24 * 40
        assert Decimal(told["co2_kg_per_kwh"]) == Decimal("0.040")
        early = await client.get("/energy/summary", params={**asked(town), "month": "2026-11"})
        assert early.json()["code"] == "month_without_energy"

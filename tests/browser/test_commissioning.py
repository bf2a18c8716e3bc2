"""A controller is put into service from the street, with a phone in one hand; what could not be
read is looked at from a desk."""

import re

import pytest
from playwright.async_api import Geolocation, Page, expect

from app.hearing import build_ingests
from drivers.contract import Frame, PortFrame
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.db import Database
from lighting.commissioning import self_test
from lighting.ingest.directory import Directory
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from lighting.registry.model import AssetState
from tests.browser.conftest import PASSWORD, Site, sign_in
from tests.lighting.ingest.field import uplink, usage
from tests.lighting.registry.towns import caller, make_light

expect.set_options(timeout=15_000)

SYSTEM = Caller.system("test")
FITTER = "fitter@example.org"
ADDRESS = "70b3d5499f0000aa"
LABEL = "70-B3-D5-49-9F-00-00-AA"
PLACE = "N00041"
IN_THE_STREET: Geolocation = {"latitude": 47.3301, "longitude": 5.0500}
APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"


@pytest.fixture(scope="module")
async def street(site: Site, database: Database) -> Site:
    """Two columns without controller, a device nobody knows, and who puts one on the other."""
    now = site.town.clock.now()
    async with database.session() as session:
        organisation_id = site.town.organisation_id
        await networks.create(
            session,
            SYSTEM,
            NewNetwork(organisation_id, NetworkKind.CHIRPSTACK, APPLICATION, "LoRaWAN", {}),
            at=now,
        )
        await access.create_account(
            session,
            SYSTEM,
            at=now,
            email=FITTER,
            display_name="Fitter",
            password=PASSWORD,
            roles=[(role, organisation_id) for role in (Role.WORK, Role.PLAN, Role.ADMINISTER)],
            language="en",
        )
        planner = caller(organisation_id)
        for number, code in enumerate((PLACE, "N00042")):
            await make_light(
                *(session, planner, organisation_id, code),
                street="Rue Neuve",
                lon_deg=5.0500,
                lat_deg=47.3300 + 0.0004 * number,
                state=AssetState.IN_SERVICE,
            )
    unreadable = [uplink(PortFrame(26, b"\x07" * n), now, ADDRESS) for n in (1, 2)]
    await hear(database, site, usage(now, address=ADDRESS), *unreadable)
    return site


async def hear(database: Database, site: Site, *frames: Frame) -> None:
    ingest = build_ingests(Directory())["chirpstack"]
    async with database.session() as session:
        await ingest.handle(session, frames, site.town.clock.now())


async def test_a_controller_goes_into_service_by_its_label(
    phone: Page, street: Site, database: Database
) -> None:
    await phone.context.grant_permissions(["geolocation"])
    await phone.context.set_geolocation(IN_THE_STREET)
    await sign_in(phone, street, FITTER, "/estate/commissioning")
    await expect(phone.get_by_role("article", name=ADDRESS)).to_contain_text("UL2020")
    await phone.get_by_role("link", name="Scan a label").click()
    await phone.get_by_label("Label of the controller").fill(LABEL)
    await phone.get_by_role("button", name="Read").click()
    await expect(phone.get_by_role("article", name=ADDRESS)).to_be_visible()
    await phone.get_by_role("button", name="Around me").click()
    place = phone.get_by_role("radio", name=re.compile(PLACE))
    await expect(place).to_contain_text("11 m away")
    await place.click()
    await phone.get_by_role("button", name="Put into service").click()
    await expect(phone.get_by_role("heading", name=PLACE, level=1)).to_be_visible()
    await _test_fails_for_want_of_an_answer(phone, street, database)
    await phone.get_by_role("button", name="Take the controller out").click()
    await phone.get_by_label("Reason").fill("wrong column")
    dialog = phone.get_by_role("dialog")
    await dialog.get_by_role("button", name="Take the controller out").click()
    await expect(phone.get_by_text("Taken out", exact=True)).to_be_visible()


async def _test_fails_for_want_of_an_answer(phone: Page, street: Site, database: Database) -> None:
    """Nobody obeys here; the person standing there is told so."""
    await phone.get_by_role("button", name="Start the test").click()
    await expect(phone.get_by_text("waiting for the answer")).to_be_visible()
    street.town.clock.advance(self_test.rules.LEVEL_TIME_MAX)
    async with database.session() as session:
        await self_test.advance(session, street.town.clock.now())
    await expect(phone.get_by_text("The order did not leave")).to_be_visible()
    await expect(phone.get_by_text("Not tried").first).to_be_visible()


async def test_quarantine_is_read_by_group_and_replayed(desk: Page, street: Site) -> None:
    await sign_in(desk, street, FITTER, "/estate/quarantine")
    groups = desk.get_by_role("list", name="By reason and network")
    await groups.get_by_role("button", name=re.compile("Unknown controller")).click()
    await expect(desk.get_by_text(ADDRESS).first).to_be_visible()
    await desk.get_by_text(ADDRESS).first.click()
    await expect(desk.get_by_text('"devEui"')).to_be_visible()
    await desk.get_by_role("button", name="Replay this group").click()
    await expect(desk.get_by_text(re.compile("none can be read yet"))).to_be_visible()

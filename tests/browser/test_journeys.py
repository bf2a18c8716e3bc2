"""The jobs of people, done in a real browser against the real server and the real pipeline.

Each test is one job from sign-in to its end, and stands alone; they follow each other in the order
of time, which in a town only goes forward.
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import FilePayload, Geolocation, Page, Route, expect

from tests.browser.conftest import DEAD, Site, sign_in
from tests.lighting.registry.imports.files import lamp_row, our_csv

# A browser that draws without a graphics card, beside a database, on two cores.
expect.set_options(timeout=15_000)

LAMP = "L00003"
ORDER = "OT-2026-000001"
CREW = "Équipe Nord"
AT_THE_LAMP: Geolocation = {"latitude": 47.32, "longitude": 5.0408}
NEW_LAMPS = our_csv(
    lamp_row("N00001", street="Rue Neuve"),
    lamp_row("N00002", street="Rue Neuve"),
    lamp_row("N00003", street="Rue Neuve", lat_deg=97.33),
)
AFTER_THE_MONTH = datetime(2026, 12, 2, 8, tzinfo=UTC)
SMALLEST_REPORT_BYTES = 2_000
FAR_AWAY: Geolocation = {"latitude": 47.33, "longitude": 5.0408}
SCREENS = {
    "/": "Map of the lighting",
    "/incidents": "Incidents",
    "/orders": "Work",
    "/light": "Light",
    "/light/calendars": "Light",
    "/light/programs": "Light",
    "/energy": "Energy",
    "/energy/reports": "Energy",
    "/estate": "Estate",
    "/estate/cabinets": "Estate",
    "/estate/imports": "Estate",
    "/estate/networks": "Estate",
    "/crew": "Round",
}


async def test_a_dead_lamp_is_seen_sent_for_repaired_and_verified(
    desk: Page, phone: Page, site: Site
) -> None:
    await sign_in(desk, site, site.operator)
    await _operator_finds_out_what_is_wrong(desk)
    await _operator_acknowledges(desk)
    await _operator_sends_the_crew(desk)
    await sign_in(phone, site, site.crew, "/crew")
    await _crew_arrives(phone)
    await _crew_works_safely_and_closes(phone)
    await _lamp_burns_again(site)
    await _operator_sees_it_verified(desk)


async def _operator_finds_out_what_is_wrong(desk: Page) -> None:
    now = desk.get_by_role("complementary", name="Right now")
    await expect(now.get_by_role("button", name="Lamp out 1")).to_be_visible()
    await now.get_by_role("link", name=LAMP).click()
    panel = desk.get_by_role("complementary", name="Chosen object")
    await expect(panel.get_by_role("heading", name=LAMP)).to_be_visible()
    await expect(panel.get_by_role("link", name="Lamp out")).to_be_visible()
    await expect(panel.get_by_role("link", name=ORDER)).to_contain_text("New")
    why = panel.get_by_role("listitem")
    await expect(why.filter(has_text="Calendar “Abaissement 22 h – 6 h”")).to_be_visible()
    await expect(why.filter(has_text="Last reading")).to_contain_text("0.0 W")
    await panel.get_by_role("link", name="Open page").click()
    await expect(desk.get_by_role("heading", name=LAMP, level=1)).to_be_visible()


async def _operator_acknowledges(desk: Page) -> None:
    await desk.get_by_role("link", name="Lamp out").click()
    detail = desk.get_by_role("region", name="Incident detail")
    await expect(detail.get_by_role("link", name=ORDER)).to_be_visible()
    await detail.get_by_role("button", name="Acknowledge").click()
    await _is_told(desk, "Incident acknowledged.")
    await expect(detail.get_by_role("button", name="Acknowledge")).to_be_hidden()
    await expect(detail.get_by_text("Operator")).to_be_visible()


async def _operator_sends_the_crew(desk: Page) -> None:
    await _go(desk, "Work")
    await desk.get_by_role("row", name=ORDER).click()
    await desk.get_by_role("button", name="Qualify").click()
    await _is_told(desk, "Work order: Qualified")
    await desk.get_by_role("button", name="Plan", exact=True).click()
    plan = desk.get_by_role("dialog", name="Plan")
    await plan.get_by_label("Crew").select_option(CREW)
    await plan.get_by_role("button", name="Plan", exact=True).click()
    await _is_told(desk, "Work order: Planned")
    await desk.get_by_role("button", name="Dispatch").click()
    sending = desk.get_by_role("dialog", name="Dispatch")
    await sending.get_by_role("button", name="Dispatch").click()
    await _is_told(desk, "Work order: Dispatched")


async def _crew_arrives(phone: Page) -> None:
    await phone.context.grant_permissions(["geolocation"])
    await phone.context.set_geolocation(FAR_AWAY)
    await phone.get_by_role("link", name=LAMP).click()
    await phone.get_by_role("button", name="I am leaving").click()
    await phone.get_by_role("button", name="I am on site").click()
    await expect(phone.get_by_label("Position not confirmed: why?")).to_be_visible()
    await phone.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await phone.context.set_geolocation(AT_THE_LAMP)
    await phone.get_by_role("button", name="I am on site").click()
    await _is_told(phone, "Work order: On site")


async def _crew_works_safely_and_closes(phone: Page) -> None:
    await phone.get_by_role("button", name="I start").click()
    safety = phone.get_by_role("dialog", name="Start")
    start = safety.get_by_role("button", name="Start")
    await expect(start).to_be_disabled()
    for line in await safety.get_by_role("checkbox").all():
        await line.check()
    await start.click()
    await phone.get_by_role("button", name="I am done").click()
    closing = phone.get_by_role("dialog", name=f"Complete {ORDER}")
    for question in ("What had failed", "Why", "What was done"):
        await closing.get_by_label(question).select_option(index=1)
    await closing.get_by_role("button", name="Work done").click()
    await _is_told(phone, "Work done. The light must now confirm it.")


async def _lamp_burns_again(site: Site) -> None:
    site.town.street.city.repair(DEAD, site.town.now)
    await site.town.live(site.town.now + timedelta(hours=1))


async def _operator_sees_it_verified(desk: Page) -> None:
    events = desk.get_by_role("listitem")
    await expect(events.filter(has_text="Verified").first).to_be_visible()
    await _go(desk, "Map")
    now = desk.get_by_role("complementary", name="Right now")
    await expect(now.get_by_text("No open incident.")).to_be_visible()
    await expect(now.get_by_role("button", name="Lamp out")).to_be_hidden()


async def test_an_operator_lights_a_street_fully_for_an_hour(desk: Page, site: Site) -> None:
    await sign_in(desk, site, site.operator, "/light")
    await desk.get_by_role("button", name="Send a command").click()
    target = desk.get_by_role("dialog", name="Which cabinet?")
    await target.get_by_role("combobox", name="Cabinet").select_option("ARM-1")
    await target.get_by_role("button", name="Continue").click()
    command = desk.get_by_role("dialog", name="Command: cabinet ARM-1")
    await command.get_by_role("button", name="100%").click()
    await expect(command.get_by_role("radio", name="1 h")).to_be_checked()
    confirm = command.get_by_role("button", name="Send to 10 lights")
    await expect(confirm).to_be_disabled()
    await command.get_by_label("Reason").fill("Accident, the fire brigade asks for light")
    await confirm.click()
    await _is_told(desk, "Command stored, it leaves within seconds.")
    await expect(desk.get_by_role("heading", name="100% · ")).to_be_visible()
    await site.town.live(site.town.now + timedelta(minutes=5))
    answers = desk.get_by_role("table", name="Answer of each light").get_by_role("row")
    answered = re.compile("Acknowledged|Applied")
    await expect(
        answers.filter(has_text=re.compile(r"L000\d\d")).filter(has_text=answered)
    ).to_have_count(10)


async def test_an_import_is_seen_before_it_is_applied_and_can_be_undone(
    desk: Page, site: Site
) -> None:
    await sign_in(desk, site, site.steward, "/estate/imports")
    await desk.get_by_role("button", name="Import a file").click()
    dialog = desk.get_by_role("dialog", name="Import a file")
    await dialog.get_by_label("Drop a file here or choose one").set_input_files(
        FilePayload(name="new_lamps.csv", mimeType="text/csv", buffer=NEW_LAMPS)
    )
    await dialog.get_by_label("Column mapping").select_option(
        "Réverbère: our own layout (CSV, degrees)"
    )
    await dialog.get_by_role("button", name="Read and compare").click()
    await expect(desk.get_by_text("Nothing is changed yet.")).to_be_visible()
    created = desk.get_by_role("row", name="N00001")
    await expect(created).to_contain_text("Rue Neuve")
    await desk.get_by_text("Quarantined").click()
    await expect(desk.get_by_role("row", name="N00003")).to_contain_text("outside the area")
    await desk.get_by_role("button", name="Apply (2 rows)").click()
    await _is_told(desk, "Import applied.")
    await _finds(desk, "Rue Neuve", count=2)
    await desk.get_by_role("button", name="Undo this import").click()
    await _is_told(desk, "Import undone: the estate is back as it was.")
    await _finds(desk, "Rue Neuve", count=0)


async def _finds(desk: Page, street: str, *, count: int) -> None:
    """How many light points of a street the search knows."""
    await desk.keyboard.press("Control+k")
    search = desk.get_by_role("dialog", name="Search")
    await search.get_by_role("combobox").fill(street)
    await expect(search.get_by_role("option", name="Light point")).to_have_count(count)
    await desk.keyboard.press("Escape")


async def test_the_keyboard_alone_leads_to_a_light(desk: Page, site: Site) -> None:
    await sign_in(desk, site, site.operator)
    await expect(desk.get_by_role("heading", name="Map of the lighting")).to_be_visible()
    await desk.keyboard.press("Tab")
    await expect(desk.get_by_role("link", name="Skip to content")).to_be_focused()
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_role("main")).to_be_focused()
    await desk.keyboard.press("Control+k")
    search = desk.get_by_role("dialog", name="Search")
    await expect(search.get_by_role("combobox")).to_be_focused()
    await desk.keyboard.type(LAMP)
    await expect(search.get_by_role("option", name=LAMP).first).to_be_visible()
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_role("heading", name=LAMP, level=1)).to_be_visible()


async def test_no_screen_asks_anything_of_the_outside(desk: Page, site: Site) -> None:
    asked: list[str] = []

    async def refuse(route: Route) -> None:
        asked.append(route.request.url)
        await route.abort()

    await desk.context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", refuse)
    await sign_in(desk, site, site.operator)
    await expect(desk.get_by_role("navigation", name="Main navigation")).to_be_visible()
    for path, title in SCREENS.items():
        await desk.goto(site.url + path)
        await expect(desk.get_by_role("heading", name=title, level=1)).to_be_visible()
        await desk.wait_for_load_state()
    assert asked == []


async def test_finance_closes_the_month_and_takes_its_files(desk: Page, site: Site) -> None:
    site.town.clock.advance(AFTER_THE_MONTH - site.town.now)
    await site.town.settle_energy()
    await sign_in(desk, site, site.finance, "/energy/reports")
    await desk.get_by_role("combobox", name="Month").select_option("November 2026")
    await desk.get_by_role("button", name="Make the report").click()
    await _is_told(desk, "Report of November 2026 made.")
    for format, first_bytes in {"PDF": b"%PDF", "XLSX": b"PK"}.items():
        async with desk.expect_download() as downloading:
            await desk.get_by_role("button", name=format).click()
        download = await downloading.value
        content = await asyncio.to_thread(Path(await download.path()).read_bytes)
        assert download.suggested_filename.endswith(f".{format.lower()}")
        assert content.startswith(first_bytes)
        assert len(content) > SMALLEST_REPORT_BYTES


async def test_an_administrator_enters_the_network_that_controllers_name(
    desk: Page, phone: Page, site: Site
) -> None:
    await sign_in(desk, site, site.steward)
    await _go(desk, "Estate")
    await desk.get_by_role("link", name="Networks").click()
    astray = desk.get_by_role("region", name="Controllers name a network that nobody has entered")
    await expect(astray.get_by_role("listitem")).to_contain_text("10 controllers")
    await astray.get_by_role("button", name="Enter it").click()
    form = desk.get_by_role("dialog", name="Enter a network")
    await expect(form.get_by_role("radio", name="ChirpStack")).to_be_checked()
    await form.get_by_label("Title").fill("LoRaWAN of the town")
    await form.get_by_label("Name of the secret").fill("Not a name")
    await form.get_by_role("button", name="Enter a network").click()
    await expect(form.get_by_label("Name of the secret")).to_be_focused()
    await form.get_by_label("Name of the secret").fill("chirpstack_town")
    await form.get_by_role("button", name="Enter a network").click()
    await _is_told(desk, "Network entered: its line opens within a minute.")
    await expect(desk.get_by_role("heading", name="LoRaWAN of the town", level=1)).to_be_visible()
    await expect(
        desk.get_by_text("chirpstack_town: kept by the server, never shown")
    ).to_be_visible()
    await _somebody_names_a_gateway(desk)
    await _somebody_pauses_it_and_resumes(desk)
    await _others_look_and_do_not_touch(phone, site)


async def _somebody_names_a_gateway(desk: Page) -> None:
    gateways = desk.get_by_role("list", name="Gateways")
    await gateways.get_by_role("button").first.click()
    await gateways.get_by_role("button", name="Name and place").click()
    place = desk.get_by_role("dialog", name="Name and place")
    await expect(place.get_by_label("Latitude")).to_have_value(re.compile(r"^47\.32"))
    await place.get_by_label(re.compile("^Name")).fill("Church tower")
    await place.get_by_role("button", name="Save").click()
    await _is_told(desk, "Gateway placed.")
    await expect(gateways.get_by_role("button", name="Church tower")).to_be_visible()


async def _somebody_pauses_it_and_resumes(desk: Page) -> None:
    await desk.get_by_role("button", name="Pause").click()
    sure = desk.get_by_role("dialog", name="Pause LoRaWAN of the town?")
    await expect(sure.get_by_text("10 controllers")).to_be_visible()
    await sure.get_by_role("button", name="Pause").click()
    await _is_told(desk, "Network paused.")
    await desk.get_by_role("button", name="Resume").click()
    await _is_told(desk, "Network resumed: its line opens within a minute.")


async def _others_look_and_do_not_touch(phone: Page, site: Site) -> None:
    """No worker runs in this town: nobody holds the line, and the card says so."""
    await sign_in(phone, site, site.operator, "/estate/networks")
    card = phone.get_by_role("article").filter(has_text="LoRaWAN of the town")
    await expect(card.get_by_text("Held by none")).to_be_visible()
    await expect(card.get_by_text("of 10 heard within 26 h")).to_be_visible()
    await expect(phone.get_by_role("button", name="Enter a network")).to_be_hidden()
    await card.get_by_role("link", name="LoRaWAN of the town").click()
    await expect(phone.get_by_text("No worker holds this line")).to_be_visible()
    await expect(phone.get_by_role("button", name="Change")).to_be_hidden()


async def _go(desk: Page, word: str) -> None:
    """By the rail on the left."""
    rail = desk.get_by_role("navigation", name="Main navigation")
    await rail.get_by_role("link", name=re.compile(f"^{word}")).click()


async def _is_told(page: Page, text: str) -> None:
    await expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()

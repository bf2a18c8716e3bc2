"""The jobs of people, done in a real browser against the real server and the real pipeline.

Each test is one job from sign-in to its end, and stands alone; they follow each other in the order
of time, which in a town only goes forward.
"""

import re
from datetime import timedelta

from playwright.async_api import Geolocation, Page, expect

from tests.browser.conftest import DEAD, Site, sign_in

LAMP = "L00003"
ORDER = "OT-2026-000001"
CREW = "Équipe Nord"
AT_THE_LAMP: Geolocation = {"latitude": 47.32, "longitude": 5.0408}
FAR_AWAY: Geolocation = {"latitude": 47.33, "longitude": 5.0408}


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


async def _go(desk: Page, word: str) -> None:
    """By the rail on the left."""
    rail = desk.get_by_role("navigation", name="Main navigation")
    await rail.get_by_role("link", name=re.compile(f"^{word}")).click()


async def _is_told(page: Page, text: str) -> None:
    await expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()

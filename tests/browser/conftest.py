"""A town that has lived an evening on the real pipeline, served over HTTP to a real browser."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from app.http.api import create_app
from app.http.console import CONSOLE_DIST
from gmao.crews import service as crews
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.access.tokens import Tokens
from kit.db import Database, raw
from kit.http.state import KitState
from kit.settings import Settings
from lighting.registry.web_map import tile_keys
from lighting.registry.words import search_words
from simulator.model import SeededFault, TruthKind
from simulator.radio import PERFECT_AIR
from tests.polling import eventually
from tests.scenarios.night import Town, build

SYSTEM = Caller.system("test")
PASSWORD = "a long enough password"
AFTERNOON = datetime(2026, 11, 20, 14, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
DIES_AT = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
DEAD = 2
# What a headless browser needs to draw WebGL without a graphics card, and to stay at home.
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Site:
    """A served town: its address, and the people who may sign in."""

    url: str
    town: Town
    operator: str
    crew: str
    finance: str
    steward: str


@pytest.fixture(scope="module")
async def site(database: Database) -> AsyncIterator[Site]:
    """Ten lamps through a November evening; one died at dusk, and has its alarm and its order."""
    if not (CONSOLE_DIST / "index.html").is_file():
        pytest.skip("these tests need the built console: make console")
    town = await build(
        database,
        AFTERNOON,
        count=10,
        seed=5,
        air=PERFECT_AIR,
        faults_of=lambda lamp: (
            SeededFault(lamp, TruthKind.LAMP_FAILURE, DIES_AT) if lamp == DEAD else None
        ),
    )
    await _spread(database)
    await town.live(EVENING)
    people = await _open_accounts(database, town)
    server = _serve(database.url, town)
    port = server.config.port
    await eventually(lambda: server.started, within_s=30)
    yield Site(f"http://127.0.0.1:{port}", town, *people)
    server.should_exit = True


async def _spread(database: Database) -> None:
    """Puts the lamps some thirty metres apart along a street, where a search finds them."""
    async with database.session() as session:
        connection = await raw(session)
        codes = [row["code"] for row in await connection.fetch("SELECT code FROM light_point")]
        lon_deg = np.array([5.04 + 0.0004 * number for number in range(len(codes))])
        lat_deg = np.full(len(codes), 47.32)
        keys = tile_keys(lon_deg, lat_deg).tolist()
        await connection.executemany(
            "UPDATE light_point SET lon_deg = $2, tile_key = $3, search_words = $4 WHERE code = $1",
            [
                (code, lon, key, search_words(code, "Rue des Tilleuls"))
                for code, lon, key in zip(sorted(codes), lon_deg.tolist(), keys, strict=True)
            ],
        )


async def _open_accounts(database: Database, town: Town) -> tuple[str, ...]:
    people = {
        "operator": (Role.SEE, Role.COMMAND, Role.DISPATCH),
        "crew": (Role.SEE, Role.WORK),
        "finance": (Role.SEE, Role.REPORT),
        "steward": (Role.SEE, Role.ADMINISTER),
    }
    async with database.session() as session:
        crew = await crews.create_crew(
            session, SYSTEM, at=AFTERNOON, organisation_id=town.organisation_id, name="Équipe Nord"
        )
        for name, roles in people.items():
            account = await access.create_account(
                session,
                SYSTEM,
                at=AFTERNOON,
                email=f"{name}@example.org",
                display_name=name.capitalize(),
                password=PASSWORD,
                roles=[(role, town.organisation_id) for role in roles],
                language="en",
            )
            if name == "crew":
                await crews.add_member(session, SYSTEM, crew.id, account.id, at=AFTERNOON)
    return tuple(f"{name}@example.org" for name in people)


def _serve(url: str, town: Town) -> uvicorn.Server:
    """The real server in a thread of its own, on a free port, at the town's time."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tokens = Tokens("k" * 32, timedelta(hours=1))
    app = create_app(KitState(Settings(), Database(url), town.clock, tokens))
    config = uvicorn.Config(app, port=port, log_config=None, ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True).start()
    return server


@pytest.fixture(scope="module")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def desk(browser: Browser) -> AsyncIterator[Page]:
    """A page on a desk, in English, by night."""
    async with await _context(browser, DESKTOP) as context:
        yield await context.new_page()


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A page on a phone."""
    async with await _context(browser, PHONE, is_mobile=True, has_touch=True) as context:
        yield await context.new_page()


async def _context(browser: Browser, viewport: dict[str, int], **more: bool) -> BrowserContext:
    return await browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]
        locale="en-GB",
        timezone_id="Europe/Paris",
        color_scheme="dark",
        reduced_motion="reduce",
        accept_downloads=True,
        **more,  # type: ignore[arg-type]
    )


async def sign_in(page: Page, site: Site, email: str, path: str = "/") -> None:
    """Through the login form, as anyone does."""
    await page.goto(site.url + path)
    await page.get_by_label("Email").or_(page.get_by_label("E-mail")).fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")

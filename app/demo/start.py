"""Prepares the demo city at each start; what an earlier start made is left as it is."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from app.demo.model import DemoAccount, DemoCity
from app.wiring import build_clock, build_database
from kit.access import service as access
from kit.access.model import Caller, OrganisationKind, Role
from kit.settings import Settings

ADMINISTRATOR = DemoAccount("admin@demo.example", "demo-reverbere", "administrator")


def start(settings: Settings, folder: Path, say: Callable[[str], None]) -> DemoCity:
    """Make the city ready; `folder` is where the demo may keep files of its own."""
    del folder
    if asyncio.run(_open_accounts(settings)):
        say("The first account is open.")
    return DemoCity(accounts=[ADMINISTRATOR])


async def _open_accounts(settings: Settings) -> bool:
    """True when the accounts had to be made."""
    database = build_database(settings)
    at = build_clock(settings).now()
    system = Caller.system()
    try:
        async with database.session() as session:
            if await access.organisations(session, system):
                return False
            city = await access.create_organisation(
                session, system, at=at, name="Démonstration", kind=OrganisationKind.MUNICIPALITY
            )
            await access.create_account(
                session,
                system,
                at=at,
                email=ADMINISTRATOR.email,
                display_name="Administration",
                password=ADMINISTRATOR.password,
                roles=[(role, city.id) for role in Role],
                is_demo=True,
            )
            return True
    finally:
        await database.close()

"""Two organisations, people who plan in one of them or only look, and the API over a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from kit.access import service as access
from kit.access.model import Caller, OrganisationKind, Role
from kit.access.tokens import Tokens
from kit.clock import FixedClock
from kit.db import Database
from kit.http import problems
from kit.http.state import KitState
from kit.ids import new_id
from kit.settings import Settings
from schedules.routes import router

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
TOKENS = Tokens("k" * 32, timedelta(hours=1))
SYSTEM = Caller.system("test")


@dataclass(frozen=True)
class World:
    """Who there is; each person's token opens the API."""

    database: Database
    clock: FixedClock
    town_id: UUID
    other_town_id: UUID
    planner: Caller
    viewer: Caller
    stranger: Caller

    def api(self, caller: Caller | None) -> httpx.AsyncClient:
        app = FastAPI()
        app.state.kit = KitState(Settings(), self.database, self.clock, TOKENS)
        problems.install(app)
        app.include_router(router)
        headers = {}
        if caller is not None and caller.user_id is not None:
            headers["Authorization"] = f"Bearer {TOKENS.issue(caller.user_id)}"
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


@pytest.fixture
async def world(database: Database) -> World:
    async with database.session() as session:
        towns = [
            await access.create_organisation(
                session, SYSTEM, at=AT, name=f"Town {new_id()}", kind=OrganisationKind.MUNICIPALITY
            )
            for _ in range(2)
        ]
        town_id, other_town_id = (town.id for town in towns)
        accounts = [
            await access.create_account(
                session,
                SYSTEM,
                at=AT,
                email=f"{new_id()}@example.org",
                display_name=name,
                password="a long enough password",
                roles=[(role, where)],
            )
            for name, role, where in [
                ("Paule Planner", Role.PLAN, town_id),
                ("Victor Viewer", Role.SEE, town_id),
                ("Sam Stranger", Role.PLAN, other_town_id),
            ]
        ]
        planner, viewer, stranger = [
            await access.caller_of(session, account.id) for account in accounts
        ]
    return World(database, FixedClock(AT), town_id, other_town_id, planner, viewer, stranger)

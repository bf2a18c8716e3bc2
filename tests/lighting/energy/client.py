"""An HTTP client signed in as someone with one role, over one router and a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI

from kit.access import service as access
from kit.access.model import Caller, Role
from kit.access.tokens import Tokens
from kit.clock import FixedClock
from kit.db import Database
from kit.http import problems
from kit.http.state import KitState
from kit.ids import new_id
from kit.settings import Settings

TOKENS = Tokens("k" * 32, timedelta(hours=1))
PASSWORD = "a long enough password 1"


@asynccontextmanager
async def client_for(
    database: Database,
    router: APIRouter,
    now: datetime,
    role: Role,
    organisation_id: UUID,
    *more: Role,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose bearer holds `role`, and `more`, for an organisation and what is below it."""
    app = FastAPI()
    app.state.kit = KitState(Settings(), database, FixedClock(now), TOKENS)
    problems.install(app)
    app.include_router(router)
    async with database.session() as session:
        account = await access.create_account(
            session,
            Caller.system(),
            at=now,
            email=f"{new_id()}@example.org",
            display_name="Camille Martin",
            password=PASSWORD,
            roles=[(each, organisation_id) for each in (role, *more)],
        )
    headers = {"Authorization": f"Bearer {TOKENS.issue(account.id)}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=headers
    ) as client:
        yield client

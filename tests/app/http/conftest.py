"""The whole web application on a real database, and people to call it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.http.api import create_app
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.access.tokens import Tokens
from kit.clock import FixedClock
from kit.db import Database
from kit.http.state import KitState
from kit.ids import new_id
from kit.settings import Settings
from tests.lighting.energy.estate import add_organisation

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
TOKENS = Tokens("k" * 32, timedelta(hours=1))

SignedIn = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def app(database: Database, clock: FixedClock) -> FastAPI:
    return create_app(KitState(Settings(), database, clock, TOKENS))


@pytest.fixture
async def organisation_id(database: Database) -> UUID:
    async with database.session() as session:
        return await add_organisation(session, NOW)


@pytest.fixture
async def signed_in(app: FastAPI, database: Database) -> AsyncIterator[SignedIn]:
    """Makes a client signed in as somebody with roles for some organisations."""
    opened: list[httpx.AsyncClient] = []

    async def sign_in(*roles: Role, organisation_id: UUID) -> httpx.AsyncClient:
        async with database.session() as session:
            account = await access.create_account(
                session,
                Caller.system("test"),
                at=NOW,
                email=f"{new_id()}@example.org",
                display_name="Someone",
                password="a long enough password",
                roles=[(role, organisation_id) for role in roles],
            )
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://test",
            headers={"Authorization": f"Bearer {TOKENS.issue(account.id)}"},
        )
        opened.append(client)
        return client

    yield sign_in
    for client in opened:
        await client.aclose()

"""The small city, written once for each test module, and a client of its maintenance."""

from collections.abc import AsyncIterator

import httpx
import pytest

from kit.clock import FixedClock
from kit.db import Database
from tests.gmao.city import START, City, build_city
from tests.gmao.web import serve


@pytest.fixture(scope="module")
async def city(database: Database) -> City:
    """Two municipalities, their people, lights and crews."""
    return await build_city(database)


@pytest.fixture
def clock() -> FixedClock:
    """A clock moved by hand."""
    return FixedClock(START)


@pytest.fixture
async def client(database: Database, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a small application that holds the routes of maintenance."""
    transport = httpx.ASGITransport(serve(database, clock))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client

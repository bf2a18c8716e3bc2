"""The small city, written once for each test module."""

import pytest

from kit.db import Database
from tests.gmao.city import City, build_city


@pytest.fixture(scope="module")
async def city(database: Database) -> City:
    """Two municipalities, their people, lights and crews."""
    return await build_city(database)

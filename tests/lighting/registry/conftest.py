"""Two towns that must not see each other, and a cabinet in the first."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.registry import service as registry
from lighting.registry.service import CabinetView, NewCabinet, NewCircuit
from tests.lighting.registry.towns import AT, caller, make_town


@pytest.fixture
async def town(session: AsyncSession) -> UUID:
    return await make_town(session, "Montpellier")


@pytest.fixture
async def planner(town: UUID) -> Caller:
    return caller(town)


@pytest.fixture
async def stranger(session: AsyncSession) -> Caller:
    return caller(await make_town(session, "Lattes"))


@pytest.fixture
async def cabinet(session: AsyncSession, town: UUID, planner: Caller) -> CabinetView:
    """A cabinet with two circuits, A and B."""
    new = NewCabinet(organisation_id=town, code="ARM-7", lon_deg=3.87, lat_deg=43.6, name="Comédie")
    made = await registry.create_cabinet(session, planner, new, at=AT)
    for code in ("A", "B"):
        made = await registry.create_circuit(session, planner, made.id, NewCircuit(code), at=AT)
    return made

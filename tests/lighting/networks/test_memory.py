from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.networks import memory, service
from lighting.networks.model import NetworkKind, NewNetwork
from tests.lighting.registry.towns import AT, make_town

SYSTEM = Caller.system("test")


@pytest.fixture
async def network_id(session: AsyncSession) -> UUID:
    town = await make_town(session, "Dijon")
    new = NewNetwork(town, NetworkKind.LWM2M, "quai", "", {})
    return (await service.create(session, SYSTEM, new, at=AT)).id


async def test_values_are_kept_replaced_and_forgotten(
    session: AsyncSession, network_id: UUID
) -> None:
    await memory.remember(session, network_id, "registration:a", {"port": 1})
    await memory.remember(session, network_id, "registration:a", {"port": 2})
    await memory.remember(session, network_id, "registration:b_%", {"port": 3})
    await memory.remember(session, network_id, "other", 1)
    kept = await memory.recall(session, network_id, "registration:")
    assert kept == {"registration:a": {"port": 2}, "registration:b_%": {"port": 3}}
    await memory.forget(session, network_id, "registration:a")
    assert list(await memory.recall(session, network_id, "registration:")) == ["registration:b_%"]


async def test_a_number_is_never_taken_twice(session: AsyncSession, network_id: UUID) -> None:
    taken = [await memory.take_number(session, network_id, "epoch") for _ in range(3)]
    assert taken == [0, 1, 2]
    assert await memory.take_number(session, network_id, "another") == 0

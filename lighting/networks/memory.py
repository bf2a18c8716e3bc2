"""What the line of a network must still know after a restart: registrations of devices, counters.

The values are the driver's own; nobody else reads them.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from lighting.networks.tables import FieldNetworkMemory as Memory


async def recall(session: AsyncSession, network_id: UUID, prefix: str) -> Mapping[str, Any]:
    """Every value whose key begins so, by key."""
    query = sa.select(col(Memory.key), col(Memory.value)).where(
        col(Memory.network_id) == network_id, col(Memory.key).startswith(prefix, autoescape=True)
    )
    return {key: value for key, value in await session.execute(query)}


async def remember(session: AsyncSession, network_id: UUID, key: str, value: Any) -> None:
    """Keep a value; it replaces the one of the same key."""
    statement = insert(Memory).values(network_id=network_id, key=key, value=value)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["network_id", "key"], set_={"value": statement.excluded.value}
        )
    )


async def forget(session: AsyncSession, network_id: UUID, key: str) -> None:
    """Keep the value of this key no longer."""
    await session.execute(
        sa.delete(Memory).where(col(Memory.network_id) == network_id, col(Memory.key) == key)
    )


async def take_number(session: AsyncSession, network_id: UUID, key: str) -> int:
    """A number of this key never taken before, from 0 on."""
    first = insert(Memory).values(network_id=network_id, key=key, value=1)
    counted = first.on_conflict_do_update(
        index_elements=["network_id", "key"],
        set_={"value": sa.text("to_jsonb((field_network_memory.value)::bigint + 1)")},
    ).returning(col(Memory.value))
    taken = await session.scalar(counted)
    assert isinstance(taken, int), "the statement returns what it counted to"
    return taken - 1

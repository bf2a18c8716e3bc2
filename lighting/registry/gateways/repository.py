"""Queries of gateways."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from lighting.registry.gateways.tables import Gateway


async def row(session: AsyncSession, address: str) -> Gateway | None:
    """The gateway of this address, whoever owns it: an address is unique on Earth."""
    query = sa.select(Gateway).where(col(Gateway.address) == address)
    found: Gateway | None = await session.scalar(query)
    return found

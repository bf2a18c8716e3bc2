"""Which worker holds the line of a network: session locks on one connection for all of them.

When that connection is lost the locks are lost with it, and another worker may take the lines.
"""

import asyncio

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import Database


class Holding:
    """The networks whose lines this worker holds."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def is_intact(self) -> bool:
        """Whether the locks taken so far are still held; a lost connection is forgotten."""
        async with self._one_at_a_time:
            if self._connection is None:
                return True
            try:
                await self._connection.scalar(sa.select(1))
            except (OSError, sa.exc.SQLAlchemyError):
                await self._forget()
                return False
            return True

    async def take(self, name: str) -> bool:
        """Hold the line of this network, unless another worker does."""
        async with self._one_at_a_time:
            if self._connection is None:
                self._connection = await self._engine.connect()
            lock = sa.func.pg_try_advisory_lock(_key(name))
            return bool(await self._connection.scalar(sa.select(lock)))

    async def give_back(self, name: str) -> None:
        """Let another worker hold it."""
        async with self._one_at_a_time:
            if self._connection is not None:
                await self._connection.scalar(sa.select(sa.func.pg_advisory_unlock(_key(name))))

    async def close(self) -> None:
        """Give everything back."""
        async with self._one_at_a_time:
            if self._connection is not None:
                await self._connection.scalar(sa.select(sa.func.pg_advisory_unlock_all()))
                await self._forget()

    async def _forget(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()


def _key(name: str) -> sa.Function[int]:
    return sa.func.hashtextextended(f"line:{name}", 0)

"""Connections: SQLAlchemy for everyday queries, asyncpg's COPY for bulk, in one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import orjson
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


def _to_json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def async_url(url: str) -> str:
    """The SQLAlchemy form of a libpq-style address."""
    for prefix in ("postgresql+asyncpg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+asyncpg://" + url.removeprefix(prefix)
    raise ValueError(f"not a PostgreSQL address: {url.split('@')[-1]!r}; use postgresql://…")


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = async_url(url)
        self.engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
            connect_args={"server_settings": {"timezone": "UTC", "jit": "off"}},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions() as session, session.begin():
            yield session

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


async def raw(session: AsyncSession) -> Any:
    """The asyncpg connection under a session, inside the same transaction.

    Flushes first, so that rows added through the session are seen.
    """
    await session.flush()
    connection = await session.connection()
    fairy = await connection.get_raw_connection()
    driver = cast("Any", fairy.driver_connection)
    if not driver.is_in_transaction():
        # SQLAlchemy opens the transaction with its first statement, and not before.
        await connection.exec_driver_sql("SELECT")
    return driver

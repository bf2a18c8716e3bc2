"""Dependencies of routes: one transaction per request, and the clock."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.http.state import kit_state


async def request_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction per request, committed before the answer leaves."""
    async with kit_state(request).database.session() as session:
        yield session


def request_clock(request: Request) -> Clock:
    """The clock of the application."""
    return kit_state(request).clock


# scope="function": the transaction ends before the answer is sent, so that an answered write is
# a committed write, and a failed commit is an error the caller sees.
SessionDep = Annotated[AsyncSession, Depends(request_session, scope="function")]
ClockDep = Annotated[Clock, Depends(request_clock)]

"""Waiting in tests: for a fact, up to a deadline, never for a fixed time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")

_POLL_S = 0.02


async def eventually(
    predicate: Callable[[], Awaitable[T]] | Callable[[], T], within_s: float = 10.0
) -> T:
    """The first truthy answer of `predicate`; fails with the last one when time runs out."""
    deadline = time.monotonic() + within_s
    while True:
        answer = predicate()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return cast("T", answer)
        if time.monotonic() > deadline:
            name = getattr(predicate, "__name__", repr(predicate))
            raise AssertionError(f"{name} was still {answer!r} after {within_s:g} s")
        await asyncio.sleep(_POLL_S)

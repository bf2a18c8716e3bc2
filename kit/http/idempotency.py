"""Idempotency keys on creating calls: the same key and request get the same answer, once made.

A route takes `key: IdempotencyKey` and wraps its work:

    return await idempotent(session, caller, key, route="work_orders.create", request=body,
                            at=clock.now(), work=lambda: service.open(...))

The record is written in the transaction of the work. Two simultaneous calls with one key are put
in order by an advisory lock; the second gets the first one's answer.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import sqlalchemy as sa
from fastapi import Header
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.errors import ConflictError
from kit.http.tables import IdempotencyRecord

KEY_LENGTH_MAX = 120
Answer = TypeVar("Answer", bound=BaseModel)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=KEY_LENGTH_MAX,
        description="A value your client makes up once per creation and repeats when it retries.",
    ),
]


class IdempotencyKeyReusedError(ConflictError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    title = "This idempotency key was used for another request"


def request_hash(request: BaseModel | bytes) -> str:
    """A fingerprint of the request body."""
    body = request if isinstance(request, bytes) else request.model_dump_json().encode()
    return hashlib.sha256(body).hexdigest()


async def idempotent(
    session: AsyncSession,
    caller: Caller,
    key: str | None,
    *,
    route: str,
    request: BaseModel | bytes,
    at: datetime,
    work: Callable[[], Awaitable[Answer]],
    answer_type: type[Answer],
) -> Answer:
    """Do `work` once per (caller, key) and give its answer again to every repetition."""
    if key is None or caller.user_id is None:
        return await work()
    fingerprint = request_hash(request)
    await session.execute(
        sa.select(
            sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"{caller.user_id}:{key}", 0))
        )
    )
    known = await session.get(IdempotencyRecord, (caller.user_id, key))
    if known is not None:
        if (known.route, known.request_hash) != (route, fingerprint):
            raise IdempotencyKeyReusedError("make a new key for a new request")
        return answer_type.model_validate(known.answer)
    answer = await work()
    session.add(
        IdempotencyRecord(
            user_id=caller.user_id,
            key=key,
            route=route,
            request_hash=fingerprint,
            status=201,
            answer=answer.model_dump(mode="json"),
            created_at=at,
        )
    )
    return answer


async def forget_answers(session: AsyncSession, before: datetime) -> None:
    """Delete answers kept for repeated calls that are older than `before`."""
    await session.execute(
        sa.delete(IdempotencyRecord).where(col(IdempotencyRecord.created_at) < before)
    )

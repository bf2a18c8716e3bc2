"""Live changes as server-sent events: what happened, and which lights say something new.

One reader of the database per server process serves every open page; it sleeps while no page is
open. A page that falls behind is told to reload rather than fed a growing queue.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from kit.access.http import current_caller
from kit.access.model import Caller
from kit.db import Database, raw
from kit.http.state import kit_state
from kit.log import get_logger

router = APIRouter(tags=["overview"])
log = get_logger()

LOOK_EVERY_S = 1.0
HEARTBEAT_EVERY_S = 15.0
QUEUE_MAX = 200
CHANGES_MAX = 2000
KINDS: Mapping[str, str] = {
    "AlarmRaised": "alarm",
    "AlarmCleared": "alarm",
    "AlarmEscalated": "alarm",
    "WorkOrderOpened": "work_order",
    "WorkOrderChanged": "work_order",
    "WorkOrderDone": "work_order",
    "WorkOrderVerified": "work_order",
    "WorkOrderEscalated": "work_order",
    "CommandFinished": "command",
}
_PRESENT = "SELECT id FROM outbox_event ORDER BY id DESC LIMIT $1"
DATABASE_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError)
# Identifiers are given out before their transactions commit: an event may become visible after
# others with higher ones. So many are looked at again.
LATE_MAX = 1000
_EVENTS = """
    SELECT id, type, payload, organisation_id, occurred_at FROM outbox_event
    WHERE id > $1 AND id <> ALL($4::bigint[]) AND type = ANY($2::text[]) ORDER BY id LIMIT $3
"""
_CHANGES = """
    SELECT p.id, p.organisation_id, t.seen_at, t.level_percent, t.active_power_w,
           s.desired_level_percent
    FROM latest_state t
    JOIN controller c ON c.key = t.controller_key
    JOIN installation i ON i.controller_id = c.id AND i.removed_at IS NULL
    JOIN light_point p ON p.id = i.light_point_id
    LEFT JOIN light_state s ON s.light_point_id = p.id
    WHERE t.seen_at > $1 ORDER BY t.seen_at LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the stream has told: which of the newest events, and readings up to an instant."""

    told_ids: frozenset[int]
    seen_at: datetime | None

    @property
    def floor_id(self) -> int:
        """Events up to here are never looked at again."""
        return max(self.told_ids, default=0) - LATE_MAX

    def after(self, event_ids: Iterable[int], seen_at: datetime | None) -> "Position":
        """The position once these have been told."""
        reached = Position(self.told_ids.union(event_ids), seen_at)
        floor_id = reached.floor_id
        return Position(frozenset(one for one in reached.told_ids if one > floor_id), seen_at)


@dataclass(eq=False)
class Subscriber:
    """One open page."""

    caller: Caller
    queue: "asyncio.Queue[bytes]" = field(default_factory=lambda: asyncio.Queue(QUEUE_MAX))
    has_lost: bool = False

    def offer(self, message: bytes) -> None:
        """Hand over a message, or note that this page must reload."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.has_lost = True


def message(kind: str, data: Any) -> bytes:
    """One server-sent event."""
    return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps(data, default=str) + b"\n\n"


class Hub:
    """Reads what is new once and hands it to every page that may see it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pages: set[Subscriber] = set()
        self._reader: asyncio.Task[None] | None = None

    async def subscribe(self, caller: Caller) -> AsyncGenerator[bytes, None]:
        """The messages of one page, until it leaves."""
        page = Subscriber(caller)
        self._pages.add(page)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        try:
            yield b": welcome\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(page.queue.get(), HEARTBEAT_EVERY_S)
                except TimeoutError:
                    yield b": still here\n\n"
                if page.has_lost:
                    page.has_lost = False
                    yield message("reload", {})
        finally:
            self._pages.discard(page)

    async def close(self) -> None:
        """Stop reading."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader

    async def _read(self) -> None:
        position: Position | None = None
        while self._pages:
            try:
                position = await self._look(position) if position else await self._present()
            except DATABASE_AWAY as error:  # pages see a stale screen meanwhile
                log.warning("live stream interrupted", error=str(error))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _present(self) -> Position:
        async with self._database.session() as session:
            connection = await raw(session)
            told = frozenset(row["id"] for row in await connection.fetch(_PRESENT, LATE_MAX))
            newest = await connection.fetchval("SELECT max(seen_at) FROM latest_state")
            return Position(told, newest)

    async def _look(self, known: Position) -> Position:
        async with self._database.session() as session:
            connection = await raw(session)
            events = await connection.fetch(
                _EVENTS, known.floor_id, list(KINDS), CHANGES_MAX, list(known.told_ids)
            )
            changes = (
                await connection.fetch(_CHANGES, known.seen_at, CHANGES_MAX)
                if known.seen_at is not None
                else []
            )
            newest = await connection.fetchval("SELECT max(seen_at) FROM latest_state")
        for page in tuple(self._pages):
            self._tell(page, events, changes)
        seen_at = changes[-1]["seen_at"] if changes else newest
        return known.after((row["id"] for row in events), seen_at)

    def _tell(self, page: Subscriber, events: list[Any], changes: list[Any]) -> None:
        for row in events:
            if row["organisation_id"] and page.caller.may_see(row["organisation_id"]):
                page.offer(message(KINDS[row["type"]], {"type": row["type"], **row["payload"]}))
        lights = [
            {
                "light_point_id": row["id"],
                "level_percent": row["level_percent"],
                "active_power_w": row["active_power_w"],
                "desired_level_percent": row["desired_level_percent"],
                "seen_at": row["seen_at"],
            }
            for row in changes
            if page.caller.may_see(row["organisation_id"])
        ]
        if lights:
            page.offer(message("state", {"lights": lights}))


@router.get("/events/stream", response_class=StreamingResponse)
async def stream(request: Request) -> StreamingResponse:
    """Live changes (text/event-stream): `state`, `alarm`, `work_order`, `command`, `reload`.

    The connection holds no transaction: the caller is read once, when it opens.
    """
    state = kit_state(request)
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip() or None
    async with state.database.session() as session:
        caller = await current_caller(request, session, token)
    return StreamingResponse(
        request.app.state.hub.subscribe(caller),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )

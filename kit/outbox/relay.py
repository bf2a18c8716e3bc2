"""The relay: hands each stored event to its reactions, each in its own transaction.

Several workers may run it side by side: rows are claimed with FOR UPDATE SKIP LOCKED, and the
claim is held by the same transaction in which the reaction works, so a death in the middle gives
the delivery back. At least once, never silently lost.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.log import correlated, get_logger
from kit.outbox.model import Event
from kit.outbox.tables import OutboxDelivery, OutboxEvent

FAN_OUT_MAX = 1000
ATTEMPTS_MAX = 20
RETRY_AFTER_MAX = timedelta(minutes=30)

# Receives its own transaction, the event, and the instant it happened; may be called twice.
Reaction: TypeAlias = Callable[[AsyncSession, Any, datetime], Awaitable[None]]

log = get_logger()


def retry_after(attempts: int) -> timedelta:
    """Pause before the next try: 1 s doubling, at most half an hour."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), RETRY_AFTER_MAX)


def reaction_name(reaction: Reaction) -> str:
    """Stable name under which a delivery is recorded."""
    module = getattr(reaction, "__module__", "")
    return f"{module}.{getattr(reaction, '__qualname__', type(reaction).__name__)}"


class Relay:
    """Hands events to reactions, by the one table of `app/reactions.py`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        reactions: Mapping[type[Event], Sequence[Reaction]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._types: dict[str, type[Event]] = {kind.__name__: kind for kind in reactions}
        self._by_type = {
            kind.__name__: {reaction_name(reaction): reaction for reaction in them}
            for kind, them in reactions.items()
        }

    async def run_once(self) -> int:
        """Fan out new events and try every due delivery; returns how many were done."""
        await self._fan_out()
        done = 0
        while (outcome := await self._deliver_one()) is not None:
            done += outcome
        return done

    async def _fan_out(self) -> None:
        now = self._clock.now()
        async with self._database.session() as session:
            query = (
                sa.select(OutboxEvent)
                .where(OutboxEvent.published_at.is_(None))  # type: ignore[union-attr]
                .order_by(OutboxEvent.id)  # type: ignore[arg-type]
                .limit(FAN_OUT_MAX)
                .with_for_update(skip_locked=True)
            )
            for event in (await session.scalars(query)).all():
                assert event.id is not None
                event.published_at = now
                session.add_all(
                    OutboxDelivery(event_id=event.id, reaction=name, next_try_at=now)
                    for name in self._by_type.get(event.type, {})
                )

    async def _deliver_one(self) -> int | None:
        """Work one due delivery: 1 done, 0 failed and put off, None when nothing is due."""
        now = self._clock.now()
        async with self._database.session() as session:
            claimed = await self._claim(session, now)
            if claimed is None:
                return None
            delivery, event = claimed
            delivery.attempts += 1
            with correlated(event.correlation_id):
                return await self._react(session, delivery, event, now)

    async def _claim(
        self, session: AsyncSession, now: datetime
    ) -> tuple[OutboxDelivery, OutboxEvent] | None:
        query = (
            sa.select(OutboxDelivery, OutboxEvent)
            .join(OutboxEvent, OutboxEvent.id == OutboxDelivery.event_id)  # type: ignore[arg-type]
            .where(OutboxDelivery.done_at.is_(None))  # type: ignore[union-attr]
            .where(OutboxDelivery.next_try_at <= now)  # type: ignore[arg-type]
            .where(OutboxDelivery.attempts < ATTEMPTS_MAX)  # type: ignore[arg-type]
            .order_by(OutboxDelivery.event_id)  # type: ignore[arg-type]
            .limit(1)
            .with_for_update(of=OutboxDelivery, skip_locked=True)
        )
        row = (await session.execute(query)).first()
        return None if row is None else (row[0], row[1])

    async def _react(
        self, session: AsyncSession, delivery: OutboxDelivery, event: OutboxEvent, now: datetime
    ) -> int:
        reaction = self._by_type.get(event.type, {}).get(delivery.reaction)
        if reaction is None:
            delivery.done_at = now
            delivery.last_error = "no such reaction any more"
            return 0
        try:
            async with session.begin_nested():
                await reaction(session, self._decode(event), event.occurred_at)
        except Exception as error:  # any failure of a reaction is recorded and retried, loudly
            delivery.last_error = f"{type(error).__name__}: {error}"[:2000]
            delivery.next_try_at = now + retry_after(delivery.attempts)
            log.exception(
                "reaction failed",
                reaction=delivery.reaction,
                event_id=event.id,
                attempts=delivery.attempts,
            )
            return 0
        delivery.done_at = now
        delivery.last_error = None
        return 1

    def _decode(self, event: OutboxEvent) -> Any:
        return msgspec.convert(event.payload, self._types[event.type])

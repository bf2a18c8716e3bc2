"""Events reach every reaction at least once, and only after the commit of their cause."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import FixedClock
from kit.db import Database
from kit.ids import new_id
from kit.log import correlated, correlation_id
from kit.outbox import Event, Relay, emit
from kit.outbox.relay import retry_after

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LampBroke(Event):
    lamp_id: UUID
    since: datetime


class Seen:
    """A reaction that remembers, and fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.__qualname__ = f"Seen{id(self)}"
        self.failures = failures
        self.events: list[LampBroke] = []
        self.correlation_ids: list[str | None] = []

    async def __call__(self, session: AsyncSession, event: LampBroke, at: datetime) -> None:
        await session.execute(sa.text("SELECT 1"))
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the first tries fail")
        self.events.append(event)
        self.correlation_ids.append(correlation_id())


@pytest.fixture(autouse=True)
async def empty_outbox(database: Database) -> None:
    async with database.session() as session:
        await session.execute(sa.text("TRUNCATE outbox_event CASCADE"))


async def emit_one(database: Database) -> LampBroke:
    event = LampBroke(lamp_id=new_id(), since=AT)
    async with database.session() as session:
        await emit(session, event, at=AT)
    return event


async def test_an_event_reaches_each_reaction_as_it_was(database: Database) -> None:
    first, second = Seen(), Seen()
    with correlated("frame-12345678"):
        event = await emit_one(database)
    relay = Relay(database, FixedClock(AT), {LampBroke: [first, second]})
    assert await relay.run_once() == 2
    assert first.events == second.events == [event]
    assert first.correlation_ids == ["frame-12345678"]
    assert await relay.run_once() == 0


async def test_an_event_of_a_failed_transaction_is_never_seen(database: Database) -> None:
    async def fails_after_emitting() -> None:
        async with database.session() as session:
            await emit(session, LampBroke(lamp_id=new_id(), since=AT), at=AT)
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await fails_after_emitting()
    seen = Seen()
    assert await Relay(database, FixedClock(AT), {LampBroke: [seen]}).run_once() == 0
    assert seen.events == []


async def test_a_failing_reaction_is_tried_again_without_holding_up_the_others(
    database: Database,
) -> None:
    clock = FixedClock(AT)
    failing, healthy = Seen(failures=2), Seen()
    event = await emit_one(database)
    relay = Relay(database, clock, {LampBroke: [failing, healthy]})
    assert await relay.run_once() == 1
    assert healthy.events == [event]
    for attempts in (1, 2):
        assert failing.events == []
        clock.advance(retry_after(attempts))
        await relay.run_once()
    assert failing.events == [event]
    assert healthy.events == [event]


async def test_two_relays_share_the_work_and_double_nothing(database: Database) -> None:
    events = [await emit_one(database) for _ in range(20)]
    seen = Seen()
    relays = [Relay(database, FixedClock(AT), {LampBroke: [seen]}) for _ in range(2)]
    done = await asyncio.gather(*(relay.run_once() for relay in relays))
    assert sum(done) == 20
    assert {event.lamp_id for event in seen.events} == {event.lamp_id for event in events}
    assert len(seen.events) == 20


async def test_a_relay_that_dies_in_the_middle_gives_its_work_back(database: Database) -> None:
    event = await emit_one(database)
    started = asyncio.Event()

    async def hangs(_: AsyncSession, __: LampBroke, ___: datetime) -> None:
        started.set()
        await asyncio.Event().wait()

    hangs.__qualname__ = "reaction"
    doomed = asyncio.create_task(Relay(database, FixedClock(AT), {LampBroke: [hangs]}).run_once())
    await started.wait()
    doomed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doomed
    received: list[LampBroke] = []

    async def works(_: AsyncSession, event: LampBroke, __: datetime) -> None:
        received.append(event)

    works.__qualname__ = "reaction"
    await Relay(database, FixedClock(AT), {LampBroke: [works]}).run_once()
    assert received == [event]


def test_pauses_double_up_to_half_an_hour() -> None:
    pauses = [retry_after(attempts) for attempts in range(1, 30)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=2)
    assert pauses[-1] == timedelta(minutes=30)

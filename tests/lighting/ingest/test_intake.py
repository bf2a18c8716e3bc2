"""Nothing is acknowledged before it is committed; nothing bad holds up what is good."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame
from drivers.lorawan import nas
from kit.access.model import Caller
from kit.clock import FixedClock
from kit.db import Database
from lighting.ingest.failures import is_frames_fault
from lighting.ingest.intake import ISOLATED_PER_BATCH_MAX, Intake, pause_after
from lighting.ingest.model import BatchReport
from lighting.ingest.service import Ingest
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import QuarantineFilter
from tests.lighting.ingest.field import (
    ADDRESS,
    NIGHT,
    QUARTER,
    make_ingest,
    make_street,
    uplink,
    usage,
)


@pytest.fixture
async def keys(database: Database) -> AsyncIterator[dict[str, int]]:
    async with database.session() as session:
        keys = await make_street(session, ADDRESS)
    yield keys
    async with database.session() as session:
        await session.execute(
            sa.text(
                "TRUNCATE reading, latest_state, quarantined_frame, energy_dirty, controller,"
                " light_point, luminaire, luminaire_type, installation CASCADE"
            )
        )


class Delivery:
    """A batch as a link hands it over, that notes when it was acknowledged."""

    def __init__(self, frames: Sequence[Frame], log: list[str]) -> None:
        self.frames = frames
        self._log = log

    def acknowledge(self) -> None:
        self._log.append(f"acknowledged {len(self.frames)}")


async def link(*deliveries: Delivery) -> AsyncIterator[Delivery]:
    for delivery in deliveries:
        yield delivery


class Unsteady:
    """An ingest that fails some times before it works."""

    def __init__(self, inner: Ingest, failures: list[Exception], log: list[str]) -> None:
        self.inner = inner
        self.network = inner.network
        self.failures = failures
        self.log = log

    async def handle(
        self, session: AsyncSession, frames: Sequence[Frame], now: datetime
    ) -> BatchReport:
        report = await self.inner.handle(session, frames, now)
        if self.failures:
            raise self.failures.pop(0)
        self.log.append(f"stored {len(frames)}")
        return report


def intake(database: Database, ingest: object, log: list[str]) -> Intake:
    async def pause(seconds: float) -> None:
        log.append(f"paused {seconds:g}")

    return Intake(database, ingest, FixedClock(NIGHT), pause=pause)  # type: ignore[arg-type]


async def count(database: Database, table: str) -> int:
    async with database.session() as session:
        return await session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


def unstorable(number: int) -> Frame:
    """A frame whose signal strength no column can hold."""
    said = nas.encode_usage_uplink(active_power_w=number % 60_000)
    at = NIGHT + timedelta(hours=5, seconds=number)
    return uplink(said, at, rxInfo=[{"gatewayId": "aa", "rssi": -10_000_000, "snr": 1.0}])


async def test_a_batch_is_acknowledged_after_its_commit(
    database: Database, keys: dict[str, int]
) -> None:
    log: list[str] = []
    ingest = Unsteady(make_ingest(), [], log)
    await intake(database, ingest, log).run(link(Delivery([usage()], log)))
    assert log == ["stored 1", "acknowledged 1"]
    assert await count(database, "reading") == 1


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(ConnectionRefusedError("no server"), id="server gone"),
        pytest.param(asyncpg.CannotConnectNowError("starting up"), id="server starting"),
        pytest.param(asyncpg.InterfaceError("connection is closed"), id="connection lost"),
        pytest.param(asyncpg.DeadlockDetectedError("deadlock"), id="deadlock"),
        pytest.param(asyncpg.DiskFullError("no space left"), id="disk full"),
        pytest.param(asyncpg.UndefinedTableError("no such table"), id="schema not there"),
    ],
)
async def test_a_database_that_is_not_there_is_waited_for(
    database: Database, keys: dict[str, int], failure: Exception
) -> None:
    log: list[str] = []
    ingest = Unsteady(make_ingest(), [failure, failure], log)
    await intake(database, ingest, log).run(link(Delivery([usage()], log)))
    assert log == ["paused 0.5", "paused 1", "stored 1", "acknowledged 1"]
    assert await count(database, "reading") == 1
    assert await count(database, "quarantined_frame") == 0


class Evicted(Unsteady):
    """An ingest whose connection the server closes, once, after all was written."""

    async def handle(
        self, session: AsyncSession, frames: Sequence[Frame], now: datetime
    ) -> BatchReport:
        report = await super().handle(session, frames, now)
        if self.log.count("stored 1") == 1:
            await session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return report


async def test_a_connection_closed_before_the_commit_costs_a_repetition(
    database: Database, keys: dict[str, int]
) -> None:
    log: list[str] = []
    await intake(database, Evicted(make_ingest(), [], log), log).run(link(Delivery([usage()], log)))
    assert log == ["stored 1", "paused 0.5", "stored 1", "acknowledged 1"]
    assert await count(database, "reading") == 1


async def test_a_frame_the_database_refuses_is_set_aside_alone(
    database: Database, keys: dict[str, int]
) -> None:
    log: list[str] = []
    good = [usage(NIGHT + turn * QUARTER) for turn in range(7)]
    frames = [*good[:3], unstorable(1), *good[3:], unstorable(2)]
    await intake(database, make_ingest(), log).run(link(Delivery(frames, log)))
    assert log == [f"acknowledged {len(frames)}"]
    assert await count(database, "reading") == len(good)
    async with database.session() as session:
        kept = await telemetry.quarantined_frames(
            *(session, Caller.system()),
            QuarantineFilter(reason_code="database_refused"),
            after=None,
            limit=10,
        )
    assert {one.payload for one in kept} == {unstorable(1).payload, unstorable(2).payload}


async def test_a_database_that_refuses_everything_is_our_mistake(
    database: Database, keys: dict[str, int]
) -> None:
    log: list[str] = []
    frames = [unstorable(number) for number in range(ISOLATED_PER_BATCH_MAX + 1)]

    async def give_up(seconds: float) -> None:
        raise InterruptedError(f"would pause {seconds:g} s")

    worker = Intake(database, make_ingest(), FixedClock(NIGHT), pause=give_up)
    with pytest.raises(InterruptedError):
        await worker.run(link(Delivery(frames, log)))
    assert log == []


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        pytest.param(asyncpg.NumericValueOutOfRangeError("x"), True, id="value out of range"),
        pytest.param(asyncpg.CheckViolationError("x"), True, id="constraint"),
        pytest.param(asyncpg.exceptions._base.DataError("x"), True, id="cannot be encoded"),
        pytest.param(KeyError("x"), True, id="a mistake in a rule"),
        pytest.param(asyncpg.AdminShutdownError("x"), False, id="shutdown"),
        pytest.param(TimeoutError(), False, id="time out"),
        pytest.param(sa.exc.InterfaceError("x", {}, Exception()), False, id="wrapped connection"),
        pytest.param(sa.exc.TimeoutError("pool"), False, id="pool exhausted"),
    ],
)
def test_whose_fault_an_error_is(error: Exception, fault: bool) -> None:
    assert is_frames_fault(error) is fault


def test_pauses_grow_to_half_a_minute() -> None:
    pauses = [pause_after(attempt).total_seconds() for attempt in (0, 1, 2, 5, 6, 100)]
    assert pauses == [0.5, 1, 2, 16, 30, 30]

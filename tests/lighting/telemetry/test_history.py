"""A past told at once: the same rows as one by one, all or nothing."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from lighting.telemetry import service
from lighting.telemetry.history import HistoryKnownError, ReadingColumns, load_history
from lighting.telemetry.model import Reading
from lighting.telemetry.partitions import ReadingOutOfRangeError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def history(count: int = 6, since: datetime = NOW - timedelta(days=40)) -> ReadingColumns:
    """Readings of two controllers in turn, ten days apart, so that they fall into two months."""
    steps = np.arange(count)
    at_us = int(since.timestamp()) * 1_000_000 + steps // 2 * 10 * 86_400_000_000
    return ReadingColumns(
        controller_key=7 + steps % 2,
        at_us=at_us,
        level_percent=steps * 10,
        active_power_w=steps + 0.5,
        active_energy_wh=5_000_000_000 + steps,
        supply_voltage_v=np.full(count, 230.0),
        power_factor=np.full(count, 0.5),
        temperature_c=np.full(count, -4.0),
        burning_time_s=steps * 3600,
        flags=np.full(count, 20),
    )


async def stored(session: AsyncSession) -> list[Reading]:
    await session.flush()
    found: list[Reading] = []
    for key in (7, 8):
        series = await service.series(
            session, key, NOW - timedelta(days=90), NOW, period=timedelta(days=20)
        )
        found += series.readings
    return found


async def test_every_reading_is_stored_as_it_was_told(session: AsyncSession) -> None:
    await load_history(session, history(), NOW)
    assert await stored(session) == list(history().in_order().rows())


async def test_a_history_and_frames_come_to_the_same_rows(session: AsyncSession) -> None:
    await load_history(session, history(), NOW)
    known = await service.append_once(session, list(history().rows()), NOW)
    assert list(known) == []


async def test_a_history_told_twice_is_refused_whole(session: AsyncSession) -> None:
    await load_history(session, history(4), NOW)
    with pytest.raises(HistoryKnownError):
        async with session.begin_nested():
            await load_history(session, history(6), NOW)
    assert len(await stored(session)) == 4


async def test_a_reading_too_old_to_be_kept_is_refused(session: AsyncSession) -> None:
    with pytest.raises(ReadingOutOfRangeError):
        await load_history(session, history(since=NOW - timedelta(days=900)), NOW)


async def test_an_empty_history_is_no_error(session: AsyncSession) -> None:
    await load_history(session, history(0), NOW)
    assert await (await raw(session)).fetchval("SELECT count(*) FROM reading") == 0

import asyncio
from datetime import UTC, datetime, timedelta

from drivers.contract import Frame
from drivers.spool import Spool

AT = datetime(2026, 11, 20, 17, tzinfo=UTC)
SOON = timedelta(milliseconds=20)


def frame(number: int) -> Frame:
    return Frame(f"bus/{number}", bytes([number]), AT)


async def test_batches_keep_the_order_and_close_by_count() -> None:
    spool = Spool()
    for number in range(5):
        await spool.put(frame(number))
    batches = spool.batches(3, SOON)
    first, second = await anext(batches), await anext(batches)
    assert [one.payload[0] for one in first.frames] == [0, 1, 2]
    assert [one.payload[0] for one in second.frames] == [3, 4]


async def test_who_waits_is_told_only_when_the_batch_is_acknowledged() -> None:
    spool = Spool()
    waiting = asyncio.create_task(spool.put_and_wait(frame(1)))
    batch = await anext(spool.batches(10, SOON))
    assert not waiting.done()
    batch.acknowledge()
    await waiting


async def test_a_full_spool_holds_its_link_back() -> None:
    spool = Spool(capacity_frames=1)
    await spool.put(frame(0))
    second = asyncio.create_task(spool.put(frame(1)))
    await asyncio.sleep(0)
    assert not second.done()
    assert len(spool) == 1
    batches = spool.batches(1, SOON)
    await anext(batches)
    await second
    assert [one.payload[0] for one in (await anext(batches)).frames] == [1]


async def test_who_no_longer_waits_does_not_stop_the_others() -> None:
    spool = Spool()
    gone = asyncio.create_task(spool.put_and_wait(frame(1)))
    still = asyncio.create_task(spool.put_and_wait(frame(2)))
    batch = await anext(spool.batches(2, SOON))
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    batch.acknowledge()
    await still

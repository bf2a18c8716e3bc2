"""Open pages hear of what happened."""

import asyncio
from uuid import UUID

from app.http.stream import Hub
from gmao.workorders.model import WorkOrderChanged
from kit.access.model import Caller
from kit.db import Database
from kit.ids import new_id
from kit.outbox import emit
from tests.app.http.conftest import NOW
from tests.polling import eventually


def change_of(organisation_id: UUID) -> WorkOrderChanged:
    return WorkOrderChanged(work_order_id=new_id(), organisation_id=organisation_id, status="done")


async def test_a_page_hears_of_a_change_made_elsewhere(
    database: Database, organisation_id: UUID
) -> None:
    hub = Hub(database)
    messages = hub.subscribe(Caller.system("test"))
    change = change_of(organisation_id)

    async def hears() -> bool:
        async with database.session() as session:
            await emit(session, change, at=NOW)
        return heard.done()

    assert await anext(messages) == b": welcome\n\n"
    heard = asyncio.ensure_future(anext(messages))
    await eventually(hears)
    await messages.aclose()
    await hub.close()
    assert heard.result().startswith(b"event: work_order\n")
    assert str(change.work_order_id).encode() in heard.result()


async def test_an_event_committed_late_is_heard_all_the_same(
    database: Database, organisation_id: UUID
) -> None:
    """Its identifier is lower than that of an event already told."""
    late, early = change_of(organisation_id), change_of(organisation_id)
    hub = Hub(database)
    messages = hub.subscribe(Caller.system("test"))
    assert await anext(messages) == b": welcome\n\n"
    heard: list[bytes] = []

    async def listen() -> None:
        async for each in messages:
            heard.append(each)

    async def follows() -> bool:
        async with database.session() as session:
            await emit(session, change_of(organisation_id), at=NOW)
        return bool(heard)

    listening = asyncio.create_task(listen())
    await eventually(follows)
    async with database.session() as slow:
        await emit(slow, late, at=NOW)
        await slow.flush()
        async with database.session() as quick:
            await emit(quick, early, at=NOW)
        await eventually(lambda: any(str(early.work_order_id).encode() in one for one in heard))
        assert not any(str(late.work_order_id).encode() in one for one in heard)
    await eventually(lambda: any(str(late.work_order_id).encode() in one for one in heard))
    told = [one for one in heard if str(early.work_order_id).encode() in one]
    assert len(told) == 1
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await hub.close()

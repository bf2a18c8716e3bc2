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


async def test_a_page_hears_of_a_change_made_elsewhere(
    database: Database, organisation_id: UUID
) -> None:
    hub = Hub(database)
    messages = hub.subscribe(Caller.system("test"))
    change = WorkOrderChanged(
        work_order_id=new_id(), organisation_id=organisation_id, status="done"
    )

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

"""Which work order answers an alarm, told to the side that shows alarms."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import reading
from kit.access.model import Caller
from lighting.faults.schemas import WorkOrderName


async def work_of_alarms(
    session: AsyncSession, caller: Caller, alarm_ids: Sequence[UUID]
) -> Mapping[UUID, WorkOrderName]:
    """By alarm, the work order that answers it; only those the caller may see."""
    found = await reading.references(session, caller, alarm_ids)
    return {
        alarm_id: WorkOrderName(id=order.id, number=order.number, status=order.status.value)
        for alarm_id, order in found.items()
    }

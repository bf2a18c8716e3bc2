"""What citizens and patrols report in the demo's past, beside what the lamps say themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import service
from gmao.workorders.model import ReportCause, Source
from gmao.workorders.requests import Telling
from kit.access import service as access
from lighting.faults.model import Urgency


@dataclass(frozen=True, slots=True)
class CitizenReport:
    """Somebody says at an instant that something is wrong at a lamp (by position)."""

    at: datetime
    lamp: int
    telling: Telling


@dataclass(frozen=True, slots=True)
class _Call:
    """A report by how long before the end of the past it comes."""

    days_before: int
    at: time
    cause: ReportCause
    urgency: Urgency
    description: str
    source: Source = Source.CITIZEN


CALLS: Sequence[_Call] = (
    _Call(38, time(9, 12), ReportCause.FLICKER, Urgency.U3, "Clignote depuis deux soirs."),
    _Call(31, time(18, 40), ReportCause.DOOR_OPEN, Urgency.U2, "Trappe ouverte en pied de mât."),
    _Call(26, time(21, 5), ReportCause.TOO_BRIGHT, Urgency.U4, "Éclaire ma chambre."),
    _Call(19, time(7, 50), ReportCause.MAST_DAMAGED, Urgency.U1, "Mât plié par un camion.",
          Source.PATROL),
    _Call(13, time(20, 15), ReportCause.FLICKER, Urgency.U3, "Clignote devant l'école."),
    _Call(9, time(19, 30), ReportCause.LIGHT_OUT, Urgency.U3, "Noir au coin de la place."),
    _Call(4, time(19, 30), ReportCause.LIGHT_OUT, Urgency.U3, "Rue noire devant le 12."),
    _Call(5, time(8, 30), ReportCause.TOO_BRIGHT, Urgency.U4, "Trop fort pour la rue."),
    _Call(3, time(17, 55), ReportCause.DOOR_OPEN, Urgency.U2, "Trappe arrachée.", Source.PATROL),
    _Call(0, time(7, 20), ReportCause.FLICKER, Urgency.U3, "Clignote sous les arbres."),
)  # fmt: skip


def reports(lamp_count: int, end: datetime, timezone: str, seed: int) -> list[CitizenReport]:
    """The reports of a past that ends at `end`, in order of time, at lamps drawn from the seed."""
    random = np.random.default_rng([seed, 2])
    today = end.astimezone(ZoneInfo(timezone)).date()
    return [
        CitizenReport(
            datetime.combine(today - timedelta(days=call.days_before), call.at, ZoneInfo(timezone)),
            int(lamp),
            Telling(
                cause=call.cause,
                urgency=call.urgency,
                source=call.source,
                description=call.description,
            ),
        )
        for call, lamp in zip(CALLS, random.integers(lamp_count, size=len(CALLS)), strict=True)
    ]


async def tell(
    session: AsyncSession,
    dispatcher_id: UUID,
    light_point_ids: Sequence[UUID],
    told: Sequence[CitizenReport],
) -> None:
    """The dispatcher writes down what was reported; `light_point_ids` by position of the lamp."""
    dispatcher = await access.caller_of(session, dispatcher_id)
    for report in told:
        telling = replace(report.telling, light_point_id=light_point_ids[report.lamp])
        await service.report(session, dispatcher, telling, at=report.at)

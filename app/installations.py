"""What follows when equipment goes up or comes down: energy is split there, waiting frames count.

These reactions work with what a worker has: its clock, its plan, its ingests.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.jobs import Workshop
from kit.log import get_logger
from lighting.commissioning import replaying
from lighting.energy import service as energy
from lighting.ingest.service import Ingest
from lighting.registry.model import EquipmentInstalled, EquipmentKind, EquipmentRemoved
from lighting.telemetry.model import READING_AGE_MAX

log = get_logger()

# A change noted today may have happened on any local date around its instant.
DAY_AROUND = timedelta(days=1)


class SplitEnergy:
    """A controller that came or went ends one counter's part of a day and begins the next: both
    sides are computed again, from the instant on the street to now."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    async def __call__(
        self, session: AsyncSession, event: EquipmentInstalled | EquipmentRemoved, at: datetime
    ) -> None:
        if event.kind != EquipmentKind.CONTROLLER:
            return
        now = self._shop.clock.now()
        changed_at = (
            event.installed_at if isinstance(event, EquipmentInstalled) else event.removed_at
        )
        since = max(changed_at, now - READING_AGE_MAX) - DAY_AROUND
        await energy.recompute(
            session,
            [event.light_point_id],
            since.date(),
            (now + DAY_AROUND).date(),
            now,
            expected=self._shop.estate.planned_levels,
        )


class TakeInWaiting:
    """Frames that waited in quarantine for a controller to be installed are taken in."""

    def __init__(self, shop: Workshop, ingests: Mapping[str, Ingest]) -> None:
        self._shop = shop
        self._ingests = ingests

    async def __call__(
        self, session: AsyncSession, event: EquipmentInstalled, at: datetime
    ) -> None:
        if event.kind == EquipmentKind.CONTROLLER:
            now = self._shop.clock.now()
            await replaying.replay_of(session, self._ingests, event.equipment_id, now)

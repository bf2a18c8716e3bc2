"""Brings firmware to the devices that are due, side by side, each with its own end.

A device is claimed and the claim committed before its update begins; a worker that dies leaves it
to be found and tried again.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.clock import Clock
from kit.db import Database
from kit.log import get_logger
from lighting.firmware import images, repository, service
from lighting.firmware.images import ImageStore
from lighting.firmware.model import Package, Progress, ProgressKind, Updater, UpdateState
from lighting.firmware.repository import Claimed

# Updates one worker has under way: each holds a connection to its device.
UPDATES_MAX = 20
UPDATE_TIME_MAX = timedelta(hours=2)

_STATE_AFTER: Mapping[ProgressKind, UpdateState] = {
    ProgressKind.DOWNLOADING: UpdateState.SENDING,
    ProgressKind.INSTALLING: UpdateState.SENDING,
    ProgressKind.UPDATED: UpdateState.WATCHED,
    ProgressKind.UPDATE_MODE: UpdateState.UPDATE_MODE,
    ProgressKind.FAILED: UpdateState.FAILED,
}

log = get_logger()


class FirmwareSender:
    """Claims devices that are due, and updates them; `updaters` is by kind of network, `reaches`
    says whether this worker has a line to one."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        store: ImageStore,
        updaters: Mapping[str, Updater],
        reaches: Callable[[str], bool],
        *,
        updates_max: int = UPDATES_MAX,
    ) -> None:
        self._database = database
        self._clock = clock
        self._store = store
        self._updaters = updaters
        self._reaches = reaches
        self._updates_max = updates_max

    async def run_once(self) -> int:
        """Update the devices that are due now; returns how many were tried."""
        async with self._database.session() as session:
            now = self._clock.now()
            networks = [
                name
                for name in await repository.due_networks(session)
                if name.partition(":")[0] in self._updaters and self._reaches(name)
            ]
            claimed = await repository.claim(session, networks, self._updates_max, now)
            packages = {one.campaign_id: await self._package(session, one) for one in claimed}
        await asyncio.gather(*(self._update(one, packages[one.campaign_id]) for one in claimed))
        return len(claimed)

    async def _package(self, session: AsyncSession, one: Claimed) -> Package:
        system = Caller.system("firmware")
        campaign = await service.campaign(session, system, one.campaign_id)
        image = await images.image(session, system, campaign.image_id)
        return images.package_of(image, self._store)

    async def _update(self, one: Claimed, package: Package) -> None:
        updater = self._updaters[one.target.network.partition(":")[0]]
        last = Progress(ProgressKind.FAILED, "the updater said nothing")
        try:
            async with asyncio.timeout(UPDATE_TIME_MAX.total_seconds()):
                async for progress in updater.update(one.target, package):
                    last = progress
                    await self._keep(one, progress)
        except (OSError, TimeoutError, ValueError) as error:
            last = Progress(ProgressKind.FAILED, str(error) or type(error).__name__)
            await self._keep(one, last)
        if _STATE_AFTER[last.kind] is UpdateState.SENDING:
            await self._keep(
                one, Progress(ProgressKind.FAILED, f"it ended while {last.kind.value}")
            )

    async def _keep(self, one: Claimed, progress: Progress) -> None:
        state, now = _STATE_AFTER[progress.kind], self._clock.now()
        values: dict[str, Any] = {"detail": progress.detail}
        if state is UpdateState.WATCHED:
            values["updated_at"] = now
        elif state is not UpdateState.SENDING:
            values["ended_at"] = now
        async with self._database.session() as session:
            await repository.set_state(
                session, one.campaign_id, one.target.controller_id, state, **values
            )
        log.info(
            "firmware",
            controller_id=str(one.target.controller_id),
            step=progress.kind.value,
            detail=progress.detail,
        )

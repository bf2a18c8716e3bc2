"""What a worker keeps in memory of the estate: the directory of controllers (with the lights of
the fault rules) and the plan of control, each brought up to date before use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from lighting.control import service as control
from lighting.control.plan import UNKNOWN_LEVEL, LightPlan
from lighting.control.sending import Address
from lighting.faults.lights import Lights
from lighting.ingest.directory import Directory
from lighting.registry.directory import service as registry


class Estate:
    """The estate as jobs and control see it."""

    def __init__(self, directory: Directory | None = None) -> None:
        self.directory = directory or Directory()
        self._plan: LightPlan | None = None
        self._plan_revision: object = None

    async def plan(self, session: AsyncSession) -> LightPlan:
        """The plan of control as assignments, calendars and registry are now."""
        revision = await control.plan_revision(session), await registry.revision(session)
        if self._plan is None or revision != self._plan_revision:
            self._plan = await control.load_plan(session)
            self._plan_revision = revision
        return self._plan

    async def planned_levels(
        self, session: AsyncSession, light_point_ids: Sequence[UUID], instants: Sequence[datetime]
    ) -> npt.NDArray[np.int16]:
        """The level the plan had for each light at each instant, to estimate energy that no
        counter tells; -1 for a light without calendar."""
        plan = await self.plan(session)
        groups = [plan.group(light_point_id) for light_point_id in light_point_ids]
        return np.array(
            [
                UNKNOWN_LEVEL if group is None else group.level_percent(at)
                for group, at in zip(groups, instants, strict=True)
            ],
            dtype=np.int16,
        )

    async def lights(self, session: AsyncSession) -> Lights:
        """The lights in service as the fault rules see them."""
        await self.directory.refresh(session)
        return self.directory.lights

    async def addresses(self, session: AsyncSession) -> Mapping[int, Address]:
        """How each controller in service is reached."""
        await self.directory.refresh(session)
        return {
            key: Address(ref.address, ref.network, ref.profile)
            for key, ref in self.directory.by_key.items()
            if ref.in_service
        }

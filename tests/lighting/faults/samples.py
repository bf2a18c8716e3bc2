"""Lights and observations for the tests of faults."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from lighting.faults.model import Light, Observation

# Midwinter in Dijon: dark from 16 h to 7 h UTC, the Sun some 12° high at 10 h.
NIGHT = datetime(2026, 12, 20, 20, 0, tzinfo=UTC)
DAY = datetime(2026, 12, 20, 10, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)

LIGHT = Light(
    controller_key=1,
    controller_id=new_id(),
    light_point_id=new_id(),
    organisation_id=new_id(),
    cabinet_id=None,
    rated_power_w=64.0,
    level_min_percent=10,
    is_led=True,
    lat_deg=47.32,
    lon_deg=5.04,
    timezone="Europe/Paris",
    expected_period=QUARTER,
    installed_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def light(key: int, organisation_id: UUID | None = None, **changes: object) -> Light:
    """Another light like the one above."""
    return replace(
        LIGHT,
        controller_key=key,
        controller_id=new_id(),
        light_point_id=new_id(),
        organisation_id=organisation_id or LIGHT.organisation_id,
        **changes,  # type: ignore[arg-type]
    )


def seen(
    power_w: float | None,
    *,
    level: int | None = 100,
    sun_deg: float = -30.0,
    at: datetime = NIGHT,
    of: Light = LIGHT,
    voltage_v: float | None = 230.0,
    failure: bool = False,
    on: bool = False,
) -> Observation:
    """One reading beside what was expected."""
    return Observation(of, at, power_w, voltage_v, failure, on, level, sun_deg)


class SameLevel:
    """Expected light: one level for everybody since ever, or since an instant."""

    def __init__(self, level_percent: int, since: datetime | None = None) -> None:
        self.level_percent = level_percent
        self.since = since

    async def __call__(
        self, session: AsyncSession, light_point_ids: Sequence[UUID], instants: Sequence[datetime]
    ) -> npt.NDArray[np.int16]:
        levels = [
            self.level_percent if self.since is None or at >= self.since else -1 for at in instants
        ]
        return np.array(levels, dtype=np.int16)

"""What a chart of one light shows behind its measures: expected level and power, and the nights."""

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.control import telling
from lighting.control.curve import LevelFrom
from lighting.faults.compute import power_ratio
from lighting.registry import service as registry
from lighting.telemetry.schemas import ExpectedLevelAnswer, NightAnswer, SeriesContext
from schedules.ephemeris import elevation_deg

# Sunset and sunrise are drawn to the minute: shading needs no more.
SUN_STEP = timedelta(minutes=1)
SUN_UP_DEG = -0.833
# Over longer spans nights are thinner than a pixel.
NIGHTS_SPAN_MAX = timedelta(days=40)


async def series_context(
    session: AsyncSession,
    light_point_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    instants: list[datetime],
) -> SeriesContext:
    """Expected levels of the span, expected power at each instant, nights at the light's place."""
    light = await registry.light_point(session, Caller.system("series"), light_point_id)
    curve = await telling.curve(session, light, starts_at, ends_at)
    rated_w = light.luminaire.type.rated_power_w if light.luminaire else None
    return SeriesContext(
        expected_level_percent=[
            ExpectedLevelAnswer(starts_at=one.starts_at, level_percent=one.level_percent)
            for one in curve
        ],
        expected_power_w=expected_powers(curve, instants, rated_w),
        nights=nights(light.lat_deg, light.lon_deg, starts_at, ends_at),
    )


def expected_powers(
    curve: Sequence[LevelFrom], instants: Sequence[datetime], rated_w: float | None
) -> list[float | None]:
    """Watts a light of that rated power draws at each instant; None where nothing is known."""
    if rated_w is None:
        return [None] * len(instants)
    starts = [one.starts_at for one in curve]
    places = [bisect_right(starts, at) - 1 for at in instants]
    return [
        None if place < 0 else round(rated_w * power_ratio(curve[place].level_percent, 0), 1)
        for place in places
    ]


def nights(
    lat_deg: float, lon_deg: float, starts_at: datetime, ends_at: datetime
) -> list[NightAnswer]:
    """Stretches between sunset and sunrise that touch the span, none over very long spans."""
    if ends_at - starts_at > NIGHTS_SPAN_MAX:
        return []
    first = starts_at.timestamp() - 86_400
    at_s = np.arange(first, ends_at.timestamp() + 86_400, SUN_STEP.total_seconds())
    is_dark = elevation_deg(lat_deg, lon_deg, at_s) < SUN_UP_DEG
    turns = np.flatnonzero(np.diff(is_dark.astype(np.int8)))
    edges = [(datetime.fromtimestamp(at_s[turn + 1], UTC), is_dark[turn + 1]) for turn in turns]
    return [
        NightAnswer(sunset_at=sunset, sunrise_at=sunrise)
        for (sunset, begins), (sunrise, _) in itertools.pairwise(edges)
        if begins and sunrise > starts_at and sunset < ends_at
    ]

"""Finds controllers that have gone silent: no frame brings this, so a job looks for it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from lighting.faults import cases, repository
from lighting.faults.cases import Case
from lighting.faults.lights import NO_LIGHT, Lights
from lighting.faults.model import AssetType, Cause, Light, Verdict, Watch
from lighting.faults.rules import silence_limit
from lighting.telemetry import service as telemetry
from schedules.night import lighting_night
from schedules.sun import elevation_deg

# A switched feeder is live while the Sun is down; darkness is sampled at this step, over at most
# this many days back: longer silences are losses whatever the feeder.
DARKNESS_STEP = timedelta(minutes=15)
DARKNESS_SPAN_MAX = timedelta(days=7)
SUN_DOWN_DEG = -0.833


async def find_silent(session: AsyncSession, lights: Lights, now: datetime) -> int:
    """Raise communication loss for controllers silent beyond their limit; returns how many.

    Controllers never heard are a matter of commissioning, not of loss.
    """
    seen = await telemetry.last_seen(session)
    places = lights.places(key for key, _ in seen).tolist()
    known = [(place, at) for place, (_, at) in zip(places, seen, strict=True) if place != NO_LIGHT]
    watches = {
        (watch.asset_id, watch.cause): watch
        for watch in await repository.watches_for(session, Cause.COMMUNICATION_LOSS)
    }
    silent = [
        (light, at)
        for light, at in _beyond_limit(lights, known, now)
        if _says_more(watches.get((light.controller_id, Cause.COMMUNICATION_LOSS)), light, now)
    ]
    await cases.settle(session, watches, [_case(light, at, now) for light, at in silent], now)
    return len(silent)


def _says_more(watch: Watch | None, light: Light, now: datetime) -> bool:
    """Whether silence adds to what is known: a new loss, or one that lasts into another night."""
    if watch is None or watch.alarm_id is None:
        return True
    return lighting_night(now, light.timezone) not in watch.nights


def _beyond_limit(
    lights: Lights, seen: Iterable[tuple[int, datetime]], now: datetime
) -> list[tuple[Light, datetime]]:
    """Lights whose controller has been silent, while it had power, for longer than its limit."""
    found = [
        (lights.at(place), at) for place, at in seen if now - at > silence_limit(lights.at(place))
    ]
    return [
        (light, at)
        for light, at in found
        if light.is_fed_by_day or dark_time(light, at, now) > silence_limit(light)
    ]


def dark_time(light: Light, since: datetime, until: datetime) -> timedelta:
    """How long the Sun was down at a light: the time a switched feeder had power."""
    since = max(since, until - DARKNESS_SPAN_MAX)
    instants_s = np.arange(since.timestamp(), until.timestamp(), DARKNESS_STEP.total_seconds())
    is_dark = elevation_deg(light.lat_deg, light.lon_deg, instants_s) < SUN_DOWN_DEG
    return DARKNESS_STEP * int(np.count_nonzero(is_dark))


def _case(light: Light, seen_at: datetime, now: datetime) -> Case:
    return Case(
        light,
        AssetType.CONTROLLER,
        light.controller_id,
        Cause.COMMUNICATION_LOSS,
        Verdict.FAULTY,
        now,
        {
            "at": now.isoformat(),
            "last_seen_at": seen_at.isoformat(),
            "silence_limit_s": int(silence_limit(light).total_seconds()),
        },
    )


async def forget_absent(session: AsyncSession, lights: Lights, now: datetime) -> int:
    """End suspicions and alarms of lights and controllers that are no longer in service."""
    assets = [
        asset_id for light in lights for asset_id in (light.light_point_id, light.controller_id)
    ]
    gone = await repository.watches_outside(session, assets)
    if gone:
        await repository.delete_watches(session, gone)
        await cases.clear(session, {one.alarm_id: now for one in gone if one.alarm_id}, now)
    return len(gone)

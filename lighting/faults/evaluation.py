"""From new readings to alarms: the story of one batch.

Healthy readings of lights nobody suspects are passed over by arithmetic on whole arrays; only
what looks odd, and what is under watch, goes through the rules one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import StatusFlag
from lighting.faults import cases, compute, repository
from lighting.faults.cases import Case, Watches
from lighting.faults.lights import NO_LIGHT, Lights
from lighting.faults.model import (
    LAMP_CAUSES,
    AssetType,
    Cause,
    Light,
    Observation,
    Verdict,
)
from lighting.faults.rules import JUDGES, evidence
from lighting.telemetry.model import Reading, Sighting
from schedules.sun import elevation_deg

Places: TypeAlias = npt.NDArray[np.intp]
_LAMP_FAILURE = int(StatusFlag.LAMP_FAILURE)


class ExpectedLight(Protocol):
    """Tells the level each light should give, or have given, at an instant."""

    async def __call__(
        self, session: AsyncSession, light_point_ids: Sequence[UUID], instants: Sequence[datetime]
    ) -> npt.NDArray[np.int16]:
        """Percent of light for each pair of (light point, instant); -1 where it is not known."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Readings that can be judged, in order of light and instant, and their lights."""

    readings: Sequence[Reading]
    place: Places
    level_percent: npt.NDArray[np.int16]

    def chosen(self, which: npt.NDArray[np.bool_]) -> "Candidates":
        """The readings marked true."""
        return Candidates(
            [self.readings[row] for row in np.flatnonzero(which).tolist()],
            self.place[which],
            self.level_percent[which],
        )


async def evaluate(
    session: AsyncSession,
    lights: Lights,
    readings: Sequence[Reading],
    sightings: Sequence[Sighting],
    expected: ExpectedLight,
    now: datetime,
) -> int:
    """Judge new readings, and the links of controllers just heard; returns how many were looked at.

    To be called after the latest state of the same controllers was written in the transaction:
    that keeps other workers from judging the same lights at the same time.
    """
    heard = lights.places(one.controller_key for one in sightings)
    read = lights.places(one.controller_key for one in readings)
    watches = await _watches(session, lights, np.unique(_known(np.concatenate([read, heard]))))
    watched = _under_watch(lights, read, watches)
    candidates = await _candidates(session, lights, readings, read, watched, expected)
    observations = await _observations(session, lights, candidates, watched, expected)
    for turn in _turns(observations):
        await cases.settle(session, watches, _lamp_cases(turn), now)
    await cases.settle(session, watches, _link_cases(lights, heard, sightings, watches), now)
    return len(observations)


async def _candidates(
    session: AsyncSession,
    lights: Lights,
    readings: Sequence[Reading],
    places: Places,
    watched: Places,
    expected: ExpectedLight,
) -> Candidates:
    """Readings that say something about the lamp, beside the level expected: those with a power,
    those with a failure reported, and whatever comes from a light under watch."""
    telling = np.array([_tells(one) for one in readings], dtype=np.bool_)
    if len(watched):
        telling |= np.isin(places, watched)
    telling &= places != NO_LIGHT
    kept = [readings[row] for row in np.flatnonzero(telling).tolist()]
    place = places[telling]
    if not kept:
        return Candidates([], place, np.empty(0, dtype=np.int16))
    light_points = [lights.at(row).light_point_id for row in place.tolist()]
    return Candidates(kept, place, await expected(session, light_points, [one.at for one in kept]))


def _tells(reading: Reading) -> bool:
    return reading.active_power_w is not None or bool((reading.flags or 0) & _LAMP_FAILURE)


async def _watches(session: AsyncSession, lights: Lights, places: Places) -> Watches:
    if not len(places):
        return {}
    light_points = [lights.at(row).light_point_id for row in places.tolist()]
    found = await repository.watches_of(session, light_points)
    return {(watch.asset_id, watch.cause): watch for watch in found}


def _odd(lights: Lights, candidates: Candidates) -> npt.NDArray[np.bool_]:
    power_w = np.array([one.active_power_w for one in candidates.readings], dtype=np.float64)
    flags = np.array([one.flags or 0 for one in candidates.readings], dtype=np.int64)
    return compute.screen(
        lights.limits,
        candidates.place,
        power_w,
        candidates.level_percent,
        (flags & _LAMP_FAILURE) != 0,
    )


async def _observations(
    session: AsyncSession,
    lights: Lights,
    candidates: Candidates,
    watched: Places,
    expected: ExpectedLight,
) -> list[Observation]:
    """Every reading of the lights that look odd or are watched, with sun and settled level."""
    if not candidates.readings:
        return []
    suspected = np.union1d(candidates.place[_odd(lights, candidates)], watched)
    chosen = candidates.chosen(np.isin(candidates.place, suspected))
    if not chosen.readings:
        return []
    its_light = [lights.at(row) for row in chosen.place.tolist()]
    before = await expected(
        session,
        [light.light_point_id for light in its_light],
        [
            one.at - light.settling_time
            for one, light in zip(chosen.readings, its_light, strict=True)
        ],
    )
    is_settled = (chosen.level_percent >= 0) & (before == chosen.level_percent)
    at_s = np.array([one.at.timestamp() for one in chosen.readings])
    sun_deg = elevation_deg(lights.lat_deg[chosen.place], lights.lon_deg[chosen.place], at_s)
    return [
        _observation(
            light,
            reading,
            int(chosen.level_percent[row]) if is_settled[row] else None,
            float(sun_deg[row]),
        )
        for row, (light, reading) in enumerate(zip(its_light, chosen.readings, strict=True))
    ]


def _known(places: Places) -> Places:
    known: Places = places[places != NO_LIGHT]
    return known


def _under_watch(lights: Lights, places: Places, watches: Watches) -> Places:
    """Places whose light point has a watch, even if it began with the controller before."""
    if not watches:
        return np.empty(0, dtype=np.intp)
    points = {watch.light_point_id for watch in watches.values()}
    watched = [
        place
        for place in np.unique(_known(places)).tolist()
        if lights.at(place).light_point_id in points
    ]
    return np.array(watched, dtype=np.intp)


def _observation(
    light: Light, reading: Reading, expected_level_percent: int | None, sun_elevation_deg: float
) -> Observation:
    flags = StatusFlag(reading.flags or 0)
    return Observation(
        light=light,
        at=reading.at,
        active_power_w=reading.active_power_w,
        supply_voltage_v=reading.supply_voltage_v,
        reports_lamp_failure=StatusFlag.LAMP_FAILURE in flags,
        reports_lamp_on=StatusFlag.LAMP_ON in flags,
        expected_level_percent=expected_level_percent,
        sun_elevation_deg=sun_elevation_deg,
    )


def _turns(observations: Iterable[Observation]) -> Iterable[list[Observation]]:
    """The first observation of every light, then the second of those that have one, and so on."""
    by_light: Mapping[int, list[Observation]] = defaultdict(list)
    for seen in sorted(observations, key=lambda one: one.at):
        by_light[seen.light.controller_key].append(seen)
    for turn in range(max(map(len, by_light.values()), default=0)):
        yield [queue[turn] for queue in by_light.values() if turn < len(queue)]


def _lamp_cases(observations: Iterable[Observation]) -> list[Case]:
    return [
        Case(
            seen.light,
            AssetType.LIGHT_POINT,
            seen.light.light_point_id,
            cause,
            verdict,
            seen.at,
            evidence(seen) if verdict is Verdict.FAULTY else {},
        )
        for seen in observations
        for cause in LAMP_CAUSES
        if (verdict := JUDGES[cause](seen)) is not Verdict.UNDECIDED
    ]


def _link_cases(
    lights: Lights,
    heard: Places,
    sightings: Sequence[Sighting],
    watches: Watches,
) -> list[Case]:
    """An uplink is a healthy sample for a controller that was lost."""
    lost = {
        watch.controller_key
        for watch in watches.values()
        if watch.cause is Cause.COMMUNICATION_LOSS
    }
    if not lost:
        return []
    return [
        Case(
            light,
            AssetType.CONTROLLER,
            light.controller_id,
            Cause.COMMUNICATION_LOSS,
            Verdict.HEALTHY,
            sighting.at,
        )
        for place, sighting in zip(heard.tolist(), sightings, strict=True)
        if sighting.controller_key in lost
        for light in (lights.at(place),)
    ]

"""Use cases of luminaires on sun and battery: keep their word, judge it, look ahead, shed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import InvalidInputError, NotFoundError
from lighting.faults import service as faults
from lighting.faults.cases import Case
from lighting.faults.lights import NO_LIGHT, Lights
from lighting.faults.model import AssetType, Verdict
from lighting.registry.directory import service as directory
from lighting.registry.directory.model import ControllerRef
from lighting.registry.light_points import service as light_points
from lighting.solar import repository
from lighting.solar.compute import ahead, autonomy, available_wh, floor_percent, stretches
from lighting.solar.model import (
    FORECAST_NIGHTS,
    FULL_SHARE_PERCENT,
    NIGHTS_KEPT,
    Charge,
    Shedding,
    SolarLight,
    SolarState,
    Stretch,
)
from lighting.solar.rules import JUDGES, decide_share
from schedules.model import DimmingStep
from schedules.night import lighting_night, night_bounds
from schedules.sun import elevation_deg

StepsOf = Callable[[UUID, date], Sequence[DimmingStep] | None]
"""The programme of one light in one night, None without calendar."""

# A word older than this says nothing about tonight.
CHARGE_AGE_MAX = timedelta(hours=12)
CHARGES_PER_ANSWER_MAX = 5_000


def solar_light(ref: ControllerRef) -> SolarLight | None:
    """The luminaire behind an entry of the directory, None when it is on the mains."""
    if ref.battery_capacity_wh is None or ref.rated_power_w is None:
        return None
    return SolarLight(
        light_point_id=ref.light_point_id,
        organisation_id=ref.organisation_id,
        controller_key=ref.controller_key,
        capacity_wh=ref.battery_capacity_wh,
        panel_peak_w=ref.panel_peak_w,
        rated_power_w=ref.rated_power_w,
        level_min_percent=ref.level_min_percent,
        floor_percent=floor_percent(ref.lighting_class, ref.level_min_percent),
        lat_deg=ref.lat_deg,
        lon_deg=ref.lon_deg,
        timezone=ref.timezone,
    )


async def take_in(
    session: AsyncSession,
    charges: Sequence[Charge],
    by_key: Mapping[int, ControllerRef],
    lights: Lights,
    now: datetime,
) -> int:
    """Store what luminaires said of battery and panel, judge what is new; returns how much."""
    if not charges:
        return 0
    new = await repository.append(session, list({one[:2]: one for one in charges}.values()))
    fresh = [one for one in charges if one[:2] in new]
    for turn in _turns(fresh):
        cases = [case for one in turn for case in _cases(one, by_key[one.controller_key], lights)]
        await faults.weigh_cases(session, cases, now)
    return len(fresh)


async def load_history(session: AsyncSession, charges: Sequence[Charge]) -> None:
    """Store what luminaires said long ago; nothing of it is judged any more."""
    if charges:
        await repository.append(session, charges)


def _turns(charges: Iterable[Charge]) -> Iterable[list[Charge]]:
    """The first charge of each luminaire, then the second of those that have one, and so on."""
    queues: dict[int, list[Charge]] = {}
    for one in sorted(charges, key=lambda one: one.at):
        queues.setdefault(one.controller_key, []).append(one)
    for turn in range(max(map(len, queues.values()), default=0)):
        yield [queue[turn] for queue in queues.values() if turn < len(queue)]


def _cases(charge: Charge, ref: ControllerRef, lights: Lights) -> list[Case]:
    """What one charge says about each cause; nothing of a light out of service."""
    (place,) = lights.places((ref.controller_key,)).tolist()
    solar = solar_light(ref)
    if place == NO_LIGHT or solar is None:
        return []
    light = lights.at(place)
    sun_deg = float(elevation_deg(solar.lat_deg, solar.lon_deg, charge.at.timestamp()))
    return [
        Case(
            light,
            AssetType.LIGHT_POINT,
            light.light_point_id,
            cause,
            verdict,
            charge.at,
            _evidence(charge, sun_deg) if verdict is Verdict.FAULTY else {},
        )
        for cause, judge in JUDGES.items()
        if (verdict := judge(solar, charge, sun_deg)) is not Verdict.UNDECIDED
    ]


def _evidence(charge: Charge, sun_deg: float) -> dict[str, object]:
    said = {name: value for name, value in charge._asdict().items() if name != "controller_key"}
    return {**said, "at": charge.at.isoformat(), "sun_elevation_deg": round(sun_deg, 1)}


async def look_ahead(
    session: AsyncSession, refs: Iterable[ControllerRef], steps_of: StepsOf, now: datetime
) -> int:
    """Forecast every luminaire's light and decide its share of tonight; returns how many get
    less than their programme."""
    found = {light.controller_key: light for light in map(solar_light, refs) if light is not None}
    known = await repository.newest(session, list(found))
    held = {one.light_point_id: one for one in await repository.sheddings_at(session, now)}
    forecasts, decided = {}, []
    for key, light in found.items():
        charge = known.get(key)
        share = charge.battery_charge_percent if charge else None
        if charge is None or share is None or now - charge.at > CHARGE_AGE_MAX:
            continue
        coming = _coming(light, steps_of, now)
        forecasts[light.light_point_id] = autonomy(light, coming, available_wh(light, share))
        decided.append(_decide(light, coming, share, held.get(light.light_point_id), now))
    if forecasts:
        await repository.save_forecasts(session, forecasts, now)
        changed = [one for one in decided if _differs(one, held)]
        if changed:
            await repository.save_sheddings(session, changed)
    return sum(one.share_percent < FULL_SHARE_PERCENT for one in decided)


def _coming(light: SolarLight, steps_of: StepsOf, now: datetime) -> list[Stretch]:
    """The programme from now on, over the nights looked ahead for."""
    tonight = lighting_night(now, light.timezone)
    nights = (tonight + timedelta(days=shift) for shift in range(FORECAST_NIGHTS))
    planned = [
        stretch
        for night in nights
        for stretch in stretches(
            steps_of(light.light_point_id, night) or (), night_bounds(night, light.timezone)[1]
        )
    ]
    return ahead(planned, now)


def _decide(
    light: SolarLight,
    coming: Sequence[Stretch],
    charge_percent: float,
    held: Shedding | None,
    now: datetime,
) -> Shedding:
    evening = lighting_night(now, light.timezone)
    noon = night_bounds(evening, light.timezone)[1]
    kept_until = night_bounds(evening + timedelta(days=NIGHTS_KEPT), light.timezone)[1]
    tonight = [one for one in coming if one.starts_at < noon]
    later = [one for one in coming if noon <= one.starts_at < kept_until]
    is_lit = bool(tonight) and tonight[0].level_percent > 0
    return decide_share(light, tonight, later, charge_percent, held if is_lit else None, now, noon)


def _differs(decided: Shedding, held: Mapping[UUID, Shedding]) -> bool:
    """Whether a decision is worth a row: another share than the one held, or than all of it."""
    before = held.get(decided.light_point_id)
    known = FULL_SHARE_PERCENT if before is None else before.share_percent
    return decided.share_percent != known


async def sheddings(session: AsyncSession, at: datetime) -> Mapping[UUID, Shedding]:
    """Luminaires that get less than their programme at an instant."""
    found = await repository.sheddings_at(session, at)
    return {one.light_point_id: one for one in found if one.share_percent < FULL_SHARE_PERCENT}


async def shedding_of(session: AsyncSession, light_point_id: UUID, at: datetime) -> Shedding | None:
    """Why one luminaire gets less than its programme at an instant, None when it does not."""
    (one,) = await repository.sheddings_at(session, at, light_point_id) or (None,)
    return one if one is not None and one.share_percent < FULL_SHARE_PERCENT else None


async def state(
    session: AsyncSession, caller: Caller, light_point_id: UUID, now: datetime
) -> SolarState:
    """How one luminaire stands; unknown when it is on the mains."""
    light = await _solar_light(session, caller, light_point_id)
    known = await repository.newest(session, [light.controller_key])
    return SolarState(
        light_point_id=light_point_id,
        capacity_wh=light.capacity_wh,
        panel_peak_w=light.panel_peak_w,
        floor_percent=light.floor_percent,
        charge=known.get(light.controller_key),
        autonomy=await repository.forecast(session, light_point_id),
        shedding=await shedding_of(session, light_point_id, now),
    )


async def charges(
    session: AsyncSession,
    caller: Caller,
    light_point_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
) -> Sequence[Charge]:
    """What one luminaire said of battery and panel, oldest first."""
    if ends_at <= starts_at:
        raise InvalidInputError("'to' must come after 'from'")
    light = await _solar_light(session, caller, light_point_id)
    return await repository.charges(
        *(session, light.controller_key, starts_at, ends_at, CHARGES_PER_ANSWER_MAX)
    )


async def _solar_light(session: AsyncSession, caller: Caller, light_point_id: UUID) -> SolarLight:
    view = await light_points.light_point(session, caller, light_point_id)
    keys = [view.controller.key] if view.controller else []
    found = next(map(solar_light, await directory.refs_of(session, keys)), None)
    if found is None:
        raise NotFoundError("this light point has no battery; see its luminaire's type")
    return found

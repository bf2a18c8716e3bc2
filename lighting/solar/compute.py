"""Calculations on battery and light, pure: energy of a programme, autonomy, what share lasts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from drivers.contract import Measurement
from lighting.faults.compute import power_ratio
from lighting.solar.model import (
    CHARGE_QUANTITIES,
    FLOOR_PERCENT_DEFAULT,
    FLOOR_PERCENT_MIN,
    FULL_SHARE_PERCENT,
    LIGHT_OF_CLASS,
    RESERVE_PERCENT,
    SHARE_STEP_PERCENT,
    Autonomy,
    Charge,
    SolarLight,
    Stretch,
    shed_level,
)
from schedules.model import DimmingStep


def charges_of(key: int, measurements: Iterable[Measurement]) -> list[Charge]:
    """What a frame says of battery and panel, one charge for each instant."""
    rows: dict[datetime, list[float | None]] = {}
    for one in measurements:
        place = CHARGE_QUANTITIES.get(one.quantity)
        if place is not None and not one.channel:
            row = rows.setdefault(one.measured_at, [None] * len(Charge._fields))
            row[place] = one.value
    return [Charge(key, at, *row[2:]) for at, row in rows.items()]  # type: ignore[arg-type]


def floor_percent(lighting_class: str | None, level_min_percent: int) -> int:
    """The least light a road of this class keeps, in percent of its own."""
    least = max(level_min_percent, FLOOR_PERCENT_MIN)
    name = (lighting_class or "").strip().upper()
    row = LIGHT_OF_CLASS.get(name[:1], {})
    if name not in row:
        return max(least, FLOOR_PERCENT_DEFAULT)
    return max(least, round(100 * min(row.values()) / row[name]))


def stretches(steps: Sequence[DimmingStep], until: datetime) -> list[Stretch]:
    """The programme as stretches of one level, the last one until an instant."""
    ends = [step.starts_at for step in steps[1:]] + [until]
    return [
        Stretch(step.starts_at, end, step.level_percent)
        for step, end in zip(steps, ends, strict=True)
        if step.starts_at < end
    ]


def ahead(nights: Iterable[Stretch], now: datetime) -> list[Stretch]:
    """What of the stretches is still to come, in order of time."""
    left = (one._replace(starts_at=max(one.starts_at, now)) for one in nights if one.ends_at > now)
    return sorted(left)


def power_w(light: SolarLight, level_percent: int) -> float:
    """What the luminaire draws from its battery at a level."""
    return light.rated_power_w * power_ratio(level_percent, light.level_min_percent)


def available_wh(light: SolarLight, charge_percent: float) -> float:
    """What the battery can still give."""
    return light.capacity_wh * max(0.0, charge_percent - RESERVE_PERCENT) / 100


def needed_wh(light: SolarLight, night: Iterable[Stretch], share_percent: int) -> float:
    """What the light of these stretches takes at a share of it."""
    return sum(
        one.hours
        * power_w(light, shed_level(one.level_percent, share_percent, light.floor_percent))
        for one in night
    )


def lasting_share(light: SolarLight, night: Sequence[Stretch], wh: float) -> int:
    """The greatest share, in whole steps, whose light these watt-hours last for; 0 is the floor."""
    for share in range(FULL_SHARE_PERCENT, 0, -SHARE_STEP_PERCENT):
        if needed_wh(light, night, share) <= wh:
            return share
    return 0


def autonomy(light: SolarLight, coming: Sequence[Stretch], wh: float) -> Autonomy:
    """How long the programme's light lasts on these watt-hours, without any sun."""
    lit = timedelta()
    for one in coming:
        draw_w = power_w(light, one.level_percent)
        if draw_w == 0:
            continue
        lasts = timedelta(hours=wh / draw_w)
        if lasts < one.ends_at - one.starts_at:
            return Autonomy(lit + lasts, one.starts_at + lasts)
        lit += one.ends_at - one.starts_at
        wh -= draw_w * one.hours
    return Autonomy(lit, None)


def produced_wh(counters: Iterable[int | None]) -> int:
    """What a panel's running counter grew by; where it began again, what it shows since."""
    known = [one for one in counters if one is not None]
    return sum(now - before if now >= before else now for before, now in pairwise(known))

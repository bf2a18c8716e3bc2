"""Decisions about battery and panel, pure: when light is shed, and what is wrong.

Light is shed ahead, over the whole rest of the night, so that a road is dimmer from dusk on rather
than dark before dawn. Sun that may come tomorrow is not counted on; the floor of the next nights
is kept back.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from lighting.faults.model import Cause, Verdict
from lighting.solar.compute import available_wh, lasting_share, needed_wh
from lighting.solar.model import (
    CHARGE_FULL_PERCENT,
    CHARGE_LOW_PERCENT,
    CHARGE_RECOVERED_PERCENT,
    CHARGING_A_MIN,
    FULL_SHARE_PERCENT,
    PANEL_DARK_RATIO_MAX,
    PANEL_GIVING_RATIO_MIN,
    SHARE_RISE_MIN_PERCENT,
    SUN_HIGH_DEG,
    Charge,
    Shedding,
    SolarLight,
    Stretch,
)


def decide_share(
    light: SolarLight,
    night: Sequence[Stretch],
    later: Sequence[Stretch],
    charge_percent: float,
    before: Shedding | None,
    now: datetime,
    holds_until: datetime,
) -> Shedding:
    """The share of the programme's light for what is left of a night, with the floor of the
    `later` nights kept back.

    A share already held tonight falls as soon as it must, and rises only by a tenth or more.
    """
    wh = max(0.0, available_wh(light, charge_percent) - needed_wh(light, later, 0))
    share = lasting_share(light, night, wh)
    if before is not None and before.share_percent < share < _rise_from(before.share_percent):
        share = before.share_percent
    return Shedding(
        light_point_id=light.light_point_id,
        decided_at=now,
        holds_until=holds_until,
        share_percent=share,
        floor_percent=light.floor_percent,
        charge_percent=charge_percent,
        available_wh=wh,
        needed_wh=needed_wh(light, night, FULL_SHARE_PERCENT),
    )


def _rise_from(share_percent: int) -> int:
    return min(share_percent + SHARE_RISE_MIN_PERCENT, FULL_SHARE_PERCENT)


def judge_battery_low(light: SolarLight, charge: Charge, sun_deg: float) -> Verdict:
    """So little left that a night is in danger."""
    share = charge.battery_charge_percent
    if share is None:
        return Verdict.UNDECIDED
    if share < CHARGE_LOW_PERCENT:
        return Verdict.FAULTY
    return Verdict.HEALTHY if share > CHARGE_RECOVERED_PERCENT else Verdict.UNDECIDED


def judge_battery_not_charging(light: SolarLight, charge: Charge, sun_deg: float) -> Verdict:
    """The panel gives power in broad daylight, and none of it reaches the battery."""
    if not _should_charge(charge, sun_deg) or charge.charge_current_a is None:
        return Verdict.UNDECIDED
    if _panel_ratio(light, charge) < PANEL_GIVING_RATIO_MIN:
        return Verdict.UNDECIDED
    is_charging = charge.charge_current_a >= CHARGING_A_MIN
    return Verdict.HEALTHY if is_charging else Verdict.FAULTY


def judge_panel_failure(light: SolarLight, charge: Charge, sun_deg: float) -> Verdict:
    """The panel gives nothing in broad daylight: broken, covered, cut off or stolen."""
    if not _should_charge(charge, sun_deg) or charge.panel_power_w is None:
        return Verdict.UNDECIDED
    if not light.panel_peak_w:
        return Verdict.UNDECIDED
    ratio = _panel_ratio(light, charge)
    if ratio < PANEL_DARK_RATIO_MAX:
        return Verdict.FAULTY
    return Verdict.HEALTHY if ratio >= PANEL_GIVING_RATIO_MIN else Verdict.UNDECIDED


JUDGES: Mapping[Cause, Callable[[SolarLight, Charge, float], Verdict]] = {
    Cause.BATTERY_LOW: judge_battery_low,
    Cause.BATTERY_NOT_CHARGING: judge_battery_not_charging,
    Cause.PANEL_FAILURE: judge_panel_failure,
}


def _should_charge(charge: Charge, sun_deg: float) -> bool:
    """Whether the Sun is high and the battery known to have room."""
    share = charge.battery_charge_percent
    return sun_deg >= SUN_HIGH_DEG and share is not None and share < CHARGE_FULL_PERCENT


def _panel_ratio(light: SolarLight, charge: Charge) -> float:
    if charge.panel_power_w is None or not light.panel_peak_w:
        return 0.0
    return charge.panel_power_w / light.panel_peak_w

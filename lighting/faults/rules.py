"""Decisions about faults, pure: what one sample says, and when samples become an alarm.

Source of rules and numbers: the fault taxonomy of our domain reference (§6.2, §6.3). Persistence
counts only samples that could be judged: unknown is neither faulty nor healthy.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from lighting.faults.compute import power_ratio
from lighting.faults.model import (
    CREDITED_TIME_MAX,
    DAILY_GRACE,
    DAILY_PERIOD,
    DARK_POWER_W_MAX,
    DAYLIGHT_ELEVATION_DEG_MIN,
    EVIDENCE_NIGHTS_MAX,
    EXPECTED_POWER_W_MIN,
    PERSISTENCE,
    SILENT_PERIODS,
    SUPPLY_VOLTAGE_V_MIN,
    WINDOW_POWER_W_MIN,
    Cause,
    Light,
    Observation,
    Urgency,
    Verdict,
    Watch,
)
from schedules.night import lighting_night, night_bounds

CONFIRMING_NIGHTS = 2
# A day burner wastes energy but leaves nobody in the dark; after three days it is somebody's task.
LASTING_DAYS = 4


def expected_power_w(light: Light, level_percent: int) -> float | None:
    """What the lamp should draw at a level, None when its rated power is not known."""
    if light.rated_power_w is None:
        return None
    curve = light.thresholds.power_curve
    return light.rated_power_w * power_ratio(level_percent, light.level_min_percent, curve)


def judge_lamp_failure(seen: Observation) -> Verdict:
    """Dark while it should burn: by its power, or by the gear's own word (DALI status bit 1)."""
    if not _should_burn(seen):
        return Verdict.UNDECIDED
    if seen.reports_lamp_failure:
        return Verdict.FAULTY
    if seen.active_power_w is None:
        return Verdict.HEALTHY if seen.reports_lamp_on else Verdict.UNDECIDED
    expected_w = expected_power_w(seen.light, seen.expected_level_percent or 0)
    if expected_w is None or expected_w < EXPECTED_POWER_W_MIN:
        return Verdict.UNDECIDED
    limits = seen.light.thresholds
    if seen.active_power_w < max(limits.dark_ratio_max * expected_w, DARK_POWER_W_MAX):
        return Verdict.FAULTY
    if seen.active_power_w > limits.alight_ratio_min * expected_w:
        return Verdict.HEALTHY
    return Verdict.UNDECIDED


def judge_lamp_unexpected_on(seen: Observation) -> Verdict:
    """Burning in daylight while it should be off."""
    rated_w = seen.light.rated_power_w
    if seen.expected_level_percent != 0 or seen.active_power_w is None or not rated_w:
        return Verdict.UNDECIDED
    limits = seen.light.thresholds
    if seen.active_power_w < limits.day_dark_ratio_max * rated_w:
        return Verdict.HEALTHY
    if seen.sun_elevation_deg <= DAYLIGHT_ELEVATION_DEG_MIN:
        return Verdict.UNDECIDED
    is_burning = seen.active_power_w > limits.day_burning_ratio_min * rated_w
    return Verdict.FAULTY if is_burning else Verdict.UNDECIDED


def judge_power_too_low(seen: Observation) -> Verdict:
    """Alight, yet drawing clearly less than it should: part of the lamp is lost."""
    ratio = _power_window_ratio(seen)
    limits = seen.light.thresholds
    if ratio is None or ratio < limits.dark_ratio_max:
        return Verdict.UNDECIDED  # a dark lamp is another fault
    if ratio < limits.power_low_ratio_max:
        return Verdict.FAULTY
    is_healthy = ratio > limits.power_low_healthy_ratio_min
    return Verdict.HEALTHY if is_healthy else Verdict.UNDECIDED


def judge_power_too_high(seen: Observation) -> Verdict:
    """Drawing clearly more than it should: wrong lamp, lost dimming, failing gear."""
    ratio = _power_window_ratio(seen)
    limits = seen.light.thresholds
    if ratio is None:
        return Verdict.UNDECIDED
    if ratio > limits.power_high_ratio_min:
        return Verdict.FAULTY
    is_healthy = ratio < limits.power_high_healthy_ratio_max
    return Verdict.HEALTHY if is_healthy else Verdict.UNDECIDED


JUDGES: Mapping[Cause, Callable[[Observation], Verdict]] = {
    Cause.LAMP_FAILURE: judge_lamp_failure,
    Cause.LAMP_UNEXPECTED_ON: judge_lamp_unexpected_on,
    Cause.LAMP_POWER_TOO_LOW: judge_power_too_low,
    Cause.LAMP_POWER_TOO_HIGH: judge_power_too_high,
}


def _should_burn(seen: Observation) -> bool:
    """Whether the lamp is known to be told to burn, with mains to burn on."""
    has_mains = seen.supply_voltage_v is None or seen.supply_voltage_v >= SUPPLY_VOLTAGE_V_MIN
    return bool(seen.expected_level_percent) and has_mains


def _power_window_ratio(seen: Observation) -> float | None:
    if seen.active_power_w is None or not _should_burn(seen):
        return None
    expected_w = expected_power_w(seen.light, seen.expected_level_percent or 0)
    if expected_w is None or expected_w < WINDOW_POWER_W_MIN:
        return None
    return seen.active_power_w / expected_w


def weigh(
    watch: Watch | None, light: Light, asset_id: UUID, cause: Cause, verdict: Verdict, at: datetime
) -> Watch | None:
    """The evidence after one more sample; None when nothing is suspected (any more).

    A sample older than the last one judged is left out: it was late, and cannot turn time back.
    """
    if verdict is Verdict.UNDECIDED or (watch is not None and at <= watch.judged_at):
        return watch
    if verdict is Verdict.FAULTY:
        night = lighting_night(at, light.timezone)
        if watch is None:
            return Watch(
                asset_id, cause, light.controller_key, light.light_point_id, at, True, 1,
                nights=(night,),
            )  # fmt: skip
        return _one_more_faulty(watch, at, night)
    if watch is None or watch.alarm_id is None:
        return None  # a suspicion ends with the first healthy sample
    return replace(
        watch,
        judged_at=at,
        is_faulty=False,
        healthy_samples=watch.healthy_samples + 1,
        healthy_time=watch.healthy_time + _credited(watch, at, was_faulty=False),
    )


def _one_more_faulty(watch: Watch, at: datetime, night: date) -> Watch:
    nights = watch.nights if night in watch.nights else (*watch.nights, night)
    return replace(
        watch,
        judged_at=at,
        is_faulty=True,
        faulty_samples=watch.faulty_samples + 1,
        faulty_time=watch.faulty_time + _credited(watch, at, was_faulty=True),
        healthy_samples=0,
        healthy_time=timedelta(),
        nights=nights[-EVIDENCE_NIGHTS_MAX:],
    )


def _credited(watch: Watch, at: datetime, *, was_faulty: bool) -> timedelta:
    if watch.is_faulty is not was_faulty:
        return timedelta()
    return min(at - watch.judged_at, CREDITED_TIME_MAX)


def is_proven(watch: Watch) -> bool:
    """Whether the evidence is enough for an alarm."""
    needed = PERSISTENCE[watch.cause]
    return watch.faulty_samples >= needed.samples and watch.faulty_time >= needed.time


def is_over(watch: Watch) -> bool:
    """Whether the evidence is enough to end the alarm."""
    needed = PERSISTENCE[watch.cause]
    is_enough = watch.healthy_samples >= needed.healthy_samples
    return is_enough and watch.healthy_time >= needed.healthy_time


def is_first_night(light: Light, at: datetime) -> bool:
    """Whether the controller is still in the night it was installed for: warnings only."""
    first = lighting_night(light.installed_at, light.timezone)
    return at < night_bounds(first, light.timezone)[1]


def urgency(watch: Watch) -> Urgency:
    """How soon somebody must act; more nights of evidence make it more urgent."""
    if watch.cause is Cause.LAMP_FAILURE:
        return Urgency.U3 if len(watch.nights) >= CONFIRMING_NIGHTS else Urgency.U4
    if watch.cause is Cause.LAMP_UNEXPECTED_ON:
        return Urgency.U3 if len(watch.nights) >= LASTING_DAYS else Urgency.U4
    if watch.cause in (Cause.COMMUNICATION_LOSS, Cause.BATTERY_LOW):
        # The lamp may well burn: one bad radio night, or one dark day, sends nobody; a second one
        # asks for a visit.
        return Urgency.U3 if len(watch.nights) >= CONFIRMING_NIGHTS else Urgency.U4
    return Urgency.U3


def silence_limit(light: Light) -> timedelta:
    """The silence after which a controller is lost."""
    if light.expected_period >= DAILY_PERIOD:
        return light.expected_period + DAILY_GRACE
    return light.expected_period * SILENT_PERIODS


def evidence(seen: Observation) -> dict[str, Any]:
    """One sample as it is kept with the alarm."""
    expected_w = expected_power_w(seen.light, seen.expected_level_percent or 0)
    return {
        "at": seen.at.isoformat(),
        "active_power_w": seen.active_power_w,
        "supply_voltage_v": seen.supply_voltage_v,
        "expected_level_percent": seen.expected_level_percent,
        "expected_power_w": None if expected_w is None else round(expected_w, 1),
        "sun_elevation_deg": round(seen.sun_elevation_deg, 1),
        "reports_lamp_failure": seen.reports_lamp_failure,
    }

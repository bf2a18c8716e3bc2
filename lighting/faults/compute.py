"""Calculations of faults on arrays: the power a lamp should draw, and which readings look odd."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int16]

# LED gear draws a twentieth of rated power on top of a share in proportion to light (domain
# reference §3.3, [GK]); a maker's measured table replaces it per luminaire type.
GEAR_SHARE = 0.05
LEVEL_MIN_PERCENT = 10


def power_ratio(
    level_percent: float, level_min_percent: float, curve: Sequence[tuple[float, float]] = ()
) -> float:
    """Power as a ratio of rated power at a level of light; 0 where the lamp is off.

    Below its lowest level a lamp stays at its lowest.
    """
    if level_percent <= 0:
        return 0.0
    level = max(level_percent, level_min_percent or LEVEL_MIN_PERCENT)
    if curve:
        levels, ratios = zip(*curve, strict=True)
        return float(np.interp(level, levels, ratios))
    return GEAR_SHARE + (1 - GEAR_SHARE) * level / 100


@dataclass(frozen=True, slots=True)
class ScreenLimits:
    """Per light, as arrays: where a reading stops being plainly healthy. NaN: nothing is known."""

    rated_power_w: Floats
    level_min_percent: Floats
    ratio_min: Floats
    ratio_max: Floats
    off_ratio_max: Floats
    has_own_curve: Bools


def screen(
    limits: ScreenLimits,
    light: npt.NDArray[np.intp],
    active_power_w: Floats,
    expected_level_percent: Levels,
    reports_lamp_failure: Bools,
) -> Bools:
    """Which readings deserve a closer look: none that a rule could call faulty is left out.

    `light` is the place of each reading's light in `limits`; unknown power is NaN, unknown level
    is negative. A light with its own curve is always looked at while it burns.
    """
    rated_w = limits.rated_power_w[light]
    level = np.maximum(expected_level_percent, limits.level_min_percent[light])
    expected_w = rated_w * (GEAR_SHARE + (1 - GEAR_SHARE) * level / 100)
    is_lit = expected_level_percent > 0
    with np.errstate(invalid="ignore"):
        is_outside = (active_power_w < limits.ratio_min[light] * expected_w) | (
            active_power_w > limits.ratio_max[light] * expected_w
        )
        is_burning = active_power_w > limits.off_ratio_max[light] * rated_w
    odd_lit = is_lit & (is_outside | reports_lamp_failure | limits.has_own_curve[light])
    odd_off = (expected_level_percent == 0) & is_burning
    odd: Bools = odd_lit | odd_off
    return odd

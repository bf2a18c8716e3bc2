"""Arc power levels 0..254 and percent of light, by the two dimming curves of control gear.

People order percent of light; the bus carries levels. On the standard (logarithmic) curve half the
light is level 229, not 127. Source: IEC 62386-102 (standard), IEC 62386-207 (linear).
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from math import log10, sqrt

from drivers.dali.frames import LEVEL_MAX
from drivers.errors import EncodeError

_STEPS_PER_DECADE = 253 / 3  # levels 1..254 span three decades, 0.1 % to 100 %
_ROUND_PERCENT = 5  # calendars are written in steps of five


class Curve(IntEnum):
    """How levels become light, as gear of device type 6 answers it."""

    STANDARD = 0
    LINEAR = 1


def percent_of_level(level: int, curve: Curve = Curve.STANDARD) -> float:
    """Percent of light of a level 0..254."""
    if not 0 <= level <= LEVEL_MAX:
        raise ValueError(f"level {level} is outside 0..{LEVEL_MAX}")
    if level == 0:
        return 0.0
    if curve is Curve.LINEAR:
        return level / LEVEL_MAX * 100
    return float(10 ** ((level - 1) / _STEPS_PER_DECADE - 1))


def level_of_percent(percent: float, curve: Curve = Curve.STANDARD) -> int:
    """The level nearest to 0..100 % of light; what is above zero is never off."""
    if not 0 <= percent <= 100:
        raise EncodeError(f"{percent} % is outside 0..100 %")
    if percent == 0:
        return 0
    if curve is Curve.LINEAR:
        level = round(percent / 100 * LEVEL_MAX)
    else:
        level = round((log10(percent) + 1) * _STEPS_PER_DECADE + 1)
    return min(max(level, 1), LEVEL_MAX)


def whole_percent(level: int, curve: Curve = Curve.STANDARD) -> int:
    """The whole percentage a level stands for: where several give it, the roundest.

    Level 229 is what both 50 % and 51 % become; it is read back as 50.
    """
    return _whole_percents(curve)[level]


def is_level_of(level: int, percent: int, curve: Curve = Curve.STANDARD) -> bool:
    """Whether a level is the one an order of `percent` leads to, give or take one step.

    A gateway may round otherwise than we do; one step is under 3 % of the light.
    """
    wanted = level_of_percent(percent, curve)
    return level == wanted or (0 not in (level, wanted) and abs(level - wanted) == 1)


def fade_time_s(setting: int) -> float:
    """Seconds of a fade for the setting 0..15; 0 is none (or the extended fade)."""
    if not 0 <= setting <= 15:
        raise ValueError(f"fade time {setting} is outside 0..15")
    return 0.5 * sqrt(2**setting) if setting else 0.0


def fade_rate_per_s(setting: int) -> float:
    """Levels per second of a fade for the setting 1..15."""
    if not 1 <= setting <= 15:
        raise ValueError(f"fade rate {setting} is outside 1..15")
    return 506 / sqrt(2**setting)


def curve_of(answer: int | None) -> Curve:
    """The curve of gear by its answer; gear that is not of type 6 keeps silent and is standard."""
    return Curve.LINEAR if answer == Curve.LINEAR else Curve.STANDARD


@cache
def _whole_percents(curve: Curve) -> Sequence[int]:
    return tuple(_whole_percent(level, curve) for level in range(LEVEL_MAX + 1))


def _whole_percent(level: int, curve: Curve) -> int:
    exact = percent_of_level(level, curve)
    nearest = round(exact)
    roundest = _ROUND_PERCENT * round(exact / _ROUND_PERCENT)
    if roundest and level_of_percent(roundest, curve) == level:
        return roundest
    return max(nearest, 1) if level else 0

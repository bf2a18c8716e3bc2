"""The model of a lamp's power, and what it says about spans the counter does not tell.

P(d) = (rated + gear loss) · (fixed + (1 - fixed) · d) for a level d at or above the lowest the gear
holds, plus the standby of node and gear at all hours: the default LED curve of `schedules`, to be
replaced by a measured table where a maker gives one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lighting.energy.days import Piece
from lighting.energy.model import UNKNOWN_LEVEL, Flags, Floats, Ints, Lamp, Levels
from schedules.compute import LED_FIXED_POWER_RATIO

# Calendars step by the minute, but a quarter-hour's middle is at most half a step away.
SAMPLE_MS = 15 * 60 * 1000
MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Samples:
    """Instants at which the expected level is asked for, and the time each stands for."""

    piece: Ints
    lamp: Ints
    at_ms: Ints
    duration_ms: Floats


@dataclass(frozen=True, slots=True)
class Profile:
    """What the model says of each piece: energy, and whether every level was known."""

    energy_wh: Floats
    is_known: Flags


def lamp_power_w(
    level_percent: Levels, rated_w: Floats, standby_w: Floats, level_min_percent: Ints
) -> Floats:
    """Power drawn at a level of light; `rated_w` includes the loss in the gear."""
    share = np.maximum(level_percent, level_min_percent) / 100
    lit = rated_w * (LED_FIXED_POWER_RATIO + (1 - LED_FIXED_POWER_RATIO) * share)
    power: Floats = np.where(level_percent > 0, lit, 0.0) + standby_w
    return power


def samples(pieces: Sequence[Piece]) -> Samples:
    """Cut each piece into equal parts of a quarter-hour at most and take their middles."""
    start_ms = np.array([piece.start_ms for piece in pieces], dtype=np.int64)
    duration_ms = np.array([piece.duration_ms for piece in pieces], dtype=np.int64)
    lamp = np.array([piece.lamp for piece in pieces], dtype=np.int64)
    counts = -(-duration_ms // SAMPLE_MS)
    piece = np.repeat(np.arange(len(pieces)), counts)
    ordinal = np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts)
    part_ms = (duration_ms / np.maximum(counts, 1))[piece]
    at_ms = start_ms[piece] + ((ordinal + 0.5) * part_ms).astype(np.int64)
    return Samples(piece, lamp[piece], at_ms, part_ms)


def profile(count: int, taken: Samples, levels: Levels, lamps: Sequence[Lamp]) -> Profile:
    """Energy of `count` pieces from the levels found at their samples."""
    rated_w = np.array(
        [np.nan if lamp.rated_power_w is None else lamp.rated_power_w for lamp in lamps]
    )
    gear_w = np.array([lamp.gear_loss_w for lamp in lamps])
    standby_w = np.array([lamp.standby_power_w for lamp in lamps])
    level_min = np.array([lamp.level_min_percent for lamp in lamps], dtype=np.int64)
    at = taken.lamp
    power_w = lamp_power_w(levels, (rated_w + gear_w)[at], standby_w[at], level_min[at])
    known = (levels != UNKNOWN_LEVEL) & ~np.isnan(power_w)
    sample_wh = np.where(known, power_w, 0.0) * taken.duration_ms / MS_PER_HOUR
    energy_wh = np.bincount(taken.piece, weights=sample_wh, minlength=count)
    return Profile(
        energy_wh=energy_wh.astype(np.float64),
        is_known=np.bincount(taken.piece, weights=~known, minlength=count) == 0,
    )


def split_exactly(total: int, weights: Sequence[float]) -> list[int]:
    """Share a whole number by weights so that the parts add up to it (largest remainder).

    Equal remainders favour the earlier part; without any weight the parts are equal.
    """
    if not weights:
        return []
    whole = sum(weights)
    shares = [total * (weight / whole if whole > 0 else 1 / len(weights)) for weight in weights]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] - shares[at], at))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    return parts

"""What a counter really counted: rollover, reset, repetition, disorder and nonsense told apart.

Arrays hold the readings of many devices at once. Every decision about a reading looks at most
`REACH` readings away, so a day judged with its near surroundings alone is judged exactly as
within the whole history: that is why the order in which readings arrive never matters.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from lighting.energy.model import Flags, Floats, Ints
from lighting.telemetry.model import READING_AGE_MAX

# A reading is judged with two neighbours on each side; an interval has one such reading at each
# end and may stride over one outlier.
REACH = 4

# Widths at which registers of real devices start again: 24 bits (SLS VOLC2180, meter answer) and
# 32 bits (NAS UL20xx, usage frame).
MODULI = (2**24, 2**32)

# Readings further apart than telemetry keeps late ones are not linked: what lies between is lost.
INTERVAL_MS_MAX = int(READING_AGE_MAX.total_seconds() * 1000)

# Devices are told apart by adding this many milliseconds per device to the instant (year 2109).
_DEVICE_STRIDE_MS = 2**42


class Link(IntEnum):
    """What lies between two readings that follow each other."""

    COUNTED = 0
    ROLLED_OVER = 1
    RESET = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class Readings:
    """Counter values by device, then instant; no instant twice within a device."""

    device: Ints
    at_ms: Ints
    value: Ints

    def without(self, left_out: Flags) -> "Readings":
        """The readings not marked."""
        kept = ~left_out
        return Readings(self.device[kept], self.at_ms[kept], self.value[kept])


@dataclass(frozen=True, slots=True)
class Pace:
    """The fastest each device's counter can run: steps per millisecond, and a slack in steps for
    registers coarser than what is counted."""

    per_ms: Floats
    slack: int

    def allowed(self, device: Ints, duration_ms: Ints) -> Ints:
        """The most steps the counter may gain in a duration."""
        steps: Ints = np.ceil(self.per_ms[device] * duration_ms).astype(np.int64)
        return steps + self.slack


@dataclass(frozen=True, slots=True)
class Intervals:
    """What was counted between readings that follow each other, by device, then instant.

    `counted` is 0 for a refused interval and, after a reset, what the new counter shows.
    """

    device: Ints
    start_ms: Ints
    end_ms: Ints
    from_value: Ints
    to_value: Ints
    counted: Ints
    allowed: Ints
    link: Ints


def in_order(device: Ints, at_ms: Ints, value: Ints) -> Readings:
    """Readings sorted and without repetition, whatever order and how often they came."""
    order = np.lexsort((value, at_ms, device))
    device, at_ms, value = device[order], at_ms[order], value[order]
    last = np.ones(len(device), dtype=bool)
    last[:-1] = (device[1:] != device[:-1]) | (at_ms[1:] != at_ms[:-1])
    return Readings(device[last], at_ms[last], value[last])


def outliers(readings: Readings, pace: Pace) -> Flags:
    """Readings that contradict both neighbours while these agree with each other.

    Two such readings side by side (two devices under one address) cannot be told right from
    wrong: neither is set aside, and the intervals between them are refused.
    """
    count = len(readings.value)
    suspect = np.zeros(count, dtype=bool)
    if count < 3:
        return suspect
    step = _agree(readings, pace, np.arange(count - 1), np.arange(1, count))
    leap = _agree(readings, pace, np.arange(count - 2), np.arange(2, count))
    suspect[1:-1] = ~step[:-1] & ~step[1:] & leap
    beside = np.zeros(count, dtype=bool)
    beside[1:] |= suspect[:-1]
    beside[:-1] |= suspect[1:]
    return suspect & ~beside


def intervals(readings: Readings, pace: Pace) -> Intervals:
    """The intervals between readings that follow each other, each with what it counted."""
    first = np.flatnonzero(readings.device[:-1] == readings.device[1:])
    second = first + 1
    device = readings.device[first]
    start_ms, end_ms = readings.at_ms[first], readings.at_ms[second]
    before, after = readings.value[first], readings.value[second]
    allowed = pace.allowed(device, end_ms - start_ms)
    growth = _growth(before, after, allowed)
    near = end_ms - start_ms <= INTERVAL_MS_MAX
    fits = near & (growth >= 0) & (growth <= allowed)
    restarted = near & ~fits & (after < before) & (after <= allowed)
    link = np.select(
        [fits & (after >= before), fits, restarted],
        [Link.COUNTED, Link.ROLLED_OVER, Link.RESET],
        Link.REFUSED,
    ).astype(np.int64)
    counted = np.select([fits, restarted], [growth, after], 0).astype(np.int64)
    return Intervals(device, start_ms, end_ms, before, after, counted, allowed, link)


class Curve:
    """An amount per interval, added up and read at any instant.

    Between two readings it is interpolated by time and rounded down to a whole step. A part is
    the difference of two readings of the curve, so parts always add up to the whole.
    """

    def __init__(self, spans: Intervals, amount: Ints) -> None:
        self._spans = spans
        self._amount = amount
        self._before = np.concatenate(([0], np.cumsum(amount)))
        self._starts = device_key(spans.device, spans.start_ms)

    def between(self, device: Ints, start_ms: Ints, end_ms: Ints) -> Ints:
        """What each device counted from one instant to another."""
        return self._until(device, end_ms) - self._until(device, start_ms)

    def _until(self, device: Ints, at_ms: Ints) -> Ints:
        if not len(self._starts):
            return np.zeros(len(device), dtype=np.int64)
        found = np.searchsorted(self._starts, device_key(device, at_ms), side="right") - 1
        at = np.maximum(found, 0)
        duration_ms = self._spans.end_ms[at] - self._spans.start_ms[at]
        elapsed_ms = np.clip(at_ms - self._spans.start_ms[at], 0, duration_ms)
        elapsed_ms = np.where(self._spans.device[at] == device, elapsed_ms, duration_ms)
        part = self._amount[at] * elapsed_ms // duration_ms
        total: Ints = np.where(found < 0, 0, self._before[at] + part)
        return total


def device_key(device: Ints, at_ms: Ints) -> Ints:
    """One ascending number per (device, instant), to search all devices at once."""
    return device * _DEVICE_STRIDE_MS + at_ms


def _agree(readings: Readings, pace: Pace, first: Ints, second: Ints) -> Flags:
    """Whether the second reading can follow the first without a reset."""
    allowed = pace.allowed(readings.device[first], readings.at_ms[second] - readings.at_ms[first])
    growth = _growth(readings.value[first], readings.value[second], allowed)
    same = readings.device[first] == readings.device[second]
    agree: Flags = same & (growth >= 0) & (growth <= allowed)
    return agree


def _growth(before: Ints, after: Ints, allowed: Ints) -> Ints:
    """Steps gained, through the end of the register where that alone explains a fall."""
    growth = after - before
    for modulus in MODULI:
        through_end = growth + modulus
        rolled = (growth < 0) & (before < modulus) & (through_end <= allowed)
        growth = np.where(rolled, through_end, growth)
    return growth

"""What the value of a quantity can be at all: whole or not, and within which limits.

The store's columns are that wide, and no more: a codec lets nothing else through.
"""

from collections.abc import Mapping
from math import isfinite

from drivers.contract import Measurement, Quantity

# Counters, percent of light and contacts are whole numbers, whatever the device counts in.
WHOLE = frozenset(
    {
        Quantity.LEVEL_PERCENT,
        Quantity.ACTIVE_ENERGY_WH,
        Quantity.LOAD_SIDE_ENERGY_WH,
        Quantity.BURNING_TIME_S,
        Quantity.OPERATING_TIME_S,
        Quantity.PULSE_COUNT,
        Quantity.INPUT_ON,
        Quantity.OUTPUT_ON,
        Quantity.STATUS_FLAGS,
    }
)

# A thousand billion watts, watt-hours or seconds: no light, cabinet or city comes near.
_LARGEST = 1e12

_LIMITS: Mapping[Quantity, tuple[float, float]] = {
    Quantity.LEVEL_PERCENT: (0, 100),
    Quantity.POWER_FACTOR: (-1, 1),
    Quantity.INPUT_ON: (0, 1),
    Quantity.OUTPUT_ON: (0, 1),
    Quantity.STATUS_FLAGS: (0, (1 << 31) - 1),
    Quantity.ACTIVE_ENERGY_WH: (0, _LARGEST),
    Quantity.LOAD_SIDE_ENERGY_WH: (0, _LARGEST),
    Quantity.BURNING_TIME_S: (0, _LARGEST),
    Quantity.OPERATING_TIME_S: (0, _LARGEST),
    Quantity.PULSE_COUNT: (0, _LARGEST),
}


def limits(quantity: Quantity) -> tuple[float, float]:
    """The least and the largest value this quantity can have."""
    return _LIMITS.get(quantity, (-_LARGEST, _LARGEST))


def is_possible(measurement: Measurement) -> bool:
    """Whether the value is one that its quantity can have."""
    low, high = limits(measurement.quantity)
    value = measurement.value
    if measurement.quantity in WHOLE and not isinstance(value, int):
        return False
    return isfinite(value) and low <= value <= high

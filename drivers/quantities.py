"""What the value of a quantity can be at all: whole or not, and within which limits.

The store's columns are that wide, and no more: a codec lets nothing else through.
"""

from collections.abc import Mapping
from math import isfinite

from drivers.contract import Measurement, Quantity

# Counters, contacts, flags and percent of light are whole numbers, whatever the device counts in.
_COUNTERS = ("_wh", "_vah", "_time_s", "_count")
CONTACTS = frozenset(one for one in Quantity if one.endswith(("_on", "_occupied")))
WHOLE = (
    frozenset(one for one in Quantity if one.endswith(_COUNTERS))
    | CONTACTS
    | {Quantity.LEVEL_PERCENT, Quantity.STATUS_FLAGS}
)

# What a signed counter of 64 bits holds; and a thousand billion volts, watts or lux.
_COUNTER_MAX = (1 << 63) - 1
_LARGEST = 1e12

_LIMITS: Mapping[Quantity, tuple[float, float]] = {
    **{quantity: (0, _COUNTER_MAX) for quantity in Quantity if quantity.endswith(_COUNTERS)},
    **{quantity: (0, 1) for quantity in CONTACTS},
    Quantity.LEVEL_PERCENT: (0, 100),
    Quantity.POWER_FACTOR: (-1, 1),
    Quantity.STATUS_FLAGS: (0, (1 << 31) - 1),
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

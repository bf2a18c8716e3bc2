"""The status byte of control gear, and the failures of LED gear.

Source: IEC 62386-102, QUERY STATUS; IEC 62386-207, QUERY FAILURE STATUS.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import IntFlag

from drivers.contract import DeviceEvent, EventKind, StatusFlag


class GearStatus(IntFlag):
    """Bits of the answer to QUERY STATUS."""

    CONTROL_GEAR_FAILURE = 1 << 0
    LAMP_FAILURE = 1 << 1
    LAMP_ON = 1 << 2
    LIMIT_ERROR = 1 << 3
    FADE_RUNNING = 1 << 4
    RESET_STATE = 1 << 5
    MISSING_SHORT_ADDRESS = 1 << 6
    POWER_CYCLE_SEEN = 1 << 7


class LedFailure(IntFlag):
    """Bits of the answer to QUERY FAILURE STATUS of LED gear."""

    SHORT_CIRCUIT = 1 << 0
    OPEN_CIRCUIT = 1 << 1
    LOAD_DECREASE = 1 << 2
    LOAD_INCREASE = 1 << 3
    CURRENT_PROTECTOR_ACTIVE = 1 << 4
    THERMAL_SHUTDOWN = 1 << 5
    THERMAL_OVERLOAD = 1 << 6
    REFERENCE_MEASUREMENT_FAILED = 1 << 7


_FLAGS = {
    GearStatus.CONTROL_GEAR_FAILURE: StatusFlag.CONTROL_GEAR_FAILURE,
    GearStatus.LAMP_FAILURE: StatusFlag.LAMP_FAILURE,
    GearStatus.LAMP_ON: StatusFlag.LAMP_ON,
    GearStatus.LIMIT_ERROR: StatusFlag.LIMIT_ERROR,
}
_FLAGS_OF_BYTE = tuple(
    sum(int(flag) for bit, flag in _FLAGS.items() if byte & bit) for byte in range(256)
)
_FAILURES = {
    GearStatus.CONTROL_GEAR_FAILURE: EventKind.CONTROL_GEAR_FAILURE,
    GearStatus.LAMP_FAILURE: EventKind.LAMP_FAILURE,
}
_FAILURE_BITS = GearStatus.CONTROL_GEAR_FAILURE | GearStatus.LAMP_FAILURE


def flags_of(status: int) -> int:
    """The status byte as `StatusFlag` bits."""
    return _FLAGS_OF_BYTE[status]


def failures_of(status: int, at: datetime) -> list[DeviceEvent]:
    """The failures a status byte tells of."""
    if not status & _FAILURE_BITS:
        return []
    return [DeviceEvent(kind, at) for bit, kind in _FAILURES.items() if status & bit]


def names_of(bits: IntFlag) -> Sequence[str]:
    """The names of the bits that are set, lowest first, in small letters."""
    return [str(bit.name).lower() for bit in type(bits) if bit in bits]

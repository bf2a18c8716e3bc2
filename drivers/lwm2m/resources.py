"""What the resources of lamp controllers and meters say of the light, as data.

Units are those of the object definitions: 3418 and 3421 count energy in Wh, but 3416/47 in kWh;
operating hours are hours. Sources as in `objects`.
"""

from collections.abc import Mapping
from typing import NamedTuple

from drivers.contract import EventKind, Quantity, StatusFlag
from drivers.lwm2m.objects import (
    CONNECTIVITY,
    DEVICE,
    ELECTRICAL_MONITOR,
    FIRMWARE,
    LAMP_CONTROLLER,
    LOCATION,
    METER,
    PHOTOCELL,
    THREE_PHASE_METER,
)

HOUR_S = 3600
KWH_WH = 1000

COMMAND, COMMAND_IN_ACTION, DIMMING_LEVEL, LAMP_FAILURE = 1, 2, 3, 5
OVERRIDE_START, OVERRIDE_END, OVERRIDE_ACTIVE = 50, 51, 54
GEAR_TEMPERATURE, UNIT_TEMPERATURE = 21, 62
PHOTOCELL_STATUS = 3
DEVICE_ERROR_CODE = 11
FIRMWARE_STATE, FIRMWARE_RESULT = 3, 5
LATITUDE, LONGITUDE = 0, 1


class Meaning(NamedTuple):
    """A resource as a quantity of ours: value times `factor`; a counter is an integer."""

    quantity: Quantity
    factor: float = 1
    is_counter: bool = False


_METER = {
    1: Meaning(Quantity.SUPPLY_VOLTAGE_V),
    6: Meaning(Quantity.CURRENT_A),
    13: Meaning(Quantity.POWER_FACTOR),
    16: Meaning(Quantity.ACTIVE_POWER_W),
    25: Meaning(Quantity.ACTIVE_ENERGY_WH, is_counter=True),
}

MEANINGS: Mapping[int, Mapping[int, Meaning]] = {
    LAMP_CONTROLLER: {
        DIMMING_LEVEL: Meaning(Quantity.LEVEL_PERCENT),
        15: Meaning(Quantity.BURNING_TIME_S, HOUR_S, is_counter=True),
        GEAR_TEMPERATURE: Meaning(Quantity.TEMPERATURE_C),
        46: Meaning(Quantity.LOAD_SIDE_POWER_W),
        47: Meaning(Quantity.LOAD_SIDE_ENERGY_WH, KWH_WH, is_counter=True),
        56: Meaning(Quantity.OPERATING_TIME_S, HOUR_S, is_counter=True),
    },
    ELECTRICAL_MONITOR: {
        1: Meaning(Quantity.SUPPLY_VOLTAGE_V),
        2: Meaning(Quantity.CURRENT_A),
        4: Meaning(Quantity.ACTIVE_POWER_W),
        5: Meaning(Quantity.POWER_FACTOR),
        6: Meaning(Quantity.ACTIVE_ENERGY_WH, is_counter=True),
    },
    METER: _METER,
    THREE_PHASE_METER: {
        4: Meaning(Quantity.CURRENT_A),
        5: Meaning(Quantity.POWER_FACTOR),
        8: Meaning(Quantity.ACTIVE_POWER_W),
        17: Meaning(Quantity.ACTIVE_ENERGY_WH, is_counter=True),
    },
    CONNECTIVITY: {2: Meaning(Quantity.RSSI_DBM)},
}

LAMP_FLAGS: Mapping[int, tuple[StatusFlag | None, EventKind]] = {
    LAMP_FAILURE: (StatusFlag.LAMP_FAILURE, EventKind.LAMP_FAILURE),
    7: (StatusFlag.CONTROL_GEAR_FAILURE, EventKind.CONTROL_GEAR_FAILURE),
    9: (None, EventKind.RELAY_FAILURE),
    10: (None, EventKind.DAY_BURNER),
    11: (None, EventKind.CYCLING_FAILURE),
    12: (StatusFlag.CONTROL_GEAR_COMM_FAILURE, EventKind.CONTROL_GEAR_COMM_FAILURE),
}
"""States of 3416: the flag while they last, and the event that tells them."""

ALERTS: Mapping[int, Mapping[int, str]] = {
    ELECTRICAL_MONITOR: {
        9: "low_power_factor",
        12: "low_power",
        15: "high_power",
        17: "low_current",
        19: "high_current",
        21: "low_voltage",
        23: "high_voltage",
        25: "critical_inrush_current",
    },
    METER: {
        3: "low_voltage",
        5: "high_voltage",
        10: "high_current",
        15: "low_power_factor",
        53: "voltage_cut",
        58: "unexpected_load",
    },
    THREE_PHASE_METER: {35: "voltage_cut", 41: "excessive_load", 42: "unexpected_load"},
}
"""Thresholds that were passed, told as metering alerts."""

DEVICE_ERRORS: Mapping[int, str] = {
    1: "low battery power",
    2: "external power supply off",
    3: "GPS module failure",
    4: "low received signal strength",
    5: "out of memory",
    6: "SMS failure",
    7: "IP connectivity failure",
    8: "peripheral malfunction",
}
"""Codes of 3/0/11; 0 is no error."""

FIRMWARE_STATES: Mapping[int, str] = {0: "idle", 1: "downloading", 2: "downloaded", 3: "updating"}
FIRMWARE_RESULTS: Mapping[int, str] = {
    0: "none yet",
    1: "updated",
    2: "not enough flash memory",
    3: "out of memory while downloading",
    4: "connection lost while downloading",
    5: "integrity check failed",
    6: "unsupported package type",
    7: "invalid URI",
    8: "update failed",
    9: "unsupported protocol",
    10: "update cancelled",
    11: "update deferred",
}

HEARD_OBJECTS = (*MEANINGS, PHOTOCELL, DEVICE, FIRMWARE, LOCATION)
"""The objects a codec understands, by which their frames' ports are named."""

"""Alerts and notifications of NAS UL20xx, port 61, up only.

The second byte holds a length in its high nibble for inputs, conditions for the meter, a state
for the position. Source: NAS payload documentation ("LCU payloads uplinks") and
nasys/nas-codecs (MIT).
"""

import struct

from drivers.errors import InvalidValueError, UnknownPacketError
from drivers.lorawan.nas.config_fields import fixed
from drivers.lorawan.nas.gear_status import read_gear_statuses
from drivers.lorawan.nas.packet import Named, Reader, iso_epoch, unpack_flags

METERING_CONDITIONS = (
    "lamp_error_alert",
    "over_current_alert",
    "under_voltage_alert",
    "over_voltage_alert",
    "low_power_factor_alert",
)
_LOCATION_STATES = {0: "good_fix", 1: "no_fix", 2: "internal_error", 0xFF: "internal_error"}


def read_notice(reader: Reader, is_firmware_1_0: bool) -> Named:
    """One notice in the vendor's names; firmware 1.0 calls those of inputs alerts."""
    header = reader.take_byte("packet header")
    second = reader.take_byte("second byte")
    suffix = "alert" if is_firmware_1_0 else "notification"
    match header:
        case 0x80:
            return {"packet_type": f"dig_input_{suffix}", **_dig_input(reader, second)}
        case 0x81:
            return {"packet_type": f"ldr_input_{suffix}", **_ldr_input(reader, second)}
        case 0x83:
            return {"packet_type": "dali_driver_alert", "drivers": read_gear_statuses(reader)}
        case 0x84:
            return {"packet_type": "metering_alert", **_metering(reader, second)}
        case 0x85 if not is_firmware_1_0:
            return {
                "packet_type": "deprecated_light_sensor_notification",
                "active_dim_step": second,
            }
        case 0x86 if not is_firmware_1_0:
            return {"packet_type": "location_notification", **_location(reader, second)}
    raise UnknownPacketError(f"notice 0x{header:02x} is not known on port 61")


def _dig_input(reader: Reader, second: int) -> Named:
    size = second >> 4
    if size not in (2, 4):
        raise InvalidValueError(f"digital input counter of {size} bytes: only 2 and 4 are known")
    counter = int.from_bytes(reader.take(size, "digital input counter"), "little")
    state = {"dig_input_on": bool(second & 1)} if size == 4 else {}
    return {**state, "dig_input_event_counter": counter}


def _ldr_input(reader: Reader, second: int) -> Named:
    if second >> 4 != 2:
        raise InvalidValueError(f"LDR notice of {second >> 4} bytes: only 2 is known")
    state, value = reader.take(2, "LDR state and value")
    return {"ldr_input_on": bool(state & 1), "ldr_input_value": value}


def _metering(reader: Reader, second: int) -> Named:
    conditions = unpack_flags(second, METERING_CONDITIONS)
    for name, is_active in conditions.items():
        if is_active:
            reader.warnings.append("metering_" + name.removesuffix("_alert"))
    power_w, voltage_v, power_factor = struct.unpack("<HHB", reader.take(5, "metering values"))
    return {
        **conditions,
        "power__W": power_w,
        "voltage__V": voltage_v,
        "power_factor": power_factor / 100,
    }


def _location(reader: Reader, state: int) -> Named:
    if state not in _LOCATION_STATES:
        raise InvalidValueError(f"location state 0x{state:02x} is not known")
    fields: Named = {"location_status": _LOCATION_STATES[state]}
    if state != 0:
        return fields
    latitude, longitude, epoch_s = struct.unpack("<ffI", reader.take(12, "position and time"))
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also refuses what is no number
        raise InvalidValueError(f"{latitude}, {longitude} is no position")
    fields["latitude__deg"] = fixed(latitude, 6)
    fields["longitude__deg"] = fixed(longitude, 6)
    fields["last_fix_utc_time"] = iso_epoch(epoch_s, reader.warnings)
    return fields

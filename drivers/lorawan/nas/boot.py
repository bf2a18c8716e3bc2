"""Boot and error packets of NAS UL20xx, port 99, up only.

Source: NAS payload documentation ("LCU payloads uplinks") and nasys/nas-codecs (MIT).
"""

from drivers.errors import InvalidValueError, UnknownPacketError
from drivers.lorawan.nas.packet import Named, Reader, iso_epoch, unpack_flags

BOOT = 0x00
REJECTED = 0x13

_DEVICE_CONFIGS = (
    "dali",
    "dali_nc",
    "dali_no",
    "analog_nc",
    "analog_no",
    "dali_analog_nc",
    "dali_analog_no",
    "dali_analog_nc_no",
)
_FEATURES = (None, None, "dig_input", "ldr_input", "open_drain_output", "metering")
_RESET_REASONS = (
    "reset_0",
    "watchdog_reset",
    "soft_reset",
    "reset_3",
    "reset_4",
    "reset_5",
    "reset_6",
    "reset_7",
)
_SUPPLY_HIGH = 0x7E
_SUPPLY_ERROR = 0x7F
_SUPPLY_V_BELOW = 0x70

REJECTIONS = {
    0x00: "n/a",
    0x01: "n/a",
    0x02: "unknown_fport",
    0x03: "packet_size_short",
    0x04: "packet_size_long",
    0x05: "value_error",
    0x06: "protocol_parse_error",
    0x07: "reserved_flag_set",
    0x08: "invalid_flag_combination",
    0x09: "unavailable_feature_request",
    0x0A: "unsupported_header",
    0x0B: "unreachable_hw_request",
    0x0C: "address_not_available",
    0x0D: "internal_error",
    0x0E: "packet_size_error",
    0x81: "profile_id_seq_error",
    0x82: "profile_destination_eror",  # the vendor's published spelling
    0x83: "profile_days_error",
    0x84: "profile_step_count_error",
    0x85: "profile_step_value_error",
    0x86: "profile_step_unsorted_error",
}


def read_boot_port(reader: Reader) -> Named:
    """One packet of port 99 in the vendor's names."""
    header = reader.take_byte("packet header")
    if header == BOOT:
        return _read_boot(reader)
    if header == REJECTED:
        return _read_rejection(reader)
    raise UnknownPacketError(f"packet 0x{header:02x} is not known on port 99")


def _read_boot(reader: Reader) -> Named:
    serial = reader.take(4, "serial")[::-1].hex().upper()
    firmware = ".".join(str(part) for part in reader.take(3, "firmware version"))
    epoch_s = int.from_bytes(reader.take(4, "device time"), "little")
    fields: Named = {
        "packet_type": "boot_packet",
        "device_serial": serial,
        "firmware_version": firmware,
        "device_unix_epoch": iso_epoch(epoch_s, reader.warnings),
    }
    config, features, supply, drivers = reader.take(4, "hardware, features, supply and drivers")
    if config >= len(_DEVICE_CONFIGS):
        raise InvalidValueError(f"hardware config {config} is not known, 0 to 7 are")
    fields["device_config"] = _DEVICE_CONFIGS[config]
    fields["optional_features"] = unpack_flags(features, _FEATURES)
    fields["dali_supply_state__V"] = _supply(supply & 0x7F, reader.warnings)
    fields["dali_power_source_external"] = "external" if supply & 0x80 else "internal"
    fields["dali_addressed_driver_count"] = drivers & 0x7F
    fields["dali_unaddressed_driver_found"] = bool(drivers & 0x80)
    if drivers & 0x80:
        reader.warnings.append("unadressed_dali_driver_on_bus")  # the vendor's spelling
    if reader.left:
        fields["reset_reason"] = _reset_reasons(reader)
    return fields


def _supply(raw: int, warnings: list[str]) -> int | str:
    if raw < _SUPPLY_V_BELOW:
        return raw
    if raw == _SUPPLY_HIGH:
        return "bus_high"
    if raw == _SUPPLY_ERROR:
        warnings.append("dali_bus_error")
        return "bus_error"
    return "invalid_value"


def _reset_reasons(reader: Reader) -> list[str]:
    raw = reader.take_byte("reset reason")
    reasons = [name for bit, name in enumerate(_RESET_REASONS) if raw >> bit & 1]
    if "watchdog_reset" in reasons:
        reader.warnings.append("watchdog_reset")
    return reasons


def _read_rejection(reader: Reader) -> Named:
    port, code = reader.take(2, "rejected port and reason")
    reason = REJECTIONS.get(code, "invalid_error_code")
    reader.warnings.append(f"downlink_error {reason}")
    return {
        "packet_type": "invalid_downlink_packet",
        "downlink_from_fport": port,
        "error_reason": reason,
    }

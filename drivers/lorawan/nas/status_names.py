"""A status packet in the vendor's published names. Source: nasys/nas-codecs (MIT)."""

from drivers.lorawan.nas import status as bits
from drivers.lorawan.nas.config_1_0 import REASON_1_0_MIN, REASONS_1_0
from drivers.lorawan.nas.config_fields import day_names, lux_text
from drivers.lorawan.nas.gear_status import gear_status
from drivers.lorawan.nas.packet import Named, address_name, iso_epoch
from drivers.lorawan.nas.status import DimmingSource, ProfileInForce, Status, lux

_REASON_UNKNOWN = 255
_REASONS_1_1 = {
    **{number: f"profile_{number}" for number in range(8)},
    0x21: "calendar_day",
    0x22: "calendar_night",
    **{0x30 + step: f"calendar_dawn_step_{step}" for step in range(16)},
    **{0x50 + step: f"calendar_dusk_step_{step}" for step in range(16)},
    0x70: "dig_inactive",
    0x71: "dig_active",
    **{0x80 + step: f"light_monitor_step_{step}" for step in range(8)},
    245: "relay_off",
    246: "driver_not_found",
    248: "fallback_active",
    250: "ldr_input_active",
    252: "dig_input_active",
    253: "manual_active",
    _REASON_UNKNOWN: "unknown",
}

_REASON_ERRORS: dict[int | str, str] = {
    "unknown": "unknown_reason",
    "invalid_reason": "invalid_reason",
}

_ALERTS = {
    bits.VOLTAGE_ALERT: "voltage_alert_in_24h",
    bits.LAMP_ERROR_ALERT: "lamp_error_alert_in_24h",
    bits.POWER_ALERT: "power_alert_in_24h",
    bits.POWER_FACTOR_ALERT: "power_factor_alert_in_24h",
}


def reason_name(reason: int) -> str:
    """What drives the light, firmware 1.1: a profile, the calendar, an input, a person."""
    return _REASONS_1_1.get(reason, "invalid_reason")


def version_name(version: int) -> int | str:
    """Version of a profile, firmware 1.0; the numbers from 240 on say what drives the light."""
    if version < REASON_1_0_MIN:
        return version
    return "unknown" if version == _REASON_UNKNOWN else REASONS_1_0.get(version, "invalid_reason")


def status_errors(status: Status) -> list[str]:
    """What stays without a name in a status frame that is otherwise readable."""
    errors = [
        "unsupported_sensor_source"
        for code in status.sensors or {}
        if code not in bits.SENSOR_SIZES
    ]
    names = [
        *(reason_name(source.reason) for source in status.sources),
        *(version_name(profile.version) for profile in status.profiles),
    ]
    return errors + [_REASON_ERRORS[name] for name in names if name in _REASON_ERRORS]


def status_1_1_fields(status: Status, warnings: list[str]) -> Named:
    """Port 23 as the vendor's codec names it."""
    fields = _head_fields(status, warnings)
    _warn_flags(status, warnings, ("", "dali_connection_error", "metering_com_error"))
    if status.flags & bits.CLOCK_WARNING:
        warnings.append("ext_rtc_warning")
    fields["status"] = _flags_1_1(status)
    if status.ldr is not None:
        fields["ldr_input_value"] = status.ldr
    if status.alerts is not None:
        fields["active_alerts"] = _alert_fields(status.alerts)
        warnings.extend(name for bit, name in _ALERTS.items() if status.alerts & bit)
    if status.sensors is not None:
        fields["sensor_source"] = _sensor_fields(status.sensors)
    fields["dimming_source"] = [_source_fields(source, warnings) for source in status.sources]
    return fields


def status_1_0_fields(status: Status, warnings: list[str]) -> Named:
    """Port 24 as the vendor's codec names it."""
    fields = _head_fields(status, warnings)
    names = ("dali_external_error", "dali_connection_error", "hardware_error")
    _warn_flags(status, warnings, names)
    fields["status"] = {
        "dali_error_external": bool(status.flags & bits.DALI_EXTERNAL_ERROR),
        "dali_connection_error": bool(status.flags & bits.DALI_CONNECTION_ERROR),
        "ldr_input_on": bool(status.flags & bits.LDR_ON),
        "dig_input_on": bool(status.flags & bits.DIG_ON),
        "hardware_error": bool(status.flags & bits.METERING_ERROR),
        "internal_relay_closed": bool(status.flags & bits.RELAY_CLOSED),
        "open_drain_output_on": status.is_open_drain_on,
    }
    fields["analog_interfaces"] = _alert_fields(status.alerts or 0)
    if status.ldr is not None:
        fields["ldr_input_value"] = status.ldr
    fields["profiles"] = [_profile_fields(profile, warnings) for profile in status.profiles]
    return fields


def _head_fields(status: Status, warnings: list[str]) -> Named:
    return {
        "packet_type": "status_packet",
        "device_unix_epoch": iso_epoch(status.epoch_s, warnings),
        "downlink_rssi__dBm": status.rssi_dbm,
        "downlink_snr__dB": status.snr_db,
        "mcu_temperature__C": status.temperature_c,
    }


def _warn_flags(status: Status, warnings: list[str], names: tuple[str, str, str]) -> None:
    flags = (bits.DALI_EXTERNAL_ERROR, bits.DALI_CONNECTION_ERROR, bits.METERING_ERROR)
    for flag, name in zip(flags, names, strict=True):
        if name and status.flags & flag:
            warnings.append(name)


def _flags_1_1(status: Status) -> Named:
    fields = {
        "dali_connection_error": bool(status.flags & bits.DALI_CONNECTION_ERROR),
        "metering_com_error": bool(status.flags & bits.METERING_ERROR),
        "ext_rtc_warning": bool(status.flags & bits.CLOCK_WARNING),
        "internal_relay_closed": bool(status.flags & bits.RELAY_CLOSED),
        "open_drain_output_on": status.is_open_drain_on,
    }
    if status.more_flags is None:
        fields["ldr_input_on"] = bool(status.flags & bits.LDR_ON)
        fields["dig_input_on"] = bool(status.flags & bits.DIG_ON)
        return fields
    fields["lumalink_connected"] = bool(status.more_flags & bits.LUMALINK_CONNECTED)
    fields["lumalink_connected_after_boot"] = bool(
        status.more_flags & bits.LUMALINK_CONNECTED_AFTER_BOOT
    )
    return fields


def _alert_fields(alerts: int) -> Named:
    return {name: bool(alerts & bit) for bit, name in _ALERTS.items()}


def _sensor_fields(sensors: dict[int, int]) -> Named:
    fields: Named = {}
    for code, raw in sensors.items():
        if code == bits.SENSOR_LDR:
            fields["ldr_input"] = raw
        elif code == bits.SENSOR_LIGHT:
            fields["light_sensor__lx"] = _lux_word(raw)
        elif code == bits.SENSOR_D4I_LIGHT:
            fields["d4i_light_sensor__lx"] = _lux_word(raw)
        elif code == bits.SENSOR_DIG_INPUT:
            fields["dig_input_1_on"] = bool(raw & 1)
        elif code == bits.SENSOR_TILT:
            fields["tilt_sensor__deg"] = None if raw == bits.TILT_UNAVAILABLE else raw
    return fields


def _lux_word(raw: int) -> str:
    value = lux(raw)
    return "unavailable" if value is None else lux_text(value)


def _source_fields(source: DimmingSource, warnings: list[str]) -> Named:
    address = address_name(source.address, None, warnings)
    level = source.level_percent
    return {
        "address": address,
        "reason": reason_name(source.reason),
        "dimming_level__percent": "n/a" if level == bits.LEVEL_UNKNOWN else level,
        "status": gear_status(source.gear_status, address, warnings),
    }


def _profile_fields(profile: ProfileInForce, warnings: list[str]) -> Named:
    level = profile.level_percent
    return {
        "profile_id": "no_profile" if profile.profile_id == 0xFF else profile.profile_id,
        "profile_version": version_name(profile.version),
        "address": address_name(profile.address, "all_devices", warnings),
        "days_active": day_names(profile.days),
        "dimming_level__percent": "resume" if level == bits.LEVEL_UNKNOWN else level,
    }

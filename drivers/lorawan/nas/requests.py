"""Requests to NAS UL20xx: port 49 asks for a stored config, port 51 restarts or updates.

Source: NAS payload documentation ("LCU payloads configs") and nasys/nas-codecs (MIT), whose
spelling of `metering_alert_confic_request` is kept: it is the published name.
"""

from collections.abc import Mapping

from drivers.lorawan.nas.fields import Layout, Number, layout
from drivers.lorawan.nas.structure import IfMore

_ALL_PROFILES = {0xFF: "all_profiles"}

_COMMON: Mapping[int, Layout] = {
    0x01: layout("deprecated_ldr_input_config_request"),
    0x03: layout("deprecated_dig_input_config_request"),
    0x07: layout("status_config_request"),
    0x09: layout("time_config_packet"),
    0x0B: layout("usage_config_request"),
    0x0D: layout("boot_delay_config_request"),
    0x15: layout("onboard_led_config_request"),
    0x16: layout("metering_alert_confic_request"),
    0x52: layout("multicast_config_request", Number("multicast_device", words={0xFF: "all"})),
}

REQUESTS_1_0: Mapping[int, Layout] = {
    **_COMMON,
    0x06: layout("calendar_config_request"),
    0x08: layout(
        "profile_config_request",
        IfMore(
            "profile_id",
            (Number("profile_id", words=_ALL_PROFILES),),
            bare=("profile_id", "no_profiles"),
        ),
    ),
    0x0A: layout("default_dim_config_request"),
    0x0C: layout("holiday_config_request"),
    0x0E: layout("defaults_config_request"),
    0x13: layout("location_config_request"),
}

REQUESTS_1_1: Mapping[int, Layout] = {
    **_COMMON,
    0x20: layout("calendar_config_request"),
    0x21: layout("profile_config_request", Number("profile_id", words=_ALL_PROFILES)),
    0x22: layout("fade_config_request"),
    0x23: layout("holiday_config_request"),
    0x24: layout("dali_monitor_config_request"),
    0x25: layout("fallback_dim_config_request"),
    0x26: layout("location_config_request"),
    0x27: layout("lumalink_config_request"),
    0x28: layout("dig_input_config_request"),
    0x29: layout("light_input_config_request"),
    0x2A: layout("dim_notify_config_request"),
    0x2B: layout("interface_type_config_request"),
}

RESTARTS_1_0: Mapping[int, Layout] = {0xFF: layout("activate_dfu_command")}

RESTARTS_1_1: Mapping[int, Layout] = {
    **RESTARTS_1_0,
    0xFE: layout("restart_controller_command"),
}

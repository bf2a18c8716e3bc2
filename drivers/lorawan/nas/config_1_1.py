"""Config packets (port 50) of firmware 1.1.x.

Source: NAS payload documentation ("LCU payloads configs") and nasys/nas-codecs (MIT).
"""

from collections.abc import Mapping

from drivers.lorawan.nas.config_fields import (
    FADE_TIME,
    BootDelay,
    Days,
    Lux,
    MonthDays,
    ZenithAngle,
)
from drivers.lorawan.nas.config_shared import (
    CLEAR_MULTICAST,
    COMMON,
    DIM_STEPS,
    DISABLED,
    FACTORY_RESET,
    POSITION_E2,
    POSITION_E7,
    PROFILE_ID,
    multicast_keys,
)
from drivers.lorawan.nas.fields import (
    Address,
    Choice,
    Epoch,
    Layout,
    Number,
    Reserved,
    flags,
    layout,
    level,
)
from drivers.lorawan.nas.structure import (
    Chain,
    Count,
    Each,
    NibbleCounts,
    Switch,
    Text,
    UnlessOff,
)

_SUN_STEP = (ZenithAngle(), level("dimming_level__percent", "disabled"))

_UNCHAINED_1_1: Mapping[int, Layout] = {
    **COMMON,
    0x09: layout("time_config_packet", Epoch(zero_word="force_lorawan_devicetimereq")),
    0x0D: layout("boot_delay_config_packet", BootDelay(prefers_byte=False)),
    0x20: layout(
        "calendar_config_packet",
        NibbleCounts("sunrise_steps", "sunset_steps"),
        flags(
            "calendar_prefers_meta_pos",
            "calendar_clamps_profiles",
            "calendar_clamps_dig",
            "ignore_gnss",
        ),
        *POSITION_E2,
        Each("sunrise_steps", _SUN_STEP),
        Each("sunset_steps", _SUN_STEP),
    ),
    0x21: layout(
        "profile_config_packet",
        PROFILE_ID,
        Count("dimming_steps"),
        Address(),
        Days(),
        Reserved(),
        DIM_STEPS,
    ),
    0x22: layout("fade_config_packet", FADE_TIME),
    0x23: layout("holiday_config_packet", Count("holidays"), MonthDays()),
    0x24: layout(
        "dali_monitor_config_packet",
        flags("send_dali_alert", "correct_dali_dimming_level", "periodic_bus_scan_enabled"),
        Number("monitoring_interval__s", "H", words={0: "disabled"}),
    ),
    0x25: layout(
        "fallback_dim_config_packet", Number("fallback_dimming_level__percent", maximum=100)
    ),
    0x26: layout(
        "location_config_packet",
        Count("address"),
        *POSITION_E7,
        Text("address"),
    ),
    0x27: layout(
        "lumalink_config_packet",
        Choice(
            "access_mode",
            {0: "never_advertise", 1: "first_commission", 2: "every_boot", 3: "always"},
        ),
    ),
    0x28: layout(
        "dig_input_config_packet",
        UnlessOff(
            "dig_enabled",
            (
                Number("dig_enabled"),
                flags(
                    "dig_mode_button",
                    "polarity_high_or_rising",
                    "notification_on_activation",
                    "notification_on_inactivation",
                    None,
                    None,
                    None,
                    "source_d4i_motion_sensor",
                ),
                Address(),
                level("active_dimming_level__percent", "inactive"),
                level("inactive_dimming_level__percent", "inactive"),
                Number("on_delay__s", "H"),
                Number("off_delay__s", "H"),
            ),
        ),
    ),
    0x29: layout(
        "light_sensor_config_packet",
        UnlessOff(
            "dim_steps",
            (
                Count("dim_steps"),
                flags(
                    "notification_on_every_step",
                    "light_sensor_clamps_profile",
                    "light_sensor_clamps_dig",
                    "interpolate_steps",
                ),
                Number("measurement_duration__s"),
                Address(),
                Each("dim_steps", (Lux(), level("dimming_level__percent", "inactive"))),
            ),
        ),
    ),
    0x2A: layout(
        "dim_notify_config_packet",
        Number("random_delay__s", times=5, words=DISABLED),
        Number("packet_limit__s", times=60),
    ),
    0x2B: layout(
        "interface_type_config_packet",
        Choice("interface_type", {0: "dali", 1: "analog_0_10v", 0xFF: "factory_default"}),
    ),
    0x52: multicast_keys(first_slot=0),
    0x53: layout(
        "multicast_fcnt_config_packet", Number("multicast_device"), Number("multicast_fcnt", "I")
    ),
    0xFF: layout(
        "clear_config_packet",
        Switch(
            "reset_target",
            {
                0x21: ("profile_config", (Address(context_word="all_profiles"),)),
                0x23: ("holiday_config", ()),
                0x28: ("dig_input_config", ()),
                0x29: ("light_sensor_config", ()),
                0x52: CLEAR_MULTICAST,
                0xFF: FACTORY_RESET,
            },
        ),
    ),
}

CONFIG_1_1: Mapping[int, Layout] = {
    **_UNCHAINED_1_1,
    0xFE: layout("chained_config_packet", Chain("payloads", _UNCHAINED_1_1)),
}

"""Config packets (port 50) of firmware 1.0.x.

Source: NAS payload documentation ("LCU payloads configs") and nasys/nas-codecs (MIT).
"""

from collections.abc import Mapping

from drivers.lorawan.nas.config_fields import FADE_TIME, BootDelay, Days, MonthDays, SunOffsets
from drivers.lorawan.nas.config_shared import (
    CLEAR_MULTICAST,
    COMMON,
    DIM_STEPS,
    FACTORY_RESET,
    POSITION_E2,
    POSITION_E7,
    PROFILE_ID,
    multicast_keys,
)
from drivers.lorawan.nas.fields import Address, Choice, Epoch, Layout, Number, flags, layout, level
from drivers.lorawan.nas.structure import IfMore, Present, Switch, Text

# Versions from 240 on are no version: they name what drives the light instead of a profile.
REASON_1_0_MIN = 240
REASONS_1_0 = {
    246: "driver_not_found",
    247: "calendar_active",
    248: "init_active",
    249: "profile_not_active",
    250: "ldr_input_active",
    252: "dig_input_active",
    253: "manual_active",
    254: "value_differ",
}

CONFIG_1_0: Mapping[int, Layout] = {
    **COMMON,
    0x06: layout(
        "calendar_config_packet",
        SunOffsets(),
        *POSITION_E2,
    ),
    0x08: layout(
        "profile_config_packet",
        PROFILE_ID,
        Number("profile_version", words=REASONS_1_0),
        Address(),
        Days(),
        DIM_STEPS,
    ),
    0x09: layout("time_config_packet", Epoch()),
    0x0A: layout(
        "legacy_defaults_config_packet",
        Number("default_dim__percent", maximum=100),
        flags("ldr_alert_enabled", None, "dig_alert_enabled", "dali_alert_enabled"),
    ),
    0x0C: layout("holiday_config_packet", MonthDays()),
    0x0D: layout("boot_delay_config_packet", BootDelay(prefers_byte=True)),
    0x0E: layout(
        "defaults_config_packet",
        Present(
            (
                ("default_dim__percent", (Number("default_dim__percent", maximum=100),)),
                ("max_dim__percent", (level("max_dim__percent", "default"),)),
                ("fade_duration__s", (FADE_TIME,)),
                (
                    "switch_point_sunset",
                    (Choice("switch_point_sunset", {0: "twilight", 1: "sunset"}),),
                ),
                ("legacy_mode_enabled", (flags("legacy_mode_enabled"),)),
            )
        ),
    ),
    0x13: layout(
        "location_config_packet",
        Present(
            (
                ("latitude__deg", POSITION_E7),
                ("address", (Text("address", has_length=True),)),
            )
        ),
    ),
    0x52: multicast_keys(first_slot=1),
    0xFF: layout(
        "clear_config_packet",
        Switch(
            "reset_target",
            {
                0x01: ("ldr_input_config", ()),
                0x03: ("dig_input_config", ()),
                0x04: (
                    "profile_config",
                    (
                        Address(context_word="all_profiles"),
                        IfMore("profile_id", (Number("profile_id"),)),
                    ),
                ),
                0x06: ("holiday_config", ()),
                0x52: CLEAR_MULTICAST,
                0xFF: FACTORY_RESET,
            },
        ),
    ),
}

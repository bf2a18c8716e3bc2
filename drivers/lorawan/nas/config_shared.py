"""Config packets (port 50) that firmware 1.0 and 1.1 share, and pieces of those they do not.

Source: NAS payload documentation ("LCU payloads configs") and nasys/nas-codecs (MIT).
"""

from collections.abc import Mapping

from drivers.lorawan.nas.config_fields import ClockTime
from drivers.lorawan.nas.fields import (
    Address,
    Choice,
    Constant,
    HexBytes,
    Layout,
    Number,
    flags,
    layout,
    level,
)
from drivers.lorawan.nas.structure import Each, Unset

DISABLED = {0xFF: "disabled"}
_ALERT_OFF = {0xFFFF: "alert_off"}

_ALL_SLOTS = {
    **{slot: f"multicast_device_{slot}" for slot in range(5)},
    0xFF: "all_multicast_devices",
}
CLEAR_MULTICAST = ("multicast_config", (Choice("multicast_device", _ALL_SLOTS),))
FACTORY_RESET = ("factory_reset", (HexBytes("device_serial", 4, is_reversed=True),))

PROFILE_ID = Number("profile_id", words={0xFF: "no_profile"})
DIM_STEPS = Each("dimming_steps", (ClockTime(), level("dimming_level__percent", "inactive")))
POSITION_E7 = (
    Number("latitude__deg", "i", per=10_000_000),
    Number("longitude__deg", "i", per=10_000_000),
)
POSITION_E2 = (
    Number("latitude__deg", "h", per=100),
    Number("longitude__deg", "h", per=100),
)


def multicast_keys(first_slot: int) -> Layout:
    """Keys of one multicast session; the slots are numbered from 1 in 1.0 and from 0 in 1.1."""
    return layout(
        "multicast_config_packet",
        Choice("multicast_device", {slot: slot for slot in range(first_slot, first_slot + 4)}),
        HexBytes("devaddr", 4, is_reversed=True),
        HexBytes("nwkskey", 16),
        HexBytes("appskey", 16),
    )


COMMON: Mapping[int, Layout] = {
    0x01: layout(
        "deprecated_ldr_input_config_packet",
        Number("ldr_off_threshold_high", words=DISABLED),
        Number("ldr_on_threshold_low", words=DISABLED),
        flags(None, None, "trigger_alert_enabled"),
    ),
    0x03: layout(
        "deprecated_dig_input_config_packet",
        Number("light_on_duration__s", "H", words={0xFFFF: "dig_input_disabled"}),
        flags(None, "signal_edge_rising", "trigger_alert_enabled"),
        Address(),
        level("dimming_level__percent", "disabled"),
    ),
    0x05: layout(
        "open_drain_output_config_packet",
        Each(
            "switching_steps",
            (ClockTime(), Choice("open_drain_output_on", {0: False, 1: True})),
        ),
    ),
    0x07: layout("status_config_packet", Number("status_interval__s", "I")),
    0x0B: layout(
        "usage_config_packet",
        Number("usage_interval__s", "I"),
        Unset("mains_voltage__V"),
    ),
    0x15: layout("onboard_led_config_packet", flags("status_led_enabled")),
    0x16: layout(
        "metering_alert_config_packet",
        Constant(b"\x01", "metering alert version"),
        Number("min_power__W", "H", words=_ALERT_OFF),
        Number("max_power__W", "H", words=_ALERT_OFF),
        Number("min_voltage__V", "H", words=_ALERT_OFF),
        Number("max_voltage__V", "H", words=_ALERT_OFF),
        Number("min_power_factor", per=100, words={0xFF: "alert_off"}),
    ),
}

"""Codec of NAS UL2002, UL2014, UL2020, UL2021 and UL2030 luminaire controllers.

`decode_uplink` is what ingest needs, `set_level` and its like are what control needs, the
`encode_*_uplink` functions are the device's own side, for simulators.
"""

from drivers.lorawan.nas.downlinks import (
    command,
    config,
    config_chain,
    enter_update_mode,
    query,
    request_config,
    restart,
    set_clock,
    set_fallback_level,
    set_level,
    set_level_for,
    set_status_interval,
    set_usage_interval,
    switch_open_drain,
    write_multicast_keys,
    write_profile,
)
from drivers.lorawan.nas.meaning import UPLINK_PORTS, decode_uplink
from drivers.lorawan.nas.uplinks import (
    GearReport,
    encode_boot_uplink,
    encode_echo_uplink,
    encode_gear_alert_uplink,
    encode_metering_alert_uplink,
    encode_rejection_uplink,
    encode_status_uplink,
    encode_usage_uplink,
)
from drivers.lorawan.nas.wire import Firmware, Packet, decode_packet, encode_packet

__all__ = [
    "UPLINK_PORTS",
    "Firmware",
    "GearReport",
    "Packet",
    "command",
    "config",
    "config_chain",
    "decode_packet",
    "decode_uplink",
    "encode_boot_uplink",
    "encode_echo_uplink",
    "encode_gear_alert_uplink",
    "encode_metering_alert_uplink",
    "encode_packet",
    "encode_rejection_uplink",
    "encode_status_uplink",
    "encode_usage_uplink",
    "enter_update_mode",
    "query",
    "request_config",
    "restart",
    "set_clock",
    "set_fallback_level",
    "set_level",
    "set_level_for",
    "set_status_interval",
    "set_usage_interval",
    "switch_open_drain",
    "write_multicast_keys",
    "write_profile",
]

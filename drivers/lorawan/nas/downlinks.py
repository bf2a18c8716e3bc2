"""Orders to NAS UL20xx controllers, firmware 1.1.x.

The device repeats an order of ports 50 and 60 once it has taken it, and refuses on port 99.
Levels set by hand last until the next order or a restart; the vendor recommends the timed form.
Source: NAS payload documentation ("LCU payloads commands", "LCU payloads configs").
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from drivers.contract import PortFrame, ProgramStep
from drivers.errors import EncodeError
from drivers.lorawan.nas.config_fields import DAYS
from drivers.lorawan.nas.wire import (
    COMMAND_PORT,
    CONFIG_PORT,
    REQUEST_PORT,
    RESTART_PORT,
    encode_packet,
)

BROADCAST = "dali_broadcast"
HOLD_MINUTES_MAX = 255
PROFILE_STEPS_MAX = 9  # what the vendor's own encoder lets through
STATUS_INTERVAL_S_MIN, STATUS_INTERVAL_S_MAX = 60, 86_400


def command(packet_type: str, **fields: Any) -> PortFrame:
    """Any packet of port 60 by its published name and fields; raises `EncodeError`."""
    return PortFrame(COMMAND_PORT, encode_packet(COMMAND_PORT, _packet(packet_type, fields)))


def config(packet_type: str, **fields: Any) -> PortFrame:
    """Any packet of port 50 by its published name and fields; raises `EncodeError`."""
    return PortFrame(CONFIG_PORT, encode_packet(CONFIG_PORT, _packet(packet_type, fields)))


def config_chain(packets: Sequence[Mapping[str, Any]]) -> PortFrame:
    """Several config packets in one frame, taken in order."""
    return config("chained_config_packet", payloads=list(packets))


def request_config(packet_type: str, **fields: Any) -> PortFrame:
    """Asks for a stored config, answered on port 50; `packet_type` ends in `_request`."""
    return PortFrame(REQUEST_PORT, encode_packet(REQUEST_PORT, _packet(packet_type, fields)))


def _packet(packet_type: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"packet_type": packet_type, **fields}


def set_level(level_percent: int | None, address: str = BROADCAST) -> PortFrame:
    """0..100 % until the next order or restart; None gives the light back to its program."""
    return command("manual_dimming", destination=[_destination(level_percent, address)])


def set_level_for(level_percent: int, hold: timedelta, address: str = BROADCAST) -> PortFrame:
    """0..100 % for whole minutes, 1 to 255, then back to its program."""
    minutes, rest = divmod(hold, timedelta(minutes=1))
    if rest or not 1 <= minutes <= HOLD_MINUTES_MAX:
        raise EncodeError(f"hold is {hold}; the device takes 1 to {HOLD_MINUTES_MAX} whole minutes")
    destination = {**_destination(level_percent, address), "duration__minutes": minutes}
    return command("manual_timed_dimming", destination=[destination])


def _destination(level_percent: int | None, address: str) -> dict[str, Any]:
    level = "resume" if level_percent is None else level_percent
    return {"address": address, "dimming_level__percent": level}


def query(
    *, usage: bool = False, status: bool = False, dim_map: bool = False, position: bool = False
) -> PortFrame:
    """Asks for reports now: usage on port 26, status on 23, dim map on 60, position on 61."""
    return command(
        "status_usage_request",
        usage_requested=usage,
        status_requested=status,
        dim_map_report_requested=dim_map,
        request_gnss_notification=position,
    )


def switch_open_drain(is_on: bool) -> PortFrame:
    """The open drain output."""
    return command("open_drain_output_control", open_drain_output_on=is_on)


def set_status_interval(interval: timedelta) -> PortFrame:
    """How often status is reported, one minute to one day."""
    seconds = round(interval.total_seconds())
    if not STATUS_INTERVAL_S_MIN <= seconds <= STATUS_INTERVAL_S_MAX:
        raise EncodeError(f"status interval is {seconds} s; 60 to 86400 s are taken")
    return config("status_config_packet", status_interval__s=seconds)


def set_usage_interval(interval: timedelta) -> PortFrame:
    """How often usage is reported; zero stops it."""
    return config("usage_config_packet", usage_interval__s=round(interval.total_seconds()))


def set_clock(at: datetime | None) -> PortFrame:
    """Device time, or None to make it ask the network server."""
    if at is None:
        return config("time_config_packet", device_unix_epoch="force_lorawan_devicetimereq")
    return config("time_config_packet", device_unix_epoch=at.astimezone(UTC).isoformat())


def set_fallback_level(level_percent: int) -> PortFrame:
    """Level while no program and no order applies."""
    return config("fallback_dim_config_packet", fallback_dimming_level__percent=level_percent)


def write_profile(
    slot: int,
    steps: Sequence[ProgramStep],
    address: str = BROADCAST,
    days: Sequence[str] = DAYS,
) -> PortFrame:
    """A profile of times of day, in steps of ten minutes of the device's own clock."""
    if not 1 <= len(steps) <= PROFILE_STEPS_MAX:
        raise EncodeError(f"a profile has 1 to {PROFILE_STEPS_MAX} steps, not {len(steps)}")
    return config(
        "profile_config_packet",
        profile_id=slot,
        address=address,
        days_active=list(days),
        dimming_steps=[
            {
                "step_time": f"{step.minute_of_day // 60:02d}:{step.minute_of_day % 60:02d}",
                "dimming_level__percent": step.level_percent,
            }
            for step in steps
        ],
    )


def write_multicast_keys(
    slot: int, address_hex: str, network_key_hex: str, application_key_hex: str
) -> PortFrame:
    """Keys of a multicast session; the frame is as secret as they are."""
    return config(
        "multicast_config_packet",
        multicast_device=slot,
        devaddr=address_hex,
        nwkskey=network_key_hex,
        appskey=application_key_hex,
    )


def restart() -> PortFrame:
    return PortFrame(RESTART_PORT, encode_packet(RESTART_PORT, {"packet_type": _RESTART}))


def enter_update_mode() -> PortFrame:
    return PortFrame(RESTART_PORT, encode_packet(RESTART_PORT, {"packet_type": _UPDATE}))


_RESTART = "restart_controller_command"
_UPDATE = "activate_dfu_command"

"""What an uplink of a NAS controller says of the light: readings, events, acknowledgements."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from drivers.contract import (
    Acknowledgement,
    Decoded,
    LevelEcho,
    NegativeAcknowledgement,
    SettingEcho,
)
from drivers.errors import (
    DecodeError,
    InvalidAddressError,
    InvalidValueError,
    TruncatedFrameError,
    UnknownPortError,
)
from drivers.lorawan.nas import early_meaning, wire
from drivers.lorawan.nas.clock import LIVE, ClockLimits
from drivers.lorawan.nas.notice_meaning import decode_boot_port, decode_notice, gear_failures
from drivers.lorawan.nas.status_meaning import (
    LEVEL_PERCENT_MAX,
    decode_status,
    decode_status_1_0,
)
from drivers.lorawan.nas.usage import parse_usage, parse_usage_1_1
from drivers.lorawan.nas.usage_meaning import decode_usage

_SECRETS = frozenset({"nwkskey", "appskey"})  # never leave this module
_DOWNLINK_ONLY = {wire.REQUEST_PORT: "config requests", wire.RESTART_PORT: "restart orders"}


def decode_uplink(
    port: int, payload: bytes, received_at: datetime, clock_limits: ClockLimits = LIVE
) -> Decoded:
    """All that one uplink says; `received_at` is aware. Raises `DecodeError`, nothing else."""
    decode = _DECODERS.get(port)
    if decode is None:
        raise UnknownPortError(_unknown_port(port))
    if not payload:
        raise TruncatedFrameError("packet header", 1, 0, 0)
    return decode(payload, received_at, clock_limits)


def _unknown_port(port: int) -> str:
    if port in _DOWNLINK_ONLY:
        return f"port {port} carries {_DOWNLINK_ONLY[port]} to the device, nothing from it"
    return f"port {port} is not used; uplinks come on {', '.join(map(str, _DECODERS))}"


def _status_1_0(payload: bytes, received_at: datetime, limits: ClockLimits) -> Decoded:
    if early_meaning.is_early_status(payload):
        return early_meaning.decode_status(payload, received_at, limits)
    return decode_status_1_0(payload, received_at, limits)


def _usage_1_0(payload: bytes, received_at: datetime, _limits: ClockLimits) -> Decoded:
    return decode_usage(parse_usage(payload), received_at)


def _usage(payload: bytes, received_at: datetime, _limits: ClockLimits) -> Decoded:
    return decode_usage(parse_usage_1_1(payload), received_at)


def _config(payload: bytes, received_at: datetime, _limits: ClockLimits) -> Decoded:
    packet = _packet_of_any_firmware(wire.CONFIG_PORT, payload)
    packets = packet.fields.get("payloads", [packet.fields])
    return Decoded([], [], [_setting_echo(fields, received_at) for fields in packets])


def _command(payload: bytes, received_at: datetime, _limits: ClockLimits) -> Decoded:
    packet = _packet_of_any_firmware(wire.COMMAND_PORT, payload)
    fields = packet.fields
    if "destination" in fields:
        return Decoded([], [], _level_echoes(fields["destination"], received_at))
    failures = [warning for warning in packet.warnings if warning.endswith("_failed")]
    refusals: list[Acknowledgement] = [
        NegativeAcknowledgement(failure, wire.COMMAND_PORT, received_at) for failure in failures
    ]
    events = gear_failures(fields.get("dali_statuses", []), received_at)
    return Decoded([], events, refusals or [_setting_echo(fields, received_at)])


def _packet_of_any_firmware(port: int, payload: bytes) -> wire.Packet:
    """The newest layout that reads the packet: the uplink does not tell its firmware."""
    try:
        return wire.decode_packet(port, payload, wire.Firmware.V1_1)
    except DecodeError as newest:
        try:
            return wire.decode_packet(port, payload, wire.Firmware.V1_0)
        except DecodeError:
            raise newest from None


def _level_echoes(destinations: list[dict[str, Any]], at: datetime) -> list[Acknowledgement]:
    echoes: list[Acknowledgement] = []
    for destination in destinations:
        address, level = destination["address"], destination["dimming_level__percent"]
        if address == "invalid":
            raise InvalidAddressError("the echo names no control gear")
        if level != "resume" and level > LEVEL_PERCENT_MAX:
            raise InvalidValueError(f"echoed level {level} % is above {LEVEL_PERCENT_MAX} %")
        minutes = destination.get("duration__minutes")
        hold = None if minutes is None else timedelta(minutes=minutes)
        echoes.append(LevelEcho(None if level == "resume" else level, at, hold, address))
    return echoes


def _setting_echo(fields: Mapping[str, Any], at: datetime) -> SettingEcho:
    detail = {
        name: value
        for name, value in fields.items()
        if name != "packet_type" and name not in _SECRETS
    }
    return SettingEcho(fields["packet_type"], at, detail)


_DECODERS: Mapping[int, Callable[[bytes, datetime, ClockLimits], Decoded]] = {
    wire.STATUS_PORT: decode_status,
    wire.STATUS_PORT_1_0: _status_1_0,
    wire.USAGE_PORT_1_0: _usage_1_0,
    wire.USAGE_PORT: _usage,
    wire.CONFIG_PORT: _config,
    wire.COMMAND_PORT: _command,
    wire.NOTICE_PORT: decode_notice,
    wire.BOOT_PORT: decode_boot_port,
}
UPLINK_PORTS: tuple[int, ...] = tuple(_DECODERS)

"""Uplinks of NAS UL2030 with firmware 0.6.29, which differ from 1.0.x on the same ports.

Source: the facts of the ELEMENT parser (ZennerIoT/element-parsers, lib/nas_luminaire.ex) after
the vendor's payload description 0.6.29. Names are those of the published examples.
"""

import struct
from collections.abc import Callable, Mapping

from drivers.errors import UnknownPacketError, UnknownPortError
from drivers.lorawan.nas.addresses import BROADCAST
from drivers.lorawan.nas.config_fields import day_names
from drivers.lorawan.nas.packet import Named, Reader, address_name, unpack_flags
from drivers.lorawan.nas.status import ProfileInForce, parse_profiles
from drivers.lorawan.nas.usage import parse_usage, usage_fields

STATUS_HEAD_SIZE = 6  # u32 epoch, u8 flags, i8 RSSI
BOOT_SIZES = (14, 15)  # 14 by the document, 15 from real devices

_STATUS_BITS = (
    "dali_alert",
    "dali_connection_alert",
    "ldr_alert",
    "thr_alert",
    "dig_alert",
    "hw_alert",
    "fw_alert",
    "relay_2",
)
_SUN_DISABLED = b"\xff" * 6
_ERRORS = {2: "multiple unconfigured drivers detected"}

_USAGE_NAMES = {
    "address": "address",
    "active_energy__Wh": "active_energy_wh",
    "active_power__W": "active_power_w",
    "load_side_energy__Wh": "load_side_energy_wh",
    "load_side_power__W": "load_side_power_w",
    "power_factor": "power_factor",
    "mains_voltage__V": "mains_voltage_v",
}


def read_early(port: int, reader: Reader) -> Named | list[Named]:
    """One uplink of firmware 0.6.29 in the names of its published examples."""
    read = _READERS.get(port)
    if read is None:
        raise UnknownPortError(f"firmware 0.6.29 sends nothing on port {port}")
    return read(reader)


def _read_status(reader: Reader) -> Named:
    epoch_s, flags, rssi_dbm = struct.unpack("<IBb", reader.take(STATUS_HEAD_SIZE, "status head"))
    profiles = parse_profiles(reader.data, reader.offset)
    reader.take(reader.left, "profiles")
    return {
        "type": "status",
        "timestamp_unix": epoch_s,
        **unpack_flags(flags, _STATUS_BITS),
        "rssi": rssi_dbm,
        "profiles": [_profile(profile, reader) for profile in profiles],
    }


def _profile(profile: ProfileInForce, reader: Reader) -> Named:
    return {
        "id": profile.profile_id,
        "seq": profile.version,
        "address": _address(profile.address, reader),
        "days": day_names(profile.days),
        "dim_level": profile.level_percent,
    }


def _address(byte: int, reader: Reader) -> str:
    return "broadcast" if byte == BROADCAST else address_name(byte, None, reader.warnings)


def _read_usage(reader: Reader) -> list[Named]:
    named = usage_fields(parse_usage(reader.take(reader.left, "usage")), reader.warnings)
    return [
        {_USAGE_NAMES[name]: value for name, value in record.items() if name in _USAGE_NAMES}
        for record in named["consumption"]
    ]


def _read_config(reader: Reader) -> Named:
    header = reader.take_byte("packet header")
    fields: Named = {"type": "config"}
    if header == 0x06:
        return {**fields, **_sun_config(reader.take(6, "sunrise, sunset and position"))}
    if header == 0x07:
        interval_s = int.from_bytes(reader.take(4, "status interval"), "little")
        return {**fields, "status_report_interval_s": interval_s}
    if header == 0x08:
        return {**fields, **_profile_config(reader)}
    if header == 0x09:
        timestamp = int.from_bytes(reader.take(4, "device time"), "little")
        return {**fields, "timestamp_unix": timestamp}
    raise UnknownPacketError(f"packet 0x{header:02x} is not known on port 50 of firmware 0.6.29")


def _sun_config(raw: bytes) -> Named:
    if raw == _SUN_DISABLED:
        return {"info": "sunrise/sunset config disabled"}
    sunrise_min, sunset_min, latitude, longitude = struct.unpack("<bbhh", raw)
    return {
        "sunrise_offset_min": sunrise_min,
        "sunset_offset_min": sunset_min,
        "latitude": latitude / 100,
        "longitude": longitude / 100,
    }


def _profile_config(reader: Reader) -> Named:
    profile_id, sequence, address, days = reader.take(4, "profile")
    steps = reader.take(reader.left - reader.left % 2, "steps")
    return {
        "id": profile_id,
        "seq": sequence,
        "address": _address(address, reader),
        "days": day_names(days),
        "steps": [
            {"minute_of_day": time * 10, "dim_level": level}
            for time, level in zip(steps[0::2], steps[1::2], strict=True)
        ],
    }


def _read_command(reader: Reader) -> Named | list[Named]:
    header = reader.take_byte("packet header")
    if header == 0x00:
        return _pairs(reader, "dali_status")
    if header == 0x01:
        address, level = reader.take(2, "address and level")
        return {"type": "command", "address": _address(address, reader), "dim_level": level}
    if header == 0x03:
        answers: list[Named] = []
        while reader.left:
            address, query, response = reader.take(3, "DALI answer")
            name = _address(address, reader)
            answers.append({"address": name, "dali_query": query, "dali_response": response})
        return answers
    raise UnknownPacketError(f"packet 0x{header:02x} is not known on port 60 of firmware 0.6.29")


def _pairs(reader: Reader, name: str) -> list[Named]:
    entries: list[Named] = []
    while reader.left:
        address, value = reader.take(2, name)
        entries.append({"address": _address(address, reader), name: value})
    return entries


def _read_boot(reader: Reader) -> Named:
    header = reader.take_byte("packet header")
    if header == 0x00:
        return _boot(reader)
    if header == 0x01:
        reader.take(reader.left, "shutdown")
        return {"type": "shutdown"}
    if header == 0x10:
        code = reader.take_byte("error code")
        reader.take(reader.left, "error detail")
        return {"type": "error", "error_code": code, "error": _ERRORS.get(code, "unknown error")}
    raise UnknownPacketError(f"packet 0x{header:02x} is not known on port 99 of firmware 0.6.29")


def _boot(reader: Reader) -> Named:
    serial = reader.take(4, "serial")[::-1].hex().upper()
    firmware = ".".join(str(part) for part in reader.take(3, "firmware version"))
    epoch_s = int.from_bytes(reader.take(4, "device time"), "little")
    hardware, options = reader.take(2, "hardware and options")
    if reader.left == 1:
        reader.take_byte("byte the document leaves out")
    return {
        "type": "boot",
        "serial": serial,
        "firmware": firmware,
        "timestamp_unix": epoch_s,
        "hw_setup": hardware,
        "opt": options,
    }


_READERS: Mapping[int, Callable[[Reader], Named | list[Named]]] = {
    24: _read_status,
    25: _read_usage,
    50: _read_config,
    60: _read_command,
    99: _read_boot,
}

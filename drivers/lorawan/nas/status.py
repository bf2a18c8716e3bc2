"""Status packets of NAS UL20xx: port 23 (firmware 1.1.x) and port 24 (1.0.x).

Source: NAS payload documentation ("LCU payloads uplinks") and nasys/nas-codecs (MIT).
"""

from struct import Struct, iter_unpack
from typing import NamedTuple

from drivers.errors import TruncatedFrameError, UnknownPacketError

# Flag byte. The bits LDR_ON and DIG_ON are only used before firmware 1.1.4.
DALI_EXTERNAL_ERROR = 1 << 0  # 1.0 only
DALI_CONNECTION_ERROR = 1 << 1
LDR_ON = 1 << 2
DIG_ON = 1 << 4
METERING_ERROR = 1 << 5  # called hardware_error in 1.0
CLOCK_WARNING = 1 << 6  # 1.1 only
RELAY_CLOSED = 1 << 7

# Second flag byte, from firmware 1.1.4.
OPEN_DRAIN_ON = 1 << 2
LUMALINK_CONNECTED = 1 << 6
LUMALINK_CONNECTED_AFTER_BOOT = 1 << 7

# Alert byte: what was seen in the last 24 hours.
VOLTAGE_ALERT = 1 << 4
LAMP_ERROR_ALERT = 1 << 5
POWER_ALERT = 1 << 6
POWER_FACTOR_ALERT = 1 << 7

_LDR_FOLLOWS = 1 << 1  # in the byte of optional parts, where bit 2 is the open drain output
_ALERTS_FOLLOW = 1 << 4

LEVEL_UNKNOWN = 0xFF
LUX_UNAVAILABLE = 0xFFFF
TILT_UNAVAILABLE = 0xFF

_HEAD_1_1 = Struct("<xIBBBbbBB")  # header, epoch, flags, flags, rssi, snr, °C, alerts, sensors
_HEAD_BEFORE_1_1_4 = Struct("<xIBBbbB")
_HEAD_1_0 = Struct("<IBBbbB")
# Codes in the sensor block of firmware 1.1.4 on.
SENSOR_LDR = 0x01
SENSOR_LIGHT = 0x02
SENSOR_D4I_LIGHT = 0x03
SENSOR_DIG_INPUT = 0x04
SENSOR_TILT = 0x08
SENSOR_SIZES = {
    SENSOR_LDR: 1,
    SENSOR_LIGHT: 2,
    SENSOR_D4I_LIGHT: 2,
    SENSOR_DIG_INPUT: 1,
    SENSOR_TILT: 1,
}


class DimmingSource(NamedTuple):
    """What drives one control gear, and how it fares (port 23)."""

    address: int
    reason: int
    level_percent: int  # LEVEL_UNKNOWN when not known
    gear_status: int


class ProfileInForce(NamedTuple):
    """Which profile drives which address, at what level (port 24)."""

    profile_id: int
    version: int
    address: int
    days: int
    level_percent: int


class Status(NamedTuple):
    """One status packet; a part the frame does not carry is None."""

    header: int | None  # None: firmware 1.0
    epoch_s: int
    flags: int
    more_flags: int | None
    rssi_dbm: int
    snr_db: int
    temperature_c: int
    is_open_drain_on: bool
    alerts: int | None
    ldr: int | None
    sensors: dict[int, int] | None
    sources: list[DimmingSource]
    profiles: list[ProfileInForce]


def parse_status(payload: bytes) -> Status:
    """A port 23 frame, either header."""
    header = payload[0] if payload else None
    if header == 0x01:
        return _parse_from_1_1_4(payload)
    if header == 0x00:
        return _parse_before_1_1_4(payload)
    if header is None:
        raise TruncatedFrameError("status header", 1, 0, 0)
    raise UnknownPacketError(f"status header 0x{header:02x} is not known, only 00 and 01")


def _parse_from_1_1_4(payload: bytes) -> Status:
    length = len(payload)
    if length < _HEAD_1_1.size:
        raise TruncatedFrameError("status head", _HEAD_1_1.size, 0, length)
    epoch_s, flags, more_flags, rssi, snr_db, temperature_c, alerts, sensors_size = (
        _HEAD_1_1.unpack_from(payload)
    )
    sources_at = _HEAD_1_1.size + sensors_size
    if sources_at > length:
        raise TruncatedFrameError("sensor block", sensors_size, _HEAD_1_1.size, length)
    return Status(
        header=0x01,
        epoch_s=epoch_s,
        flags=flags,
        more_flags=more_flags,
        rssi_dbm=-rssi,
        snr_db=snr_db,
        temperature_c=temperature_c,
        is_open_drain_on=bool(more_flags & OPEN_DRAIN_ON),
        alerts=alerts,
        ldr=None,
        sensors=_parse_sensors(payload[_HEAD_1_1.size : sources_at]) if sensors_size else {},
        sources=_parse_sources(payload, sources_at),
        profiles=[],
    )


def _parse_before_1_1_4(payload: bytes) -> Status:
    epoch_s, flags, rssi, snr_db, temperature_c, parts = _unpack(_HEAD_BEFORE_1_1_4, payload)
    at = _HEAD_BEFORE_1_1_4.size
    ldr = alerts = None
    if parts & _LDR_FOLLOWS:
        ldr, at = _byte(payload, at, "LDR value"), at + 1
    if parts & _ALERTS_FOLLOW:
        alerts, at = _byte(payload, at, "alerts"), at + 1
    return Status(
        header=0x00,
        epoch_s=epoch_s,
        flags=flags,
        more_flags=None,
        rssi_dbm=-rssi,
        snr_db=snr_db,
        temperature_c=temperature_c,
        is_open_drain_on=bool(parts & OPEN_DRAIN_ON),
        alerts=alerts,
        ldr=ldr,
        sensors=None,
        sources=_parse_sources(payload, at),
        profiles=[],
    )


def parse_status_1_0(payload: bytes) -> Status:
    """A port 24 frame of firmware 1.0.x."""
    epoch_s, flags, rssi, snr_db, temperature_c, parts = _unpack(_HEAD_1_0, payload)
    at = _HEAD_1_0.size
    ldr = None
    if parts & _LDR_FOLLOWS:
        ldr, at = _byte(payload, at, "LDR value"), at + 1
    return Status(
        header=None,
        epoch_s=epoch_s,
        flags=flags,
        more_flags=None,
        rssi_dbm=-rssi,
        snr_db=snr_db,
        temperature_c=temperature_c,
        is_open_drain_on=bool(parts & OPEN_DRAIN_ON),
        alerts=parts & 0xF0,
        ldr=ldr,
        sensors=None,
        sources=[],
        profiles=parse_profiles(payload, at),
    )


def parse_profiles(payload: bytes, offset: int) -> list[ProfileInForce]:
    """Records of five bytes: profile, version, address, days, level."""
    _check_records(payload, offset, 5, "profile in force")
    return [ProfileInForce(*record) for record in iter_unpack("5B", payload[offset:])]


def _parse_sources(payload: bytes, offset: int) -> list[DimmingSource]:
    _check_records(payload, offset, 4, "dimming source")
    return [DimmingSource(*record) for record in iter_unpack("4B", payload[offset:])]


def _check_records(payload: bytes, offset: int, size: int, name: str) -> None:
    left = (len(payload) - offset) % size
    if left:
        raise TruncatedFrameError(name, size, len(payload) - left, len(payload))


def _parse_sensors(block: bytes) -> dict[int, int]:
    """Sensor items of the block by their code; an unknown one takes the rest of the block."""
    sensors: dict[int, int] = {}
    at = 0
    while at < len(block):
        code = block[at]
        size = SENSOR_SIZES.get(code)
        if size is None:
            size = len(block) - at - 1  # a later firmware's sensor: the levels still count
        if at + 1 + size > len(block):
            raise TruncatedFrameError(f"sensor 0x{code:02x}", size, at + 1, len(block))
        sensors[code] = int.from_bytes(block[at + 1 : at + 1 + size], "little")
        at += 1 + size
    return sensors


def _unpack(head: Struct, payload: bytes) -> tuple[int, ...]:
    if len(payload) < head.size:
        raise TruncatedFrameError("status head", head.size, 0, len(payload))
    return head.unpack_from(payload)


def _byte(payload: bytes, offset: int, name: str) -> int:
    if offset >= len(payload):
        raise TruncatedFrameError(name, 1, offset, len(payload))
    return payload[offset]


def lux(raw: int) -> float | None:
    """Illuminance of the logarithmic sensor scale, None while the sensor gives none."""
    return None if raw == LUX_UNAVAILABLE else 10 ** ((raw & 0x7FFF) / 4000) / 1000

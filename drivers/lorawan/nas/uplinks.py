"""The device's side of the codec: what a NAS UL20xx with firmware 1.1.4 or later would send.

Simulators and tests speak through these, so that the product is fed real frames.
"""

from collections.abc import Sequence
from datetime import datetime
from struct import Struct
from typing import NamedTuple

from drivers.contract import PortFrame
from drivers.errors import EncodeError
from drivers.lorawan.nas import usage as parts
from drivers.lorawan.nas.addresses import address_byte
from drivers.lorawan.nas.boot import REJECTED, REJECTIONS
from drivers.lorawan.nas.status import LEVEL_UNKNOWN, RELAY_CLOSED
from drivers.lorawan.nas.usage import INTERNAL_METER, UsageRecord, write_usage
from drivers.lorawan.nas.wire import (
    BOOT_PORT,
    NOTICE_PORT,
    STATUS_PORT,
    USAGE_PORT,
)

REASON_MANUAL = 253
REASON_PROFILE = 0
REASON_FALLBACK = 248
GEAR_LAMP_ON = 1 << 2
GEAR_LAMP_FAILURE = 1 << 1
GEAR_FAILURE = 1 << 0

_STATUS_HEAD = Struct("<BIBBBbbBB")
_METERING_ALERT = Struct("<BBHHB")
_BOOT = Struct("<BIBBBIBBBBB")
_SUPPLY_HIGH = 0x7E


class GearReport(NamedTuple):
    """One dimming source of a status: which gear, why this level, and its DALI status byte."""

    level_percent: int | None
    gear_status: int = 0
    reason: int = REASON_PROFILE
    address: str = "dali_broadcast"


def encode_status_uplink(
    at: datetime,
    gears: Sequence[GearReport],
    *,
    flags: int = RELAY_CLOSED,
    more_flags: int = 0,
    alerts: int = 0,
    rssi_dbm: int = -90,
    snr_db: int = 7,
    temperature_c: int = 20,
) -> PortFrame:
    """Port 23 with the device's own time; flags and alerts are the bits of `status`."""
    head = _STATUS_HEAD.pack(
        0x01, int(at.timestamp()), flags, more_flags, -rssi_dbm, snr_db, temperature_c, alerts, 0
    )
    records = b"".join(
        bytes(
            (
                address_byte(gear.address),
                gear.reason,
                LEVEL_UNKNOWN if gear.level_percent is None else gear.level_percent,
                gear.gear_status,
            )
        )
        for gear in gears
    )
    return PortFrame(STATUS_PORT, head + records)


def encode_usage_uplink(
    *,
    active_energy_wh: int | None = None,
    active_power_w: int | None = None,
    power_factor: float | None = None,
    supply_voltage_v: int | None = None,
    operating_time_s: int | None = None,
    burning_time_s: int | None = None,
    address: str = "internal_measurement",
) -> PortFrame:
    """Port 26, one record; what is None is left out. The counters are u32 and wrap."""
    given = {
        parts.ACTIVE_ENERGY_WH: active_energy_wh,
        parts.ACTIVE_POWER_W: active_power_w,
        parts.POWER_FACTOR_PERCENT: None if power_factor is None else round(power_factor * 100),
        parts.MAINS_VOLTAGE_V: supply_voltage_v,
        parts.OPERATING_TIME_S: operating_time_s,
        parts.LAMP_ON_TIME_S: burning_time_s,
    }
    present = {part: raw for part, raw in given.items() if raw is not None}
    is_internal = address == "internal_measurement"
    record = UsageRecord(
        INTERNAL_METER if is_internal else address_byte(address),
        tuple(present),
        tuple(present.values()),
    )
    return PortFrame(USAGE_PORT, b"\x00" + write_usage([record]))


def encode_boot_uplink(
    at: datetime,
    serial: int,
    firmware: tuple[int, int, int] = (1, 1, 4),
    *,
    driver_count: int = 1,
    reset_reason: int = 0,
) -> PortFrame:
    """Port 99: a DALI controller with metering and an external DALI supply has started."""
    external_supply, metering = 0x80, 1 << 5
    payload = _BOOT.pack(
        0x00,
        serial,
        *firmware,
        int(at.timestamp()),
        0,
        metering,
        external_supply | _SUPPLY_HIGH,
        driver_count,
        reset_reason,
    )
    return PortFrame(BOOT_PORT, payload)


def encode_echo_uplink(downlink: PortFrame) -> PortFrame:
    """An order of port 50 or 60 taken: the device repeats it, byte for byte."""
    return PortFrame(downlink.port, downlink.payload)


def encode_rejection_uplink(downlink_port: int, reason: str) -> PortFrame:
    """Port 99: an order refused, with one of the published reasons."""
    for code, name in REJECTIONS.items():
        if name == reason:
            return PortFrame(BOOT_PORT, bytes((REJECTED, downlink_port, code)))
    raise EncodeError(f"{reason!r} is none of {sorted(set(REJECTIONS.values()))}")


def encode_gear_alert_uplink(gear_status: int, address: str = "dali_single_0") -> PortFrame:
    """Port 61: the DALI status of a gear got worse."""
    return PortFrame(NOTICE_PORT, bytes((0x83, 0x20, address_byte(address), gear_status)))


def encode_metering_alert_uplink(
    conditions: int, power_w: int, voltage_v: int, power_factor: float
) -> PortFrame:
    """Port 61: the meter left its limits; conditions are bits in the order of the notice."""
    payload = _METERING_ALERT.pack(0x84, conditions, power_w, voltage_v, round(power_factor * 100))
    return PortFrame(NOTICE_PORT, payload)

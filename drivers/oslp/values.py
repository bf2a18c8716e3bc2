"""The numbers of OSLP's enumerations, and how it writes times and indices.

Source: OSGP/open-smart-grid-platform, oslp.proto.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from drivers.contract import EventKind
from drivers.errors import InvalidValueError

STATUS_OK = 0
STATUS_NAMES: Mapping[int, str] = {0: "ok", 1: "failure", 2: "rejected"}

WEEKDAY_ALL = 11
ABSOLUTE_TIME = 1
SCHEDULE_OF_LIGHT = 1

LIGHT_ON, LIGHT_OFF = 2000, 2001

_TIME = "%Y%m%d%H%M%S"


class EventMeaning(NamedTuple):
    """A device's event in our words."""

    kind: EventKind
    name: str


EVENTS: Mapping[int, EventMeaning] = {
    0: EventMeaning(EventKind.DEVICE_ERROR, "general"),
    1: EventMeaning(EventKind.DEVICE_ERROR, "unknown message"),
    1000: EventMeaning(EventKind.RELAY_FAILURE, "relay"),
    1001: EventMeaning(EventKind.DEVICE_ERROR, "flash write error"),
    1002: EventMeaning(EventKind.DEVICE_ERROR, "flash memory corrupt"),
    1003: EventMeaning(EventKind.CLOCK_WARNING, "clock not set"),
    LIGHT_ON: EventMeaning(EventKind.LIGHT_SWITCHED, "light on"),
    LIGHT_OFF: EventMeaning(EventKind.LIGHT_SWITCHED, "light off"),
    2500: EventMeaning(EventKind.CONTROL_GEAR_COMM_FAILURE, "DALI communication failure"),
    2501: EventMeaning(EventKind.CONTROL_GEAR_FAILURE, "ballast failure"),
    2502: EventMeaning(EventKind.DEVICE_ERROR, "tariff switch attempt"),
    3000: EventMeaning(EventKind.DEVICE_NOTE, "tariff on"),
    3001: EventMeaning(EventKind.DEVICE_NOTE, "tariff off"),
    4000: EventMeaning(EventKind.METERING_ALERT, "buffer full"),
    4500: EventMeaning(EventKind.METERING_FAILURE, "P1 meter not read"),
    4600: EventMeaning(EventKind.METERING_ALERT, "short circuit"),
    4601: EventMeaning(EventKind.DEVICE_NOTE, "short circuit resolved"),
    4700: EventMeaning(EventKind.DIGITAL_INPUT, "door opened"),
    4701: EventMeaning(EventKind.DIGITAL_INPUT, "door closed"),
    4702: EventMeaning(EventKind.DEVICE_NOTE, "test relay on"),
    4703: EventMeaning(EventKind.DEVICE_NOTE, "test relay off"),
    4800: EventMeaning(EventKind.SUPPLY_LOSS, "loss of power"),
    4900: EventMeaning(EventKind.LOCAL_MODE, "local mode"),
    4901: EventMeaning(EventKind.LOCAL_MODE, "remote mode"),
    5000: EventMeaning(EventKind.FIRMWARE_UPDATE, "activating"),
    5501: EventMeaning(EventKind.FIRMWARE_UPDATE, "download not found"),
    5502: EventMeaning(EventKind.FIRMWARE_UPDATE, "download failed"),
    5503: EventMeaning(EventKind.DEVICE_NOTE, "configuration changed"),
    6000: EventMeaning(EventKind.DEVICE_NOTE, "alternative channel"),
    6001: EventMeaning(EventKind.DEVICE_NOTE, "channel recovered"),
    7000: EventMeaning(EventKind.DEVICE_ERROR, "out of sequence"),
    7001: EventMeaning(EventKind.DEVICE_ERROR, "message not verified"),
    7002: EventMeaning(EventKind.DEVICE_ERROR, "invalid certificate"),
}


def epoch_s(text: str) -> float | None:
    """Seconds since 1970 of YYYYMMDDhhmmss in UTC, None when there is none; raises
    `DecodeError`."""
    if not text:
        return None
    if len(text) != 14 or not (text.isascii() and text.isdigit()):
        raise InvalidValueError(f"{text[:20]!r} is no time YYYYMMDDhhmmss")
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError) as error:
        raise InvalidValueError(f"{text} is no time YYYYMMDDhhmmss") from error


def time_text(at: datetime) -> str:
    """An instant as YYYYMMDDhhmmss in UTC."""
    return at.astimezone(UTC).strftime(_TIME)


def small_number(one_byte: bytes) -> int:
    """A number OSLP writes as one byte, 0 when it is left out; raises `DecodeError`."""
    if len(one_byte) > 1:
        raise InvalidValueError(f"{one_byte[:8].hex()} where one byte is expected")
    return one_byte[0] if one_byte else 0


def channel_of(index: bytes) -> str:
    """Output 1, or no index, is the light; other outputs go by their number."""
    number = small_number(index)
    return "" if number in (0, 1) else str(number)

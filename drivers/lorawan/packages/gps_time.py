"""Seconds since the GPS epoch, which know no leap seconds: the clock of LoRaWAN."""

from datetime import UTC, datetime, timedelta

GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
# UTC has had 18 leap seconds since 1980, the last at the end of 2016 (IERS bulletin C).
LEAP_SECONDS = timedelta(seconds=18)
WRAP_S = 1 << 32


def gps_seconds(at: datetime) -> int:
    """Whole GPS seconds of an instant since 2017, modulo 2³² as they travel."""
    return int((at - GPS_EPOCH + LEAP_SECONDS).total_seconds()) % WRAP_S


def instant(seconds: int) -> datetime:
    """The instant of some GPS seconds."""
    return GPS_EPOCH + timedelta(seconds=seconds) - LEAP_SECONDS

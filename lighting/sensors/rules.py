"""Decisions about sensors, pure: what may be declared, kept, and told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from drivers.contract import Measurement, Quantity
from lighting.sensors.model import (
    ABOUT_PEOPLE,
    COUNTS,
    MEASURED,
    NIGHT_ENDS_H,
    NIGHT_STARTS_H,
    PURPOSE_CHARACTERS_MIN,
    QUANTITIES_OF,
    RETENTION_DAYS_MAX,
    SMALL_COUNT_MAX,
    Channel,
    KnownDevice,
    LegalBasis,
    NewSensor,
    Period,
    ToldPeriod,
)


def objections(new: NewSensor) -> list[str]:
    """What keeps a sensor from being declared so; empty when nothing does."""
    found = []
    allowed = QUANTITIES_OF[new.kind]
    if new.channel.quantity not in allowed:
        names = ", ".join(sorted(allowed))
        found.append(f"{new.kind.value} measures {names}, not {new.channel.quantity.value}")
    if len(new.purpose.strip()) < PURPOSE_CHARACTERS_MIN:
        found.append("say in a sentence what the values are for (purpose)")
    if not new.owner.strip():
        found.append("name the service that answers for the values (owner)")
    if not 1 <= new.retention_days <= RETENTION_DAYS_MAX:
        found.append(f"values are kept from 1 to {RETENTION_DAYS_MAX} days (retention_days)")
    if new.is_publishable and new.legal_basis is LegalBasis.CONSENT:
        found.append("what rests on consent is not published as open data")
    return found


def undeclared(device: KnownDevice, measurements: Iterable[Measurement]) -> list[Channel]:
    """What a device measured that nobody declared, or declined; sorted."""
    said = {Channel(one.quantity, one.channel) for one in measurements}
    known = device.sensors.keys() | device.declined
    return sorted(channel for channel in said - known if channel.quantity in MEASURED)


def is_about_people(quantity: Quantity) -> bool:
    """Whether single values follow from what single people did."""
    return quantity in ABOUT_PEOPLE


def told(
    quantity: Quantity,
    period: Period,
    length: timedelta,
    timezone: str,
    *,
    is_near_dwellings: bool,
) -> ToldPeriod:
    """A period as it may be told: counts summed and, where they are small, withheld."""
    ends_at = period.starts_at + length
    if quantity in COUNTS:
        withheld = is_near_dwellings and is_small_at_night(period, length, timezone)
        value = None if withheld else period.total
        return ToldPeriod(period.starts_at, ends_at, value, None, None, period.samples, withheld)
    return ToldPeriod(
        starts_at=period.starts_at,
        ends_at=ends_at,
        value=period.total / period.samples,
        minimum=period.minimum,
        maximum=period.maximum,
        samples=period.samples,
        is_withheld=False,
    )


def is_small_at_night(period: Period, length: timedelta, timezone: str) -> bool:
    """Whether so few passed in a period that touches the night that it may name one of them."""
    if period.total > SMALL_COUNT_MAX:
        return False
    if length >= timedelta(days=1):
        return True
    hours = (_local(at, timezone).hour for at in (period.starts_at, period.starts_at + length))
    return any(hour >= NIGHT_STARTS_H or hour < NIGHT_ENDS_H for hour in hours)


def _local(at: datetime, timezone: str) -> datetime:
    return at.astimezone(ZoneInfo(timezone))

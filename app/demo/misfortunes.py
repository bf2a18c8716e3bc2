"""What breaks in the demo city and when: drawn from its seed, so that the truth is known."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from simulator.city import City
from simulator.faults import YEARLY_RATE, draw_faults
from simulator.model import SeededFault, TruthKind

ONE_DAY = timedelta(days=1)
# Nothing breaks in the first nights: what is new is only watched.
SPARED = timedelta(days=2)
# The last week was stormy, so that whoever opens the demo finds work in every state.
STORMY_NIGHTS = 7
STORM_KINDS = (
    TruthKind.LAMP_FAILURE,
    TruthKind.LAMP_FAILURE,
    TruthKind.POWER_LOW,
    TruthKind.LAMP_FAILURE,
    TruthKind.DAY_BURNER,
    TruthKind.LAMP_FAILURE,
    TruthKind.COMMUNICATION_LOSS,
)
STORM_AT = time(18, 20)
LAMPS_PER_STORM_FAULT = 550
# While somebody looks on, things break some times more often than in a year of the real city.
LIVELINESS = 10.0


def of_the_past(lamp_count: int, since: datetime, until: datetime, seed: int) -> list[SeededFault]:
    """Faults of a past: now and then all along, and some every evening of the last week."""
    faults = draw_faults(lamp_count, since + SPARED, until, seed)
    broken = {fault.lamp for fault in faults}
    random = np.random.default_rng([seed, 4])
    whole = [int(lamp) for lamp in random.permutation(lamp_count) if int(lamp) not in broken]
    per_night = lamp_count // LAMPS_PER_STORM_FAULT
    storms = [
        SeededFault(lamp, kind, at)
        for lamp, (kind, at) in zip(whole, _storms(until, per_night), strict=False)
        if since + SPARED <= at < until
    ]
    return sorted([*faults, *storms], key=lambda one: (one.starts_at, one.lamp))


def _storms(until: datetime, per_night: int) -> Iterator[tuple[TruthKind, datetime]]:
    number = 0
    for days in range(STORMY_NIGHTS, 0, -1):
        evening = datetime.combine(until.date() - timedelta(days=days), STORM_AT, until.tzinfo)
        for nth in range(per_night):
            yield STORM_KINDS[number % len(STORM_KINDS)], evening + timedelta(minutes=11 * nth)
            number += 1


def between(
    city: City, since: datetime, until: datetime, timezone: str, seed: int, liveliness: float
) -> list[SeededFault]:
    """Faults that begin in (since, until], in lamps that are whole; the same whenever asked."""
    zone = ZoneInfo(timezone)
    broken = {fault.lamp for fault in city.faults if fault.ends_at is None}
    rates = {kind: rate * liveliness for kind, rate in YEARLY_RATE.items()}
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    found: list[SeededFault] = []
    while day <= last:
        starts_at = datetime.combine(day, time(0), zone).astimezone(UTC)
        drawn = draw_faults(
            len(city.lamps), starts_at, starts_at + ONE_DAY, seed + day.toordinal(), rates
        )
        found += [one for one in drawn if since < one.starts_at <= until and one.lamp not in broken]
        day += ONE_DAY
    return found

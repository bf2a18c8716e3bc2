"""A few lamps and counters to reason about, and the whole calculation in one call."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from lighting.energy.book import Estate
from lighting.energy.compute import complete, count
from lighting.energy.counters import Readings, in_order
from lighting.energy.days import dates_between, to_ms
from lighting.energy.model import SETTLED_AFTER, EnergyDay, Fitting, Lamp, Levels

PARIS = "Europe/Paris"
FOR_EVER_MS = 2**42 - 1
QUARTER = timedelta(minutes=15)
Sample = tuple[int, datetime, int]  # controller, instant, counter


def lamp(number: int = 1, rated_power_w: float | None = 60.0, timezone: str = PARIS) -> Lamp:
    return Lamp(
        light_point_id=UUID(int=number),
        organisation_id=UUID(int=1000),
        timezone=timezone,
        rated_power_w=rated_power_w,
        standby_power_w=0.5,
    )


def fitting(
    device: int = 0, on: int = 0, since: datetime | None = None, until: datetime | None = None
) -> Fitting:
    start_ms = 0 if since is None else to_ms(since)
    return Fitting(device, on, start_ms, FOR_EVER_MS if until is None else to_ms(until))


def utc(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def readings(samples: Iterable[Sample]) -> Readings:
    rows = [(device, to_ms(at), value) for device, at, value in samples]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return in_order(table[:, 0], table[:, 1], table[:, 2])


def every_quarter(since: datetime, values: Sequence[int], device: int = 0) -> list[Sample]:
    return [(device, since + QUARTER * step, value) for step, value in enumerate(values)]


def at_night(light_point_ids: Sequence[UUID], at: Sequence[datetime]) -> Levels:
    """A plain calendar: full light from 18:00 to 06:00 UTC."""
    return np.array([100 if one.hour >= 18 or one.hour < 6 else 0 for one in at], dtype=np.int16)


def unknown(light_point_ids: Sequence[UUID], at: Sequence[datetime]) -> Levels:
    return np.full(len(at), -1, dtype=np.int16)


def energy_days(
    samples: Iterable[Sample],
    first: date,
    last: date,
    *,
    lamps: Sequence[Lamp] = (lamp(),),
    fittings: Sequence[Fitting] = (fitting(),),
    now: datetime = datetime(2027, 6, 1, tzinfo=UTC),
    levels: object = unknown,
    burning: Iterable[Sample] = (),
) -> list[EnergyDay]:
    """Days `first` to `last` of every lamp, from all the readings at once."""
    rows = [(number, on) for number in range(len(lamps)) for on in dates_between(first, last)]
    counted = count(
        Estate.of(lamps, fittings),
        rows,
        readings(samples),
        readings(burning),
        to_ms(now),
        to_ms(now - SETTLED_AFTER),
    )
    taken = counted.samples()
    asked = [datetime.fromtimestamp(at / 1000, tz=UTC) for at in taken.at_ms]
    ids = [lamps[number].light_point_id for number in taken.lamp]
    return complete(counted, taken, levels(ids, asked))  # type: ignore[operator]

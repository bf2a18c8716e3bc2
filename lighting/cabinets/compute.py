"""Calculations of cabinets, pure: readings out of frames, consumption out of counters."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean
from uuid import UUID

from drivers.contract import Measurement, Quantity
from lighting.cabinets.model import (
    PLACES,
    SUPPLY_POWER_W_MAX,
    Consumption,
    ContactHeard,
    DeviceRef,
    Direction,
    MeterReading,
    MeterValues,
    PowerStep,
)

MINUTE = timedelta(minutes=1)
# A meter that counts in steps of 0.1 kWh may show one more than flowed.
COUNTER_STEP_WH_MAX = 1_000

_DIRECTION = {Quantity.INPUT_ON: Direction.INPUT, Quantity.OUTPUT_ON: Direction.OUTPUT}


def minute_of(at: datetime) -> datetime:
    """The minute an instant falls in."""
    return at.replace(second=0, microsecond=0)


def merged(first: MeterValues, second: MeterValues) -> MeterValues:
    """The values of the first, completed by those of the second."""
    pairs = zip(first, second, strict=True)
    return MeterValues._make(one if one is not None else other for one, other in pairs)


def readings_of(device_id: UUID, measured: Iterable[Measurement]) -> list[MeterReading]:
    """Meter values of a device, one reading a minute; the first value of a minute stands."""
    by_minute: dict[datetime, list[float | int | None]] = {}
    for one in sorted(measured, key=lambda one: one.measured_at):
        place = PLACES.get((one.quantity, one.channel))
        if place is None:
            continue
        minute = minute_of(one.measured_at)
        values = by_minute.setdefault(minute, [None] * len(MeterValues._fields))
        if values[place] is None:
            values[place] = one.value
    return [
        MeterReading(device_id, at, MeterValues._make(values)) for at, values in by_minute.items()
    ]


def contacts_of(device: DeviceRef, measured: Iterable[Measurement]) -> list[ContactHeard]:
    """What the contacts of a device say, in the sense of their roles; others are left out."""
    heard: list[ContactHeard] = []
    for one in measured:
        direction = _DIRECTION.get(one.quantity)
        channel = device.channels.get((direction, one.channel)) if direction else None
        if channel is not None:
            is_active = bool(one.value) is not channel.is_inverted
            heard.append(ContactHeard(channel.id, one.measured_at, is_active))
    return heard


def consumption(counters: Sequence[tuple[datetime, int]]) -> Consumption:
    """What flowed over a span, from counter values in order of time.

    A counter that falls was reset or exchanged, and one that leaps beyond what the supply can
    carry is another counter: the gap counts for nothing, and is counted among the resets.
    """
    energy_wh = reset_count = 0
    for (since, before_wh), (at, after_wh) in pairwise(counters):
        hours = (at - since).total_seconds() / 3600
        most_wh = SUPPLY_POWER_W_MAX * hours + COUNTER_STEP_WH_MAX
        if 0 <= after_wh - before_wh <= most_wh:
            energy_wh += after_wh - before_wh
        else:
            reset_count += 1
    return Consumption(energy_wh, reset_count)


def power_step(before_w: Sequence[float], after_w: Sequence[float]) -> PowerStep | None:
    """The step between the mean powers on both sides; None where a side was not measured."""
    if not before_w or not after_w:
        return None
    return PowerStep(fmean(before_w), fmean(after_w), len(before_w), len(after_w))

"""What a usage packet says of the light: energy, power, mains, burning time.

A controller may report its own meter and each D4i gear. The light has one value of each: the
internal meter's where it gives one, else the gears together.
"""

from datetime import datetime

from drivers.contract import Decoded, DeviceEvent, Measurement, Quantity
from drivers.errors import InvalidAddressError
from drivers.lorawan.nas.addresses import NAMES
from drivers.lorawan.nas.status_meaning import unusable
from drivers.lorawan.nas.usage import (
    INTERNAL_METER,
    POWER_FACTOR_PERCENT,
    POWER_FACTOR_UNKNOWN,
    UsageRecord,
)

POWER_FACTOR_PERCENT_MAX = 100

# By part of a record.
_QUANTITIES = (
    Quantity.ACTIVE_ENERGY_WH,
    Quantity.ACTIVE_POWER_W,
    Quantity.LOAD_SIDE_ENERGY_WH,
    Quantity.LOAD_SIDE_POWER_W,
    Quantity.POWER_FACTOR,
    Quantity.SUPPLY_VOLTAGE_V,
    Quantity.OPERATING_TIME_S,
    Quantity.BURNING_TIME_S,
)
_SUMMED = frozenset(range(4))  # energies and powers; the rest is the highest of the gears


def decode_usage(records: list[UsageRecord], received_at: datetime) -> Decoded:
    """The packet carries no clock: its values count from the reception."""
    events: list[DeviceEvent] = []
    usable = records
    if len(records) != 1 or records[0].address != INTERNAL_METER:
        usable = _usable(records, received_at, events)
    values = usable[0] if len(usable) == 1 else _merge(usable)
    readings: list[Measurement] = []
    for part, raw in zip(values.parts, values.values, strict=True):
        value: int | float = raw
        if part == POWER_FACTOR_PERCENT:
            if raw > POWER_FACTOR_PERCENT_MAX:
                if raw != POWER_FACTOR_UNKNOWN:
                    events.append(unusable(received_at, "power_factor", raw))
                continue
            value = raw / 100
        readings.append(Measurement(_QUANTITIES[part], value, received_at))
    return Decoded(readings, events, [])


def _usable(
    records: list[UsageRecord], at: datetime, events: list[DeviceEvent]
) -> list[UsageRecord]:
    """Records whose address means something; the others become events."""
    usable: list[UsageRecord] = []
    for record in records:
        if record.address == INTERNAL_METER or NAMES[record.address] is not None:
            usable.append(record)
        else:
            events.append(unusable(at, "address", record.address))
    if records and not usable:
        raise InvalidAddressError("no usage record names a meter or a control gear")
    return usable


def _merge(records: list[UsageRecord]) -> UsageRecord:
    """One record for the light out of those of its meters."""
    merged: dict[int, int] = {}
    own: dict[int, int] = {}
    for record in records:
        for part, raw in zip(record.parts, record.values, strict=True):
            if part == POWER_FACTOR_PERCENT and raw == POWER_FACTOR_UNKNOWN:
                continue
            if record.address == INTERNAL_METER:
                own[part] = raw
            elif part in _SUMMED:
                merged[part] = merged.get(part, 0) + raw
            else:
                merged[part] = max(merged.get(part, 0), raw)
    merged |= own
    parts = tuple(sorted(merged))
    return UsageRecord(INTERNAL_METER, parts, tuple(merged[part] for part in parts))

"""The bill of a delivery point from dated rates: each component apart, nothing rounded.

HT = fixed supply + fixed network + kWh · (supply + network) + kWh · excise + CTA% · fixed network;
TTC = HT · (1 + VAT).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from lighting.contracts.model import (
    LOW_POWER_KVA_MAX,
    Bill,
    BillLine,
    Component,
    PowerClass,
    Rate,
)

MONTHS_PER_YEAR = 12
KWH_PER_MWH = 1000
WH_PER_KWH = Decimal(1000)

Rates = Mapping[Component, Decimal]

# Without these a price would be a guess.
NEEDED = frozenset({Component.SUPPLY_ENERGY, Component.VAT})


class Usage(NamedTuple):
    """What a delivery point used in a stretch of a month, and how much of a month that is."""

    energy_wh: int
    months: Decimal
    subscribed_kva: Decimal | None = None
    delivery_points: int = 1


def bill(usage: Usage, rates: Rates) -> Bill:
    """Price a usage; a component without a rate costs nothing."""
    lines = [line for line in _lines(usage, rates) if line.amount_eur]
    excluding_vat = sum((line.amount_eur for line in lines), Decimal(0))
    return Bill(lines, excluding_vat, excluding_vat * rates.get(Component.VAT, Decimal(0)))


def _lines(usage: Usage, rates: Rates) -> Iterable[BillLine]:
    def line(component: Component, quantity: Decimal, unit: str, per: int = 1) -> BillLine:
        rate = rates.get(component, Decimal(0))
        return BillLine(component, quantity, unit, rate, quantity * rate / per)

    energy_kwh = Decimal(usage.energy_wh) / WH_PER_KWH
    months = usage.months * usage.delivery_points
    network_fixed = line(Component.NETWORK_FIXED, months, "month", MONTHS_PER_YEAR)
    kva_months = usage.months * (usage.subscribed_kva or Decimal(0))
    network_power = line(Component.NETWORK_POWER, kva_months, "kVA·month", MONTHS_PER_YEAR)
    yield line(Component.SUPPLY_FIXED, months, "month", MONTHS_PER_YEAR)
    yield line(Component.SUPPLY_ENERGY, energy_kwh, "kWh")
    yield network_fixed
    yield network_power
    yield line(Component.NETWORK_ENERGY, energy_kwh, "kWh")
    yield line(Component.EXCISE, energy_kwh / KWH_PER_MWH, "MWh")
    yield line(Component.CTA, network_fixed.amount_eur + network_power.amount_eur, "EUR")


def power_class(subscribed_kva: Decimal | None) -> PowerClass:
    """The class of a delivery point; one whose power is not known is taken as a small one."""
    is_high = subscribed_kva is not None and subscribed_kva > LOW_POWER_KVA_MAX
    return PowerClass.HIGH if is_high else PowerClass.LOW


def rates_on(
    on: date,
    rates: Sequence[Rate],
    organisation_ids: Sequence[UUID],
    *,
    cabinet_id: UUID | None = None,
    of_class: PowerClass = PowerClass.LOW,
) -> Rates:
    """The rate of each component in force on a date for one delivery point.

    The nearest scope goes first: the delivery point, then `organisation_ids` in the order given
    (the organisation, then its parents), then the national rates. Within a scope the newest.
    """
    places = {organisation_id: at for at, organisation_id in enumerate(organisation_ids)}

    def distance(rate: Rate) -> int | None:
        if rate.power_class not in (None, of_class):
            return None
        if rate.cabinet_id is not None:
            return -1 if rate.cabinet_id == cabinet_id else None
        if rate.organisation_id is None:
            return len(places)
        return places.get(rate.organisation_id)

    best: dict[Component, tuple[int, int, Decimal]] = {}
    for rate in rates:
        near = distance(rate)
        if near is None or rate.valid_from > on:
            continue
        rank = (near, -rate.valid_from.toordinal(), rate.value)
        if rate.component not in best or rank[:2] < best[rate.component][:2]:
            best[rate.component] = rank
    return {component: value for component, (_, _, value) in best.items()}


def in_force(rates: Sequence[Rate], first: date, last: date) -> list[Rate]:
    """The rates that can hold in a period: of each scope the newest at its start, and later ones
    up to its end. In the order given."""
    newest: dict[tuple[object, ...], date] = {}
    for rate in rates:
        if rate.valid_from <= first:
            scope = _scope(rate)
            newest[scope] = max(rate.valid_from, newest.get(scope, rate.valid_from))
    return [
        rate
        for rate in rates
        if first < rate.valid_from <= last or newest.get(_scope(rate)) == rate.valid_from
    ]


def _scope(rate: Rate) -> tuple[object, ...]:
    return rate.component, rate.organisation_id, rate.cabinet_id, rate.power_class


def stretches(first: date, last: date, rates: Sequence[Rate]) -> list[tuple[date, date]]:
    """A month cut where any rate changes: (first, last) days, both included."""
    starts = sorted({first, *(one.valid_from for one in rates if first < one.valid_from <= last)})
    ends = [start - timedelta(days=1) for start in starts[1:]] + [last]
    return list(zip(starts, ends, strict=True))


def total(bills: Iterable[Bill]) -> Bill:
    """Bills added up, component by component, in the order of the components."""
    bills = list(bills)
    lines = [line for one in bills for line in one.lines]
    added = [_added([line for line in lines if line.component is one]) for one in Component]
    return Bill(
        [line for line in added if line is not None],
        sum((one.excluding_vat_eur for one in bills), Decimal(0)),
        sum((one.vat_eur for one in bills), Decimal(0)),
    )


def _added(lines: Sequence[BillLine]) -> BillLine | None:
    """One line for many; the rate is the common one, or 0 where rates differ."""
    if not lines:
        return None
    rates = {line.rate for line in lines}
    return BillLine(
        lines[0].component,
        sum((line.quantity for line in lines), Decimal(0)),
        lines[0].unit,
        rates.pop() if len(rates) == 1 else Decimal(0),
        sum((line.amount_eur for line in lines), Decimal(0)),
    )

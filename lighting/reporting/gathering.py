"""Gathers the facts of a month into the inputs of a report, each in a fixed order."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service as access
from lighting.contracts import service as contracts
from lighting.contracts.co2 import factor_on, territory_of
from lighting.contracts.hours import burning_seconds, burning_spans, place_of
from lighting.contracts.model import Baseline, Regime
from lighting.reporting import repository
from lighting.reporting.model import (
    NO_CABINET,
    BaselineFacts,
    CabinetDay,
    CabinetFacts,
    DelayFacts,
    Energy,
    LightPointMonth,
    OrganisationFacts,
    ReportInputs,
)
from lighting.reporting.repository import Month
from schedules.model import Place
from schedules.night import day_bounds

# Positions are rounded to some ten metres before the Sun is asked: a lamp added at the edge of
# town must not move every sunset by a few milliseconds.
PLACE_DECIMALS = 4


class DelaySource(Protocol):
    """Tells how interventions kept their delays in a span; given by `app`, which knows work
    orders. `organisation_ids` are an organisation and all below it."""

    async def __call__(
        self,
        session: AsyncSession,
        organisation_ids: Sequence[UUID],
        start: datetime,
        end: datetime,
    ) -> Sequence[DelayFacts]: ...


async def gather(
    session: AsyncSession,
    organisation: OrganisationFacts,
    first: date,
    last: date,
    delays: DelaySource | None = None,
    *,
    with_light_points: bool = True,
) -> ReportInputs:
    """The facts of an organisation and all below it, from `first` to `last`."""
    month = Month(await access.descendants(session, organisation.id), first, last)
    start, end = (
        day_bounds(first, organisation.timezone)[0],
        day_bounds(last, organisation.timezone)[1],
    )
    basis = await contracts.pricing_basis(session, organisation.id, first, last)
    cabinets, days = await _cabinet_days(session, month)
    points = await _light_points(session, month, cabinets) if with_light_points else []
    count = len(points) or await repository.light_point_count(session, month)
    return ReportInputs(
        organisation=organisation,
        first=first,
        last=last,
        light_point_count=count,
        cabinets=cabinets,
        cabinet_days=days,
        light_points=points,
        year_before=await _year_before(session, month),
        organisation_ids=list(basis.organisation_ids),
        rates=list(basis.rates),
        co2_factor=factor_on(basis.factors, territory_of(organisation.insee_code), first),
        baseline=_baseline(basis.baseline, first, last),
        nights=await _nights(session, month, organisation.timezone),
        outages=await repository.outages(session, month.organisation_ids, start, end),
        delays=list(await delays(session, month.organisation_ids, start, end)) if delays else [],
    )


async def _cabinet_days(
    session: AsyncSession, month: Month
) -> tuple[list[CabinetFacts], list[CabinetDay]]:
    rows = await repository.cabinet_days(session, month)
    ids = {cabinet_id for cabinet_id, *_ in rows if cabinet_id is not None}
    cabinets = await repository.cabinets(session, sorted(ids))
    position = _positions(cabinets)
    days = [
        CabinetDay(position[cabinet_id], on, count, energy)
        for cabinet_id, on, count, energy in rows
    ]
    return cabinets, sorted(days, key=lambda one: (one.cabinet == NO_CABINET, *one[:2]))


async def _light_points(
    session: AsyncSession, month: Month, cabinets: Sequence[CabinetFacts]
) -> list[LightPointMonth]:
    position = _positions(cabinets)
    return [
        LightPointMonth(code, street, position[cabinet_id], energy)
        for code, street, cabinet_id, energy in await repository.light_points(session, month)
    ]


def _positions(cabinets: Sequence[CabinetFacts]) -> dict[UUID | None, int]:
    return {None: NO_CABINET, **{cabinet.id: at for at, cabinet in enumerate(cabinets)}}


async def _year_before(session: AsyncSession, month: Month) -> Energy | None:
    """The same days a year ago; None without data, or on 29 February."""
    try:
        first, last = (on.replace(year=on.year - 1) for on in (month.first, month.last))
    except ValueError:
        return None
    return await repository.total(session, Month(month.organisation_ids, first, last))


def _baseline(baseline: Baseline | None, first: date, last: date) -> BaselineFacts | None:
    """The baseline with the burning seconds of every regime it may apply."""
    if baseline is None:
        return None
    decided = [one.regime for one in baseline.adjustments if one.regime is not None]
    regimes = dict.fromkeys([baseline.regime, *decided])
    place = place_of(baseline)
    return BaselineFacts(
        baseline,
        [(one, list(burning_seconds(one, place, first, last).items())) for one in regimes],
    )


async def _nights(
    session: AsyncSession, month: Month, timezone: str
) -> list[tuple[datetime, datetime]]:
    """Sunset to sunrise in the middle of the estate, to the second."""
    middle = await repository.middle(session, month.organisation_ids)
    if middle is None:
        return []
    lat_deg, lon_deg = (round(degrees, PLACE_DECIMALS) for degrees in middle)
    spans = burning_spans(Regime(), Place(lat_deg, lon_deg, timezone), month.first, month.last)
    return [(start.replace(microsecond=0), end.replace(microsecond=0)) for start, end in spans]

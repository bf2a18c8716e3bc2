"""Use cases of contracts: enter rates, freeze a baseline, sign its adjustments, tell what holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from lighting.contracts import repository
from lighting.contracts.bill import in_force
from lighting.contracts.hours import burning_seconds, place_of
from lighting.contracts.model import (
    Adjustment,
    AdjustmentKind,
    Baseline,
    Co2Factor,
    Rate,
    Regime,
)
from lighting.contracts.tables import BaselineAdjustmentRow, BaselineRow


class BaselineExistsError(ConflictError):
    """A baseline is frozen: another one starts on another day."""

    code = "baseline_exists"
    title = "A baseline already starts on that day"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who asked for an adjustment, why, and who of the city signed it."""

    justification: str
    author: str
    countersigned_by: str


@dataclass(frozen=True, slots=True)
class PricingBasis:
    """All that prices and weighs the energy of an organisation in a period."""

    organisation_ids: Sequence[UUID]  # the organisation, then its parents
    rates: Sequence[Rate]
    factors: Sequence[Co2Factor]
    baseline: Baseline | None


async def pricing_basis(
    session: AsyncSession, organisation_id: UUID, first: date, last: date
) -> PricingBasis:
    """The rates that can hold in a period, factors, and the baseline that holds at its start."""
    chain = await repository.with_parents(session, organisation_id)
    rates = in_force(await repository.rates(session, chain), first, last)
    factors = await repository.co2_factors(session)
    baseline = await repository.baseline_in_force(session, organisation_id, first)
    return PricingBasis(chain, rates, factors, baseline)


async def rates(session: AsyncSession, caller: Caller, organisation_id: UUID) -> Sequence[Rate]:
    """The rates that can hold for an organisation: its own, its parents' and the national ones."""
    await access.organisation(session, caller, organisation_id)
    return await repository.rates(session, await repository.with_parents(session, organisation_id))


async def set_rate(session: AsyncSession, caller: Caller, rate: Rate, *, at: datetime) -> None:
    """Enter a rate of an organisation or one of its delivery points, or put it right.

    Reports already frozen keep the rate they were made with.
    """
    if rate.organisation_id is None:
        raise InvalidInputError("national rates come with a release; enter it for an organisation")
    await access.organisation(session, caller, rate.organisation_id)
    caller.require(Role.REPORT, rate.organisation_id)
    if rate.cabinet_id is not None and not await repository.cabinet_exists(
        session, rate.cabinet_id, rate.organisation_id
    ):
        raise NotFoundError("no such cabinet in this organisation; see GET /api/v1/cabinets")
    await repository.save_rate(session, rate)
    await audit.record(
        session,
        caller,
        at=at,
        action="tariff_rate.set",
        subject_type="tariff_rate",
        subject_id=f"{rate.component.value} {rate.valid_from.isoformat()}",
        organisation_id=rate.organisation_id,
        detail={"value": str(rate.value), "source": rate.source},
    )


async def co2_factors(session: AsyncSession) -> Sequence[Co2Factor]:
    """Every factor on file: public facts, the same for everyone."""
    return await repository.co2_factors(session)


async def freeze_baseline(
    session: AsyncSession, caller: Caller, organisation_id: UUID, given: Baseline, *, at: datetime
) -> Baseline:
    """Freeze a signed reference situation; from then on it only takes adjustments.

    Its nights are counted by the clock of the organisation.
    """
    organisation = await access.organisation(session, caller, organisation_id)
    caller.require(Role.REPORT, organisation_id)
    given = replace(given, timezone=organisation.timezone)
    _check_regime(given, given.regime)
    same_day = await repository.baseline_in_force(session, organisation_id, given.valid_from)
    if same_day is not None and same_day.valid_from == given.valid_from:
        raise BaselineExistsError("adjust that baseline, or let the new one start on another day")
    row = BaselineRow(
        id=given.id,
        organisation_id=organisation_id,
        name=given.name,
        valid_from=given.valid_from,
        reference_hours=given.reference_hours,
        switch_on_offset_min=given.regime.switch_on_offset_min,
        switch_off_offset_min=given.regime.switch_off_offset_min,
        cut_from=given.regime.cut_from,
        cut_to=given.regime.cut_to,
        lon_deg=given.lon_deg,
        lat_deg=given.lat_deg,
        timezone=given.timezone,
        source=given.source,
        guaranteed_share=given.guaranteed_share,
        frozen_at=at,
        frozen_by=caller.display_name,
    )
    await repository.add_baseline(session, row, given.groups)
    await _audit(session, caller, at, "baseline.freeze", given.id, organisation_id, given.name)
    return given


async def adjust_baseline(
    session: AsyncSession,
    caller: Caller,
    baseline_id: UUID,
    given: Adjustment,
    signature: Signature,
    *,
    at: datetime,
) -> Adjustment:
    """Add a signed adjustment; it gets the next perimeter version."""
    baseline = await repository.baseline_row(session, caller, baseline_id)
    if baseline is None:
        raise NotFoundError("no such baseline; see GET /api/v1/baselines")
    caller.require(Role.REPORT, baseline.organisation_id)
    if (given.kind is AdjustmentKind.CITY_HOURS) != (given.regime is not None):
        raise InvalidInputError("a decision about hours names its regime; other kinds name none")
    if given.regime is not None:
        _check_regime(baseline, given.regime)
    version = await repository.last_perimeter_version(session, baseline_id) + 1
    numbered = replace(given, perimeter_version=version)
    session.add(_adjustment_row(baseline_id, numbered, signature, at))
    await session.flush()
    await _audit(
        session, caller, at, "baseline.adjust", baseline_id, baseline.organisation_id, given.label
    )
    return numbered


async def baselines(
    session: AsyncSession, caller: Caller, organisation_id: UUID
) -> Sequence[Baseline]:
    """The baselines of an organisation, in order of time."""
    await access.organisation(session, caller, organisation_id)
    return await repository.baselines(session, caller, organisation_id)


def _check_regime(place: Baseline | BaselineRow, regime: Regime) -> None:
    """Refuse a regime that no night can be computed from, before it is frozen."""
    try:
        burning_seconds(regime, place_of(place), place.valid_from, place.valid_from)
    except ValueError as error:
        raise InvalidInputError(f"these burning hours make no sense: {error}") from error


def _adjustment_row(
    baseline_id: UUID, given: Adjustment, signature: Signature, at: datetime
) -> BaselineAdjustmentRow:
    regime = given.regime
    return BaselineAdjustmentRow(
        baseline_id=baseline_id,
        perimeter_version=given.perimeter_version,
        kind=given.kind.value,
        effective_from=given.effective_from,
        effective_to=given.effective_to,
        label=given.label,
        light_count=given.light_count,
        circuit_power_w=given.circuit_power_w,
        kwh_per_day=given.kwh_per_day,
        switch_on_offset_min=regime.switch_on_offset_min if regime else None,
        switch_off_offset_min=regime.switch_off_offset_min if regime else None,
        cut_from=regime.cut_from if regime else None,
        cut_to=regime.cut_to if regime else None,
        justification=signature.justification,
        author=signature.author,
        countersigned_by=signature.countersigned_by,
        recorded_at=at,
    )


async def _audit(
    session: AsyncSession,
    caller: Caller,
    at: datetime,
    action: str,
    baseline_id: UUID,
    organisation_id: UUID,
    label: str,
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type="baseline",
        subject_id=baseline_id,
        organisation_id=organisation_id,
        detail={"label": label},
    )

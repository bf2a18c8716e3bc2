"""Use cases of promises: what holds for an organisation, and agreeing on something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks import repository
from gmao.clocks.model import (
    Budget,
    BusinessDayEnd,
    ClockKind,
    ClockTerms,
    Elapsed,
    SuspensionReason,
    Working,
)
from gmao.clocks.service_levels import (
    DEFAULT_PROMISES,
    Hours,
    Promise,
    clock_terms,
    holiday_region,
)
from gmao.clocks.tables import PromiseRow
from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import InvalidInputError
from lighting.faults.model import Urgency

SYSTEM = Caller.system("clocks")
_default_terms = lru_cache(maxsize=64)(clock_terms)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A promise and who agreed on it from when; nobody, for the product's own defaults."""

    urgency: Urgency
    promise: Promise
    organisation_id: UUID | None = None
    valid_from: datetime | None = None


async def terms_of(
    session: AsyncSession, organisation_id: UUID, at: datetime
) -> Mapping[Urgency, tuple[ClockTerms, ...]]:
    """The clocks of an order opened at `at`: its contract's, on its territory's hours.

    What is agreed on later never reaches back to it.
    """
    territory = await access.organisation(session, SYSTEM, organisation_id)
    place = (territory.timezone, holiday_region(territory.insee_code))
    agreed = await _agreed_at(session, organisation_id, at)
    if not agreed:
        return _default_terms(*place)
    promises = {key: one.promise for key, one in agreed.items()}
    return clock_terms(*place, {**DEFAULT_PROMISES, **promises})


async def service_levels(
    session: AsyncSession, caller: Caller, organisation_id: UUID, at: datetime
) -> list[Agreed]:
    """Every promise that holds for an organisation at an instant, and where it comes from."""
    await access.organisation(session, caller, organisation_id)
    by_default = {key: Agreed(key[0], promise) for key, promise in DEFAULT_PROMISES.items()}
    agreed = await _agreed_at(session, organisation_id, at)
    return [one for _, one in sorted({**by_default, **agreed}.items())]


async def agree(
    session: AsyncSession,
    caller: Caller,
    organisation_id: UUID,
    urgency: Urgency,
    promise: Promise,
    *,
    at: datetime,
    valid_from: datetime | None = None,
) -> Agreed:
    """Agree on a promise for orders opened from an instant on, never for older ones. ADMINISTER."""
    await access.organisation(session, caller, organisation_id)
    caller.require(Role.ADMINISTER, organisation_id)
    valid_from = valid_from or at
    if valid_from < at:
        raise InvalidInputError("a promise is not changed for the past; give a valid_from to come")
    row = _row(organisation_id, urgency, promise, valid_from)
    await session.merge(row)
    await session.flush()
    await audit.record(
        session,
        caller,
        at=at,
        action="service_promise.agree",
        subject_type="organisation",
        subject_id=organisation_id,
        organisation_id=organisation_id,
        detail=row.model_dump(mode="json", exclude={"organisation_id"}),
    )
    return Agreed(urgency, promise, organisation_id, valid_from)


async def _agreed_at(
    session: AsyncSession, organisation_id: UUID, at: datetime
) -> dict[tuple[Urgency, ClockKind], Agreed]:
    """What was agreed on, the nearest organisation upwards deciding for each class and kind."""
    upwards = await _upwards(session, organisation_id)
    rows = await repository.promises_at(session, upwards, at)
    farthest_first = sorted(rows, key=lambda row: -upwards.index(row.organisation_id))
    return {(Urgency(row.urgency), ClockKind(row.kind)): _agreed(row) for row in farthest_first}


async def _upwards(session: AsyncSession, organisation_id: UUID) -> Sequence[UUID]:
    """The organisation, then the one above it, and so on."""
    found: list[UUID] = []
    above: UUID | None = organisation_id
    while above is not None:
        found.append(above)
        above = (await access.organisation(session, SYSTEM, above)).parent_id
    return found


def _agreed(row: PromiseRow) -> Agreed:
    promise = Promise(
        ClockKind(row.kind),
        _budget(row),
        Hours(row.hours),
        frozenset(map(SuspensionReason, row.pausable_reasons)),
    )
    return Agreed(Urgency(row.urgency), promise, row.organisation_id, row.valid_from)


def _budget(row: PromiseRow) -> Budget:
    if row.elapsed_minutes is not None:
        return Elapsed(timedelta(minutes=row.elapsed_minutes))
    if row.working_minutes is not None:
        return Working(timedelta(minutes=row.working_minutes))
    assert row.business_days is not None, "exactly one budget: a constraint"
    return BusinessDayEnd(row.business_days)


def _row(
    organisation_id: UUID, urgency: Urgency, promise: Promise, valid_from: datetime
) -> PromiseRow:
    budget = promise.budget
    minute = timedelta(minutes=1)
    return PromiseRow(
        organisation_id=organisation_id,
        urgency=urgency.value,
        kind=promise.kind.value,
        valid_from=valid_from,
        hours=promise.hours.value,
        elapsed_minutes=budget.time // minute if isinstance(budget, Elapsed) else None,
        working_minutes=budget.time // minute if isinstance(budget, Working) else None,
        business_days=budget.days if isinstance(budget, BusinessDayEnd) else None,
        pausable_reasons=sorted(promise.effective_pausable_reasons),
    )

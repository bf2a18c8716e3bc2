"""Use cases of the ledger: compute again what new counters touched, settle, and tell days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service as access
from kit.access.model import Caller
from kit.errors import InvalidInputError
from kit.log import get_logger
from lighting.energy import repository
from lighting.energy.days import dates_between, from_ms, half_days
from lighting.energy.model import SETTLED_AFTER, DayTotal
from lighting.energy.recomputing import (
    DAYS_PER_PIECE,
    ExpectedLevels,
    compute_days,
    touched_days,
)
from lighting.telemetry import service as telemetry

# Marks taken by one transaction: a fleet of 100,000 lights, once.
MARKS_MAX = 100_000
ANSWER_DAYS_MAX = 400
# The westernmost clock is twelve hours behind UTC.
WESTERNMOST = timedelta(hours=12)

log = get_logger()


async def recompute_dirty(
    session: AsyncSession,
    now: datetime,
    limit: int = MARKS_MAX,
    expected: ExpectedLevels | None = None,
) -> int:
    """Compute again the days that new counters touch; returns how many marks were taken.

    Any number of workers may run it side by side, and running it twice changes nothing.
    `expected` tells the levels the lamps should have had, for estimates.
    """
    marks = await telemetry.take_energy_days(session, limit)
    if not marks:
        return 0
    # Taken after the marks and before any reading is read: whoever has a larger revision sees
    # every reading whose mark was taken here, so its rows may replace ours and never the reverse.
    revision = await repository.next_revision(session)
    days = await touched_days(session, marks)
    await compute_days(session, days, revision, now, expected)
    log.info("energy recomputed", mark_count=len(marks), day_count=len(days))
    return len(marks)


async def recompute(
    session: AsyncSession,
    light_point_ids: Sequence[UUID],
    first: date,
    last: date,
    now: datetime,
    expected: ExpectedLevels | None = None,
) -> None:
    """Compute dates of light points again after a change in the estate that reaches back: a
    controller swap entered late, a rated power put right. Give both light points of a move."""
    revision = await repository.next_revision(session)
    wanted = [
        (one, on) for one in sorted(set(light_point_ids)) for on in dates_between(first, last)
    ]
    await compute_days(session, wanted, revision, now, expected)


async def settle(
    session: AsyncSession,
    on: date,
    now: datetime,
    limit: int = DAYS_PER_PIECE,
    expected: ExpectedLevels | None = None,
) -> int:
    """Judge what never came of a past date: estimated where the model can tell, else missing.

    Also gives a row to light points that were silent all day or have no controller. Returns how
    many light points were judged; 0 before the date has ended everywhere and `SETTLED_AFTER` has
    passed, or when nothing is left.
    """
    end_at = from_ms(half_days(on, "UTC").end_ms)
    if now < end_at + WESTERNMOST + SETTLED_AFTER:
        return 0
    revision = await repository.next_revision(session)
    light_point_ids = await repository.unsettled(session, on, end_at, limit)
    days = [(light_point_id, on) for light_point_id in light_point_ids]
    await compute_days(session, days, revision, now, expected)
    log.info("energy settled", on=on.isoformat(), light_point_count=len(days))
    return len(days)


async def days(
    session: AsyncSession,
    caller: Caller,
    first: date,
    last: date,
    *,
    organisation_id: UUID | None = None,
    light_point_id: UUID | None = None,
) -> Sequence[DayTotal]:
    """Energy by local date from `first` to `last`, of an organisation and all below it, of one
    light point, or of all that the caller may see."""
    if not 0 <= (last - first).days < ANSWER_DAYS_MAX:
        raise InvalidInputError(f"ask for 1 to {ANSWER_DAYS_MAX} days, the first one first")
    organisation_ids = None
    if organisation_id is not None:
        await access.organisation(session, caller, organisation_id)
        organisation_ids = await access.descendants(session, organisation_id)
    return await repository.day_totals(
        session,
        caller,
        first,
        last,
        organisation_ids=organisation_ids,
        light_point_id=light_point_id,
    )


async def night_energy_wh(
    session: AsyncSession, caller: Caller, evening: date, organisation_ids: Sequence[UUID]
) -> int | None:
    """Energy of the lighting night that began on `evening`: its afternoon and the next morning.

    None when nothing is known of either date.
    """
    return await repository.night_wh(session, caller, evening, organisation_ids)

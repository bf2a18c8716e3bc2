"""The formulas of maintenance indicators, published here (families of EN 15341).

MTTR  = Σ time from T0 to repair / repairs
MTBF  = Σ burning time / failures
A     = MTBF / (MTBF + MTTR)
rate  = failures / 100 points / year
ratios = part / whole, None when the whole is zero
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from gmao.workorders.model import REPAIRED, OrderFact, RestoreFact, Source
from lighting.faults.model import Urgency
from lighting.reporting.model import DelayFacts

YEAR = timedelta(days=365.25)


def delays(facts: Sequence[RestoreFact], start: datetime, end: datetime) -> list[DelayFacts]:
    """How the repairs of each class kept their deadline, U0 first.

    An order counts in the period its deadline falls in; it is in time when it was repaired by
    then. The median is over the orders repaired in the period, from T0, in whole seconds.
    """
    return [_delays_of(urgency, facts, start, end) for urgency in Urgency]


def _delays_of(
    urgency: Urgency, facts: Sequence[RestoreFact], start: datetime, end: datetime
) -> DelayFacts:
    of_class = [fact for fact in facts if fact.urgency is urgency]
    due = [fact for fact in of_class if fact.due_at and start <= fact.due_at < end]
    middle = median_time(restore_times(of_class, start, end))
    return DelayFacts(
        urgency.value,
        due_count=len(due),
        in_time_count=sum(map(is_in_time, due)),
        median_restore_s=None if middle is None else round(middle.total_seconds()),
    )


def is_in_time(fact: RestoreFact) -> bool:
    """Whether the repair was done by its deadline."""
    return bool(fact.due_at and fact.restored_at and fact.restored_at <= fact.due_at)


def restore_times(facts: Iterable[RestoreFact], start: datetime, end: datetime) -> list[timedelta]:
    """From T0 to repair, of what was repaired in [start, end)."""
    return [
        fact.restored_at - fact.opened_at
        for fact in facts
        if fact.restored_at and start <= fact.restored_at < end
    ]


def median_time(times: Sequence[timedelta]) -> timedelta | None:
    """The middle one, or half-way between the two in the middle."""
    seconds = [time.total_seconds() for time in times]
    return timedelta(seconds=median(seconds)) if seconds else None


def mean_time(times: Sequence[timedelta]) -> timedelta | None:
    """MTTR, when the times are times to restore."""
    return sum(times, timedelta()) / len(times) if times else None


def ratio(part: int, whole: int) -> float | None:
    """A share; None when there is nothing to share."""
    return part / whole if whole else None


def is_failure(fact: OrderFact) -> bool:
    """An order because something failed, not because a plan said so."""
    return fact.source not in (Source.PLAN, Source.WORKS_NOTICE)


def first_time_fix_ratio(repaired: Sequence[OrderFact]) -> float | None:
    """Repairs that held the first time, out of all repairs."""
    return ratio(sum(not fact.is_repeat for fact in repaired), len(repaired))


def repaired_in(facts: Iterable[OrderFact], start: datetime, end: datetime) -> list[OrderFact]:
    """Failures whose repair stands and was done in [start, end)."""
    return [
        fact
        for fact in facts
        if is_failure(fact)
        and fact.status in REPAIRED
        and fact.done_at
        and start <= fact.done_at < end
    ]


def preventive_ratio(facts: Sequence[OrderFact]) -> float | None:
    """Labour on planned work out of all labour."""
    planned = sum(fact.labour_minutes or 0 for fact in facts if fact.source is Source.PLAN)
    return ratio(planned, sum(fact.labour_minutes or 0 for fact in facts))


def mean_time_between_failures(burning_time: timedelta, failures: int) -> timedelta | None:
    """MTBF; None while nothing has failed."""
    return burning_time / failures if failures else None


def inherent_availability(mtbf: timedelta, mttr: timedelta) -> float:
    """Share of the time that a light can burn, repairs being its only interruptions."""
    return mtbf / (mtbf + mttr)


def failures_per_100_points_and_year(
    failures: int, light_points: int, period: timedelta
) -> float | None:
    """Failure rate; None without light points."""
    return failures / (light_points / 100) / (period / YEAR) if light_points else None

"""Where the newest orders are left for whoever opens the demo, so that every state can be seen.

What came up for the last working day is on the street; what came before has settled. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.demo.courses import MORNING, is_working_day
from gmao.workorders.model import Status

SPAN = timedelta(days=8)
# A working day counts once its morning's work is under way.
UNDER_WAY_AT = time(11)

ON_THE_STREET: Sequence[Status | None] = (
    Status.IN_PROGRESS,
    Status.ON_SITE,
    Status.EN_ROUTE,
    Status.DISPATCHED,
    None,
    Status.PLANNED,
)
SETTLED: Sequence[Status | None] = (
    Status.SUSPENDED,
    Status.REOPENED,
    Status.VERIFIED,
    Status.PLANNED,
    Status.DONE,
    Status.QUALIFIED,
    Status.CANCELLED,
    None,
)


def stops(
    orders: Iterable[tuple[int, datetime]], at: datetime, timezone: str
) -> Mapping[int, Status]:
    """Where orders (number, opened at) are left at an instant; others run their course."""
    recent = sorted(order for order in orders if order[1] >= at - SPAN)
    zone = ZoneInfo(timezone)
    today = last_working_day(at, timezone)
    since, until = (
        datetime.combine(day, MORNING, zone) for day in (_working_day_before(today), today)
    )
    settled = [number for number, opened_at in recent if opened_at < since]
    fresh = [number for number, opened_at in recent if since <= opened_at < until]
    wanted = {
        **{number: SETTLED[rank % len(SETTLED)] for rank, number in enumerate(settled)},
        **{number: ON_THE_STREET[rank % len(ON_THE_STREET)] for rank, number in enumerate(fresh)},
    }
    return {number: stop for number, stop in wanted.items() if stop is not None}


def last_working_day(at: datetime, timezone: str) -> date:
    """The last day at whose work people are, or were."""
    local = at.astimezone(ZoneInfo(timezone))
    if is_working_day(local.date()) and local.time() >= UNDER_WAY_AT:
        return local.date()
    return _working_day_before(local.date())


def _working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day

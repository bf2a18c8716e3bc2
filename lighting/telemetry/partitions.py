"""Monthly partitions of readings (months of UTC), made before they are needed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError
from lighting.telemetry.model import READING_AGE_MAX, READING_AHEAD_MAX

# Months made ahead by the monthly job: it may fail for a while without anyone noticing a thing.
MONTHS_AHEAD = 2
# Any number that no other part of the application locks; it puts makers of partitions in a queue.
_LOCK = 0x7265_6164_696E_6701


_PRESENT = sa.text(
    """
    SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'reading'::regclass AND relname = ANY(:names)
    """
)


_ALL = sa.text(
    """
    SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'reading'::regclass
    """
)
LOCK_WAIT_S = 5


class ReadingOutOfRangeError(InvalidInputError):
    """A reading is so old, or so far ahead, that no partition is made for it."""

    code = "reading_out_of_range"
    title = "The instant of a reading is not believable"


def month_of(at: datetime) -> date:
    """The first day of the month of UTC an instant falls in."""
    utc = at.astimezone(UTC)
    return date(utc.year, utc.month, 1)


def months_of(instants: Sequence[datetime]) -> list[date]:
    """The months some instants fall in; quick where all are of one."""
    first, last = month_of(min(instants)), month_of(max(instants))
    return [first] if first == last else sorted({month_of(at) for at in instants})


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def partition_name(month: date) -> str:
    """The table that holds a month of readings."""
    return f"reading_{month:%Y_%m}"


def previous_month(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def months_around(around: datetime) -> list[date]:
    """The month before that of the instant, its own, and those made ahead."""
    months = [previous_month(month_of(around)), month_of(around)]
    for _ in range(MONTHS_AHEAD):
        months.append(next_month(months[-1]))
    return months


async def ensure_partitions(session: AsyncSession, around: datetime) -> list[str]:
    """Make the partitions around an instant that are missing; returns the names of the new ones."""
    return await _ensure_months(session, months_around(around))


async def ensure_partitions_for(
    session: AsyncSession, instants: Iterable[datetime], now: datetime
) -> list[str]:
    """Make the missing partitions of readings at `instants`, within the limits of the store."""
    first, last = month_of(now - READING_AGE_MAX), month_of(now + READING_AHEAD_MAX)
    months = months_of(list(instants))
    outside = [month for month in months if not first <= month <= last]
    if outside:
        raise ReadingOutOfRangeError(
            f"readings of {outside[0]:%Y-%m} are not kept: only {first:%Y-%m} to {last:%Y-%m} are"
        )
    return await _ensure_months(session, months)


async def _ensure_months(session: AsyncSession, months: Sequence[date]) -> list[str]:
    if not await _missing(session, months):
        return []
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    missing = await _missing(session, months)  # another worker may have made them meanwhile
    for month in missing:
        await _create(session, month)
    return [partition_name(month) for month in missing]


async def _missing(session: AsyncSession, months: Sequence[date]) -> list[date]:
    # Asks the catalogue itself: to_regclass would answer from a cache that waiting for the lock
    # does not refresh.
    found = await session.scalars(_PRESENT, {"names": [partition_name(one) for one in months]})
    present = set(found.all())
    return [month for month in months if partition_name(month) not in present]


async def _create(session: AsyncSession, month: date) -> None:
    """Make one partition. It is filled apart and then attached, which, unlike PARTITION OF, lets
    other workers go on writing; the CHECK spares the scan when attaching."""
    name = partition_name(month)
    since, until = (
        f"TIMESTAMPTZ '{one:%Y-%m-%d} 00:00:00+00'" for one in (month, next_month(month))
    )
    for statement in (
        f"CREATE TABLE {name} (LIKE reading INCLUDING ALL)",
        f"ALTER TABLE {name} ADD CONSTRAINT bounds CHECK (at >= {since} AND at < {until})",
        f"ALTER TABLE reading ATTACH PARTITION {name} FOR VALUES FROM ({since}) TO ({until})",
        f"ALTER TABLE {name} DROP CONSTRAINT bounds",
    ):
        await session.execute(sa.text(statement))


async def forget_readings(session: AsyncSession, before: datetime) -> list[str]:
    """Drop the partitions whose whole month lies before an instant; returns their names.

    Waits a few seconds at most for the table: readers and writers come first, the next run drops.
    """
    oldest_kept = partition_name(month_of(before))
    names = await session.scalars(_ALL)
    old = sorted(name for name in names.all() if name < oldest_kept)
    if old:
        await session.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'"))
        await session.execute(sa.text(f"DROP TABLE {', '.join(old)}"))
    return old

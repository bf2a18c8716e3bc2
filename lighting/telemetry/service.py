"""Use cases of telemetry: keep what the lights said exactly once, and tell it again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import InvalidInputError, NotFoundError
from lighting.telemetry import appending, repository, rules
from lighting.telemetry.model import (
    EnergyDay,
    EventNote,
    LatestState,
    Reading,
    RefusedFrame,
    Series,
    Sighting,
)
from lighting.telemetry.partitions import ensure_partitions, ensure_partitions_for
from lighting.telemetry.tables import QuarantinedFrame

__all__ = ["ensure_partitions"]

# One answer holds a month of readings every two minutes.
SERIES_READINGS_MAX = 20_000
SERIES_SPAN_MAX = timedelta(days=400)


async def append_once(
    session: AsyncSession, readings: Sequence[Reading], now: datetime
) -> Sequence[Reading]:
    """Store readings and return, in order of controller and instant, those that added something.

    Two readings of one controller and instant are one: the second fills in the quantities the
    first did not have. The same reading again adds nothing and is not returned. Raises
    `ReadingOutOfRangeError` for an instant the store does not keep.
    """
    merged = merge(readings)
    if not merged:
        return []
    await ensure_partitions_for(session, (key[1] for key in merged), now)
    ordered = [merged[key] for key in sorted(merged)]
    added = await appending.append_readings(session, ordered)
    if len(added) == len(ordered):
        return ordered
    return [merged[key] for key in sorted(added)]


def merge(readings: Sequence[Reading]) -> dict[tuple[int, datetime], Reading]:
    """One reading for each controller and instant; the first value of a quantity stays."""
    merged: dict[tuple[int, datetime], Reading] = {}
    for reading in readings:
        key = reading[:2]
        known = merged.get(key)
        if known is not None:
            reading = Reading._make(
                old if old is not None else new for old, new in zip(known, reading, strict=True)
            )
        merged[key] = reading
    return merged


async def note_latest(
    session: AsyncSession, readings: Sequence[Reading], sightings: Sequence[Sighting]
) -> None:
    """Bring the latest state of the controllers up to date, whatever the order of arrival.

    Until commit, no other transaction can do so for the same controllers.
    """
    states = rules.newest_states(readings, sightings)
    if states:
        await appending.upsert_states(session, states)


async def note_events(session: AsyncSession, events: Sequence[EventNote]) -> None:
    """Keep what controllers reported beside measurements, each once."""
    if events:
        await repository.add_events(session, events)


async def mark_energy_days(
    session: AsyncSession, readings: Sequence[Reading], timezone_of: Mapping[int, str]
) -> None:
    """Mark the local days whose energy these readings' counters change."""
    days = rules.energy_days(readings, timezone_of)
    if days:
        await appending.append_energy_days(session, days)


async def take_energy_days(session: AsyncSession, limit: int = 100_000) -> set[EnergyDay]:
    """Take up to `limit` marks, oldest first: they are gone when the transaction commits.

    Several workers may take at the same time; each gets others.
    """
    return await repository.take_energy_days(session, limit)


async def latest(
    session: AsyncSession, controller_keys: Sequence[int]
) -> Mapping[int, LatestState]:
    """The latest state of each controller that was ever heard."""
    return await repository.latest(session, controller_keys)


async def last_seen(session: AsyncSession) -> Sequence[tuple[int, datetime]]:
    """When each controller was heard last."""
    return await repository.last_seen(session)


async def series(
    session: AsyncSession,
    controller_key: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    period: timedelta,
) -> Series:
    """The readings of [starts_at, ends_at), and where more than `period` explains is missing."""
    if not timedelta() < ends_at - starts_at <= SERIES_SPAN_MAX:
        raise InvalidInputError(
            f"ask for a span that ends after it begins, of at most {SERIES_SPAN_MAX.days} days"
        )
    found = await repository.readings(
        session, controller_key, starts_at, ends_at, SERIES_READINGS_MAX + 1
    )
    kept = found[:SERIES_READINGS_MAX]
    is_complete = len(kept) == len(found)
    judged_until = ends_at if is_complete else kept[-1].at
    instants = [one.at for one in kept]
    return Series(kept, rules.gaps(instants, period, starts_at, judged_until), is_complete)


async def quarantine(session: AsyncSession, frames: Sequence[RefusedFrame]) -> None:
    """Set frames aside, as they came, with the reason; the same frame again is only counted."""
    if frames:
        await repository.add_quarantined(session, frames)


async def quarantined_frames(
    session: AsyncSession, caller: Caller, **wanted: Any
) -> Sequence[QuarantinedFrame]:
    """Frames set aside, newest first, that the caller may see."""
    return await repository.quarantined_frames(session, caller, **wanted)


async def quarantined_frame(
    session: AsyncSession, caller: Caller, frame_id: UUID
) -> QuarantinedFrame:
    """One frame set aside, locked until the transaction ends."""
    found = await repository.quarantined_frame(session, caller, frame_id)
    if found is None:
        raise NotFoundError("no such frame in quarantine; see GET /api/v1/quarantined-frames")
    return found


async def waiting_addresses(session: AsyncSession, reason_code: str, limit: int) -> Sequence[str]:
    """Addresses that frames set aside for this reason came from."""
    return await repository.waiting_addresses(session, reason_code, limit)


async def waiting_frames_of(
    session: AsyncSession, addresses: Sequence[str], limit: int
) -> Sequence[QuarantinedFrame]:
    """Frames set aside that came from these addresses, oldest first, locked."""
    return await repository.waiting_frames_of(session, addresses, limit)


async def forget_quarantine(session: AsyncSession, before: datetime) -> int:
    """Delete frames set aside that were last received before an instant; returns how many."""
    return await repository.delete_quarantined_before(session, before)

"""Use cases of telemetry: keep what the lights said exactly once, and tell it again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import InvalidInputError
from lighting.registry import service as registry
from lighting.registry.model import EquipmentKind
from lighting.telemetry import appending, repository, rules
from lighting.telemetry.model import (
    ControllerStay,
    EnergyDay,
    EventNote,
    LatestState,
    Reading,
    Series,
    Sighting,
)
from lighting.telemetry.partitions import (
    ensure_partitions,
    ensure_partitions_for,
    forget_readings,
)
from lighting.telemetry.quarantine.service import (
    forget_quarantine,
    mark_refused,
    mark_replayed,
    quarantine,
    quarantine_groups,
    quarantined_frame,
    quarantined_frames,
    selected_frames,
    waiting_addresses,
    waiting_frames_of,
)

__all__ = [
    "ensure_partitions",
    "forget_quarantine",
    "forget_readings",
    "mark_refused",
    "mark_replayed",
    "quarantine",
    "quarantine_groups",
    "quarantined_frame",
    "quarantined_frames",
    "selected_frames",
    "waiting_addresses",
    "waiting_frames_of",
]

# One answer holds a month of readings every two minutes.
SERIES_READINGS_MAX = 20_000
SERIES_SPAN_MAX = timedelta(days=400)


async def append_once(
    session: AsyncSession,
    readings: Sequence[Reading],
    now: datetime,
    *,
    sightings: Sequence[Sighting] = (),
) -> Sequence[Reading]:
    """Store readings and the latest state of their controllers and of those `sightings` heard;
    returns the readings that added something.

    Two readings of one controller and instant are one: the second fills in the quantities the
    first did not have. The same reading again adds nothing and is not returned. In the latest
    state each value is the newest by its own instant, whatever the order of arrival; until commit
    no other transaction can write it for the same controllers. Raises `ReadingOutOfRangeError`
    for an instant the store does not keep.
    """
    merged = rules.merge(readings)
    rows = rules.staged(merged.values(), sightings)
    if not rows:
        return []
    if merged:
        await ensure_partitions_for(session, [at for _, at in merged], now)
    added = await appending.append(session, rows, len(merged))
    if added is None:
        return list(merged.values())
    return [merged[key] for key in added]


async def note_events(session: AsyncSession, events: Sequence[EventNote]) -> None:
    """Keep what controllers reported beside measurements, each once."""
    if events:
        await repository.add_events(session, events)


async def forget_events(session: AsyncSession, before: datetime) -> int:
    """Delete what controllers reported before an instant; returns how many."""
    return await repository.delete_events_before(session, before)


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


async def count_readings(session: AsyncSession) -> int:
    """How many readings are stored: for checks, it reads all of them."""
    return await repository.count_readings(session)


async def series(
    session: AsyncSession,
    controller_key: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    period: timedelta,
) -> Series:
    """The readings of [starts_at, ends_at), and where more than `period` explains is missing."""
    check_span(starts_at, ends_at)
    found = await repository.readings(
        session, controller_key, starts_at, ends_at, SERIES_READINGS_MAX + 1
    )
    return _series(found, starts_at, ends_at, period)


def _series(
    found: Sequence[Reading], starts_at: datetime, ends_at: datetime, period: timedelta
) -> Series:
    kept = found[:SERIES_READINGS_MAX]
    is_complete = len(kept) == len(found)
    judged_until = ends_at if is_complete else kept[-1].at
    instants = [one.at for one in kept]
    return Series(kept, rules.gaps(instants, period, starts_at, judged_until), is_complete)


def check_span(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a span that is empty or too long."""
    if not timedelta() < ends_at - starts_at <= SERIES_SPAN_MAX:
        raise InvalidInputError(
            f"ask for a span that ends after it begins, of at most {SERIES_SPAN_MAX.days} days"
        )


async def series_of_light(
    session: AsyncSession,
    caller: Caller,
    light_point_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
) -> Series:
    """What every controller that stood on a light point measured there."""
    check_span(starts_at, ends_at)
    stays = await _stays(session, caller, light_point_id)
    found = await _readings(session, stays, starts_at, ends_at, SERIES_READINGS_MAX + 1)
    period = max((stay.period for stay in stays), default=SERIES_SPAN_MAX)
    return _series(found, starts_at, ends_at, period)


async def readings_of_light(
    session: AsyncSession,
    caller: Caller,
    light_point_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    *,
    after: datetime | None,
    limit: int,
) -> Sequence[Reading]:
    """Readings of a light point in order of time, those after an instant."""
    check_span(starts_at, ends_at)
    stays = await _stays(session, caller, light_point_id)
    since = starts_at if after is None else max(starts_at, after + timedelta.resolution)
    return await _readings(session, stays, since, ends_at, limit)


async def _stays(
    session: AsyncSession, caller: Caller, light_point_id: UUID
) -> Sequence[ControllerStay]:
    """The controllers that stood on a light point, oldest first; refused if it is not visible."""
    stays = await registry.stays(session, caller, light_point_id)
    controllers = [stay for stay in stays if stay.kind is EquipmentKind.CONTROLLER]
    told = []
    for stay in reversed(controllers):
        known = await registry.controller(session, Caller.system(), stay.equipment_id)
        period = timedelta(seconds=known.expected_period_s)
        told.append(ControllerStay(known.key, stay.installed_at, stay.removed_at, period))
    return told


async def _readings(
    session: AsyncSession,
    stays: Sequence[ControllerStay],
    starts_at: datetime,
    ends_at: datetime,
    limit: int,
) -> list[Reading]:
    found: list[Reading] = []
    for stay in stays:
        since = max(starts_at, stay.starts_at)
        until = ends_at if stay.ends_at is None else min(ends_at, stay.ends_at)
        if since < until and len(found) < limit:
            found += await repository.readings(
                session, stay.controller_key, since, until, limit - len(found)
            )
    return found

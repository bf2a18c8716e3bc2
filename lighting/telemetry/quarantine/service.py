"""Use cases of quarantine."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import NotFoundError
from kit.log import get_logger
from lighting.telemetry.model import (
    KeptFrame,
    QuarantineFilter,
    QuarantineGroup,
    RefusedFrame,
)
from lighting.telemetry.quarantine import repository

# Frames kept of one address, and of all that name none: fifty days of a controller that reports
# every quarter of an hour and that nobody registers. A stranger's noise must not fill the disk.
FRAMES_PER_ADDRESS_MAX = 5_000
WAITING = QuarantineFilter()

log = get_logger()


async def quarantine(
    session: AsyncSession,
    frames: Sequence[RefusedFrame],
    *,
    per_address_max: int = FRAMES_PER_ADDRESS_MAX,
) -> None:
    """Set frames aside, as they came, with the reason; the same frame again is only counted.

    Of an address that has filled its place no more are kept, and it is logged.
    """
    if not frames:
        return
    addresses = {frame.address for frame in frames}
    full = await repository.full_addresses(session, addresses, per_address_max)
    kept = [frame for frame in frames if frame.address not in full]
    if kept:
        await repository.add_quarantined(session, kept)
    if full:
        log.warning(
            "quarantine full", addresses=sorted(map(str, full)), lost=len(frames) - len(kept)
        )


async def quarantined_frames(
    session: AsyncSession,
    caller: Caller,
    wanted: QuarantineFilter = WAITING,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[KeptFrame]:
    """Frames set aside, newest first, that the caller may see."""
    return await repository.quarantined_frames(session, caller, wanted, after=after, limit=limit)


async def quarantine_groups(session: AsyncSession, caller: Caller) -> Sequence[QuarantineGroup]:
    """What waits, by network and reason, the largest group first."""
    return await repository.groups(session, caller)


async def selected_frames(
    session: AsyncSession,
    caller: Caller,
    wanted: QuarantineFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[KeptFrame]:
    """Frames to be tried again, oldest first, locked until the transaction ends."""
    return await repository.selected_frames(session, caller, wanted, after=after, limit=limit)


async def quarantined_frame(session: AsyncSession, caller: Caller, frame_id: UUID) -> KeptFrame:
    """One frame set aside, locked until the transaction ends."""
    found = await repository.quarantined_frame(session, caller, frame_id)
    if found is None:
        raise NotFoundError("no such frame in quarantine; see GET /api/v1/quarantined-frames")
    return found


async def waiting_addresses(session: AsyncSession, reason_code: str, limit: int) -> Sequence[str]:
    """Addresses that frames set aside for this reason came from."""
    return await repository.waiting_addresses(session, reason_code, limit)


async def waiting_frames_of(
    session: AsyncSession, addresses: Sequence[str], reason_code: str, limit: int
) -> Sequence[KeptFrame]:
    """Frames of these addresses set aside for this reason, oldest first, locked."""
    return await repository.waiting_frames_of(session, addresses, reason_code, limit)


async def mark_replayed(session: AsyncSession, frame_id: UUID, now: datetime) -> None:
    """Note that a frame set aside has been taken in after all."""
    await repository.mark_replayed(session, frame_id, now)


async def mark_refused(
    session: AsyncSession, frame_id: UUID, reason_code: str, reason: str
) -> None:
    """Note why a frame tried again stays set aside."""
    await repository.mark_refused(session, frame_id, reason_code, reason)


async def forget_quarantine(session: AsyncSession, before: datetime) -> int:
    """Delete frames set aside that were last received before an instant; returns how many."""
    return await repository.delete_quarantined_before(session, before)

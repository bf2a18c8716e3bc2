"""Takes frames out of quarantine once their codec is fixed, or their controller registered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame
from kit.access import audit
from kit.access.model import Caller, Role
from kit.errors import ConflictError
from kit.log import get_logger
from lighting.ingest.compute import REASON_CHARACTERS_MAX, storable
from lighting.ingest.failures import is_frames_fault
from lighting.ingest.service import Ingest
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import KeptFrame, QuarantineFilter, QuarantineReason

ADDRESSES_PER_RUN_MAX = 10_000
FRAMES_PER_RUN_MAX = 500
# What one request tries again: some seconds at most.
FRAMES_PER_SELECTION_MAX = 200

log = get_logger()


class OtherNetworkError(ConflictError):
    """The frame came by a network this process does not listen to."""

    code = "other_network"
    title = "This frame came by another network"


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of a frame tried again."""

    frame_id: UUID
    is_taken: bool
    reason_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SelectionReplay:
    """What became of a portion of a selection; `refused` counts by reason."""

    tried: int
    taken: int
    refused: Mapping[str, int]
    next_after: tuple[datetime, UUID] | None


async def replay(
    session: AsyncSession,
    caller: Caller,
    ingests: Mapping[str, Ingest],
    frame_id: UUID,
    now: datetime,
) -> Replay:
    """Try one frame again, by the ingest of its network's kind; taken again, it changes nothing."""
    row = await telemetry.quarantined_frame(session, caller, frame_id)
    if row.organisation_id is not None:
        caller.require(Role.ADMINISTER, row.organisation_id)
    ingest = ingests.get(_kind_of(row))
    if ingest is None:
        raise OtherNetworkError(f"it came by {row.network}; this program reads no such network")
    outcome = await _try(session, ingest, row, now)
    await audit.record(
        session,
        caller,
        at=now,
        action="quarantined_frame.replay",
        subject_type="quarantined_frame",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"is_taken": outcome.is_taken, "reason_code": outcome.reason_code},
    )
    return outcome


async def replay_selection(
    session: AsyncSession,
    caller: Caller,
    ingests: Mapping[str, Ingest],
    wanted: QuarantineFilter,
    *,
    after: tuple[datetime, UUID] | None,
    now: datetime,
) -> SelectionReplay:
    """Try a selection again, oldest frames first, a portion at a time: go on with `next_after`
    until it is None. Frames taken in before change nothing."""
    rows = await telemetry.selected_frames(
        session, caller, wanted, after=after, limit=FRAMES_PER_SELECTION_MAX + 1
    )
    portion = rows[:FRAMES_PER_SELECTION_MAX]
    for organisation_id in {row.organisation_id for row in portion if row.organisation_id}:
        caller.require(Role.ADMINISTER, organisation_id)
    outcomes = [await _try_with(session, ingests, row, now) for row in portion]
    refused = Counter(one.reason_code for one in outcomes if one.reason_code is not None)
    taken = sum(one.is_taken for one in outcomes)
    await _record_selection(session, caller, portion, wanted, taken, now)
    more = len(rows) > len(portion)
    last = (portion[-1].received_at, portion[-1].id) if more else None
    return SelectionReplay(len(portion), taken, dict(refused), last)


async def _record_selection(
    session: AsyncSession,
    caller: Caller,
    portion: Sequence[KeptFrame],
    wanted: QuarantineFilter,
    taken: int,
    now: datetime,
) -> None:
    for organisation_id in sorted({row.organisation_id for row in portion if row.organisation_id}):
        await audit.record(
            session,
            caller,
            at=now,
            action="quarantine.replay",
            subject_type="organisation",
            subject_id=organisation_id,
            organisation_id=organisation_id,
            detail={
                "tried": len(portion),
                "taken": taken,
                "reason_code": wanted.reason_code,
                "network": wanted.network,
            },
        )


async def replay_registered(session: AsyncSession, ingest: Ingest, now: datetime) -> int:
    """Try frames again whose device has been registered since; returns how many were taken."""
    await ingest.refresh(session)
    waiting = await telemetry.waiting_addresses(
        session, QuarantineReason.UNKNOWN_CONTROLLER, ADDRESSES_PER_RUN_MAX
    )
    known = [address for address in waiting if ingest.knows(address)]
    return await _replay_addresses(session, ingest, known, now)


async def replay_address(session: AsyncSession, ingest: Ingest, address: str, now: datetime) -> int:
    """Try frames again that waited for this controller; returns how many were taken."""
    return await _replay_addresses(session, ingest, [address], now)


async def _replay_addresses(
    session: AsyncSession, ingest: Ingest, addresses: Sequence[str], now: datetime
) -> int:
    if not addresses:
        return 0
    rows = await telemetry.waiting_frames_of(
        session, addresses, QuarantineReason.UNKNOWN_CONTROLLER, FRAMES_PER_RUN_MAX
    )
    mine = [row for row in rows if _kind_of(row) == ingest.network.kind]
    taken = [(await _try(session, ingest, row, now)).is_taken for row in mine]
    log.info("quarantine replayed", frames=len(taken), taken=sum(taken))
    return sum(taken)


def _kind_of(row: KeptFrame) -> str:
    return row.network.partition(":")[0]


async def _try_with(
    session: AsyncSession, ingests: Mapping[str, Ingest], row: KeptFrame, now: datetime
) -> Replay:
    ingest = ingests.get(_kind_of(row))
    if ingest is None:
        return Replay(row.id, is_taken=False, reason_code=OtherNetworkError.code)
    return await _try(session, ingest, row, now)


async def _try(session: AsyncSession, ingest: Ingest, row: KeptFrame, now: datetime) -> Replay:
    frame = Frame(row.topic, row.payload, row.received_at)
    try:
        async with session.begin_nested():
            gathered = await ingest.read(session, [frame], now)
            if not gathered.refused:
                await ingest.keep(session, gathered, 1, now)
    except Exception as error:
        if not is_frames_fault(error):
            raise
        code = QuarantineReason.DATABASE_REFUSED.value
        return await _still_refused(session, row, code, storable(str(error)))
    if gathered.refused:
        (refused,) = gathered.refused
        return await _still_refused(session, row, refused.reason_code, refused.reason)
    await telemetry.mark_replayed(session, row.id, now)
    return Replay(row.id, is_taken=True)


async def _still_refused(
    session: AsyncSession, row: KeptFrame, reason_code: str, reason: str
) -> Replay:
    reason = reason[:REASON_CHARACTERS_MAX]
    await telemetry.mark_refused(session, row.id, reason_code, reason)
    return Replay(row.id, is_taken=False, reason_code=reason_code, reason=reason)

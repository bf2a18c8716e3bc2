"""Takes frames out of quarantine once their codec is fixed, or their controller registered."""

from collections.abc import Mapping
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
from lighting.telemetry.model import KeptFrame, QuarantineReason

ADDRESSES_PER_RUN_MAX = 10_000
FRAMES_PER_RUN_MAX = 500

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
    ingest = ingests.get(row.network.partition(":")[0])
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


async def replay_registered(session: AsyncSession, ingest: Ingest, now: datetime) -> int:
    """Try frames again whose controller has been registered since; returns how many were taken."""
    await ingest.directory.refresh(session)
    waiting = await telemetry.waiting_addresses(
        session, QuarantineReason.UNKNOWN_CONTROLLER, ADDRESSES_PER_RUN_MAX
    )
    known = [address for address in waiting if ingest.directory.find(address) is not None]
    if not known:
        return 0
    rows = await telemetry.waiting_frames_of(session, known, FRAMES_PER_RUN_MAX)
    mine = [row for row in rows if row.network.partition(":")[0] == ingest.network.kind]
    taken = [(await _try(session, ingest, row, now)).is_taken for row in mine]
    log.info("quarantine replayed", frames=len(taken), taken=sum(taken))
    return sum(taken)


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

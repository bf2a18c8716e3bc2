"""Quarantine over HTTP: what waits there, and trying again."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime

from kit.access.http import CurrentCaller
from kit.errors import UnavailableError
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.paging import decode_cursor, encode_cursor
from lighting.ingest import replay
from lighting.ingest.schemas import (
    QuarantinedFrameAnswer,
    QuarantineGroupAnswer,
    QuarantineGroupsAnswer,
    ReplayAnswer,
    SelectionAnswer,
    SelectionInput,
)
from lighting.ingest.service import Ingest
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import QuarantineFilter

router = APIRouter(tags=["telemetry"])


def ingests_of(request: Request) -> Mapping[str, Ingest]:
    """The ingest of each kind of network, which the application has put at `app.state.ingests`."""
    ingests: Mapping[str, Ingest] | None = getattr(request.app.state, "ingests", None)
    if not ingests:
        raise UnavailableError("no field network is configured in this process")
    return ingests


@router.get("/quarantined-frames")
async def list_quarantined_frames(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    reason_code: Annotated[str | None, Query(max_length=80)] = None,
    network: Annotated[str | None, Query(max_length=120)] = None,
    address: Annotated[str | None, Query(max_length=64, description="a part of it")] = None,
    received_from: Annotated[AwareDatetime | None, Query()] = None,
    received_to: Annotated[AwareDatetime | None, Query()] = None,
    is_waiting: Annotated[bool, Query(description="false shows replayed frames too")] = True,
) -> Page[QuarantinedFrameAnswer]:
    """Frames that could not be read, newest first."""
    wanted = QuarantineFilter(
        reason_code=reason_code,
        network=network,
        address=address,
        received_from=received_from,
        received_to=received_to,
        is_waiting=is_waiting,
    )
    frames = await telemetry.quarantined_frames(
        session, caller, wanted, after=page.after(tuple[datetime, UUID]), limit=page.limit + 1
    )
    return page_of(
        frames, page, lambda one: (one.last_received_at, one.id), QuarantinedFrameAnswer.of
    )


@router.get("/quarantined-frames/groups")
async def list_quarantine_groups(
    session: SessionDep, caller: CurrentCaller
) -> QuarantineGroupsAnswer:
    """What waits in quarantine, by network and reason, the largest group first."""
    found = await telemetry.quarantine_groups(session, caller)
    return QuarantineGroupsAnswer(
        items=[QuarantineGroupAnswer.model_validate(group) for group in found]
    )


@router.post("/quarantined-frames/replays")
async def replay_quarantined_frames(
    session: SessionDep,
    caller: CurrentCaller,
    clock: ClockDep,
    body: SelectionInput,
    ingests: Annotated[Mapping[str, Ingest], Depends(ingests_of)],
) -> SelectionAnswer:
    """Try a selection again, a portion at a time; frames taken in before are not doubled."""
    wanted = QuarantineFilter(
        reason_code=body.reason_code,
        network=body.network,
        address=body.address,
        frame_ids=tuple(body.frame_ids),
    )
    after = decode_cursor(body.cursor, tuple[datetime, UUID]) if body.cursor else None
    done = await replay.replay_selection(
        session, caller, ingests, wanted, after=after, now=clock.now()
    )
    return SelectionAnswer(
        tried=done.tried,
        taken=done.taken,
        refused=dict(done.refused),
        next_cursor=encode_cursor(done.next_after) if done.next_after else None,
    )


@router.post("/quarantined-frames/{frame_id}/replay")
async def replay_quarantined_frame(
    session: SessionDep,
    caller: CurrentCaller,
    clock: ClockDep,
    frame_id: UUID,
    ingests: Annotated[Mapping[str, Ingest], Depends(ingests_of)],
) -> ReplayAnswer:
    """Try a frame again, after its codec was fixed or its controller registered."""
    outcome = await replay.replay(session, caller, ingests, frame_id, clock.now())
    return ReplayAnswer(**asdict(outcome))

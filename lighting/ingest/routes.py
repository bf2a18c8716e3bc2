"""Quarantine over HTTP: what waits there, and trying again."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from kit.access.http import CurrentCaller
from kit.errors import UnavailableError
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from lighting.ingest import replay
from lighting.ingest.schemas import QuarantinedFrameAnswer, ReplayAnswer
from lighting.ingest.service import Ingest
from lighting.telemetry import service as telemetry

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
    is_waiting: Annotated[bool, Query(description="false shows replayed frames too")] = True,
) -> Page[QuarantinedFrameAnswer]:
    """Frames that could not be read, newest first."""
    frames = await telemetry.quarantined_frames(
        session,
        caller,
        after=page.after(tuple[datetime, UUID]),
        limit=page.limit + 1,
        reason_code=reason_code,
        is_waiting=is_waiting,
    )
    return page_of(
        frames, page, lambda one: (one.last_received_at, one.id), QuarantinedFrameAnswer.of
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

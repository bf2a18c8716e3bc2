"""Firmware campaigns over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from kit.http.state import kit_state
from lighting.firmware import images, service
from lighting.firmware.images import ImageStore
from lighting.firmware.model import IMAGE_BYTES_MAX, CampaignState, UpdateState
from lighting.firmware.schemas import (
    CampaignMoveInput,
    FirmwareCampaignAnswer,
    FirmwareCampaignInput,
    FirmwareDeviceAnswer,
    FirmwareImageAnswer,
    FirmwareImagesAnswer,
    wave_answer,
)
from lighting.firmware.tables import FirmwareCampaign

router = APIRouter(tags=["firmware"])


@router.get("/firmware-images")
async def list_images(session: SessionDep, caller: CurrentCaller) -> FirmwareImagesAnswer:
    """Registered images, newest first."""
    found = await images.images(session, caller)
    return FirmwareImagesAnswer(items=[FirmwareImageAnswer.model_validate(one) for one in found])


@router.post("/firmware-images", status_code=201)
async def register_image(
    request: Request,
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    file: Annotated[UploadFile, File(description="the firmware as its maker gives it")],
    organisation_id: Annotated[UUID, Form()],
    profile: Annotated[str, Form(max_length=100)],
    version: Annotated[str, Form(min_length=1, max_length=100)],
) -> FirmwareImageAnswer:
    """Register firmware of a device model."""
    row = await images.register(
        *(session, caller, ImageStore(kit_state(request).settings.data_dir)),
        organisation_id=organisation_id,
        profile=profile,
        version=version,
        file_name=file.filename or "",
        content=await file.read(IMAGE_BYTES_MAX + 1),
        at=clock.now(),
    )
    return FirmwareImageAnswer.model_validate(row)


@router.get("/firmware-campaigns")
async def list_campaigns(
    session: SessionDep, caller: CurrentCaller, page: PageQuery
) -> Page[FirmwareCampaignAnswer]:
    """Campaigns, newest first."""
    rows = await service.campaigns(
        session, caller, after=page.after(tuple[datetime, UUID]), limit=page.limit + 1
    )
    answers = dict(zip((row.id for row in rows), await _answers(session, rows), strict=True))
    return page_of(
        rows, page, key=lambda row: (row.created_at, row.id), shape=lambda row: answers[row.id]
    )


@router.post("/firmware-campaigns", status_code=201)
async def create_campaign(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: FirmwareCampaignInput,
    key: IdempotencyKey = None,
) -> FirmwareCampaignAnswer:
    """Begin a campaign; its canaries go first, within seconds."""

    async def work() -> FirmwareCampaignAnswer:
        row = await service.create(session, caller, body.told(), now=clock.now())
        return await _answer(session, row)

    return await idempotent(
        *(session, caller, key),
        route="firmware_campaigns.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=FirmwareCampaignAnswer,
    )


@router.get("/firmware-campaigns/{campaign_id}")
async def get_campaign(
    session: SessionDep, caller: CurrentCaller, campaign_id: UUID
) -> FirmwareCampaignAnswer:
    """One campaign with its waves."""
    return await _answer(session, await service.campaign(session, caller, campaign_id))


@router.get("/firmware-campaigns/{campaign_id}/devices")
async def list_campaign_devices(
    session: SessionDep,
    caller: CurrentCaller,
    campaign_id: UUID,
    page: PageQuery,
    state: Annotated[UpdateState | None, Query()] = None,
) -> Page[FirmwareDeviceAnswer]:
    """The devices of a campaign, one by one."""
    after = page.after(tuple[UUID])
    rows = await service.devices(
        *(session, caller, campaign_id),
        state=state,
        after=after[0] if after else None,
        limit=page.limit + 1,
    )
    return page_of(
        rows,
        page,
        key=lambda row: (row.controller_id,),
        shape=FirmwareDeviceAnswer.model_validate,
    )


@router.post("/firmware-campaigns/{campaign_id}/pause")
async def pause_campaign(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    campaign_id: UUID,
    body: CampaignMoveInput,
) -> FirmwareCampaignAnswer:
    """Hand out no more devices; updates under way end by themselves."""
    return await _moved(session, clock.now(), caller, campaign_id, CampaignState.PAUSED, body)


@router.post("/firmware-campaigns/{campaign_id}/resume")
async def resume_campaign(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    campaign_id: UUID,
    body: CampaignMoveInput,
) -> FirmwareCampaignAnswer:
    """Go on after a pause or a stop; after a stop, the same wave stops it again unless its devices
    recovered."""
    return await _moved(session, clock.now(), caller, campaign_id, CampaignState.RUNNING, body)


@router.post("/firmware-campaigns/{campaign_id}/abort")
async def abort_campaign(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    campaign_id: UUID,
    body: CampaignMoveInput,
) -> FirmwareCampaignAnswer:
    """Give a campaign up for good."""
    return await _moved(session, clock.now(), caller, campaign_id, CampaignState.ABORTED, body)


async def _moved(
    session: AsyncSession,
    now: datetime,
    caller: CurrentCaller,
    campaign_id: UUID,
    state: CampaignState,
    body: CampaignMoveInput,
) -> FirmwareCampaignAnswer:
    row = await service.move(session, caller, campaign_id, state, reason=body.reason, now=now)
    return await _answer(session, row)


async def _answer(session: AsyncSession, row: FirmwareCampaign) -> FirmwareCampaignAnswer:
    (answer,) = await _answers(session, [row])
    return answer


async def _answers(
    session: AsyncSession, rows: Sequence[FirmwareCampaign]
) -> Sequence[FirmwareCampaignAnswer]:
    counts = await service.wave_counts(session, [row.id for row in rows])
    return [
        FirmwareCampaignAnswer.model_validate(
            {
                **row.model_dump(),
                "waves": [
                    wave_answer(wave, row.fault_limit_percent) for wave in counts.get(row.id, ())
                ],
            }
        )
        for row in rows
    ]

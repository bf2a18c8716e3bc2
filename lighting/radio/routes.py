"""Radio plans, campaigns and groups over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.control.model import Target
from lighting.control.schemas import TargetInput
from lighting.radio import campaigns, service
from lighting.radio.model import GROUPS_MAX, CampaignCounts, Outcome
from lighting.radio.schemas import (
    CampaignAnswer,
    CampaignInput,
    CampaignLightAnswer,
    GroupAnswer,
    GroupChangeInput,
    GroupInput,
    MemberCounts,
    OutcomeCounts,
    PlanAnswer,
    PlanInput,
    ProofCounts,
)
from lighting.radio.tables import RadioCampaign
from lighting.registry import service as registry

router = APIRouter(tags=["radio"])


def _target(given: TargetInput) -> Target:
    return Target(
        light_point_ids=tuple(dict.fromkeys(given.light_point_ids)),
        cabinet_id=given.cabinet_id,
        organisation_id=given.organisation_id,
    )


def _answer(row: RadioCampaign, counts: CampaignCounts) -> CampaignAnswer:
    return CampaignAnswer(
        **row.model_dump(exclude={"plan"}),
        plan=PlanAnswer.model_validate(row.plan),
        outcomes=OutcomeCounts(**counts.outcomes),
        proofs=ProofCounts(**counts.proofs),
    )


@router.post("/radio-plans/preview")
async def preview_plan(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, body: PlanInput
) -> PlanAnswer:
    """Frames, airtime and finish time of a re-dimming by radio; changes nothing."""
    plan = await campaigns.preview(
        session, caller, _target(body.target), body.level_percent, clock.now()
    )
    return PlanAnswer.model_validate(campaigns.told(plan))


@router.post("/radio-campaigns", status_code=201)
async def create_campaign(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: CampaignInput,
    key: IdempotencyKey = None,
) -> CampaignAnswer:
    """Re-dim lights by radio, within the legal duty cycle, until each is proven or listed."""
    wanted = campaigns.Wanted(
        target=_target(body.target),
        level_percent=body.level_percent,
        reason=body.reason,
        expires_at=body.expires_at,
        duration=timedelta(seconds=body.duration_s) if body.duration_s else None,
        priority=body.priority,
    )

    async def work() -> CampaignAnswer:
        row = await campaigns.create(session, caller, wanted, clock.now())
        return _answer(row, (await campaigns.counts(session, [row.id]))[row.id])

    return await idempotent(
        *(session, caller, key),
        route="radio_campaigns.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=CampaignAnswer,
    )


@router.get("/radio-campaigns")
async def list_campaigns(
    session: SessionDep, caller: CurrentCaller, page: PageQuery
) -> Page[CampaignAnswer]:
    """Campaigns, newest first."""
    rows = await campaigns.campaigns(
        session, caller, after=page.after(tuple[datetime, UUID]), limit=page.limit + 1
    )
    counts = await campaigns.counts(session, [row.id for row in rows])
    return page_of(
        rows,
        page,
        key=lambda row: (row.created_at, row.id),
        shape=lambda row: _answer(row, counts[row.id]),
    )


@router.get("/radio-campaigns/{campaign_id}")
async def get_campaign(
    session: SessionDep, caller: CurrentCaller, campaign_id: UUID
) -> CampaignAnswer:
    """One campaign: its plan, and where its lights stand."""
    row = await campaigns.campaign(session, caller, campaign_id)
    return _answer(row, (await campaigns.counts(session, [row.id]))[row.id])


@router.get("/radio-campaigns/{campaign_id}/lights")
async def list_campaign_lights(
    session: SessionDep,
    caller: CurrentCaller,
    campaign_id: UUID,
    page: PageQuery,
    outcome: Annotated[Outcome | None, Query()] = None,
) -> Page[CampaignLightAnswer]:
    """The lights of a campaign: each proven and how, pending, or failed and why."""
    after = page.after(tuple[UUID])
    rows = await campaigns.lights(
        *(session, caller, campaign_id),
        outcome=outcome,
        after=after[0] if after else None,
        limit=page.limit + 1,
    )
    names = await registry.names(session, [row.light_point_id for row in rows])
    return page_of(
        rows,
        page,
        key=lambda row: (row.light_point_id,),
        shape=lambda row: CampaignLightAnswer(
            **row.model_dump(exclude={"campaign_id", "controller_key", "period_s"}),
            light_point_code=names[row.light_point_id].label,
        ),
    )


@router.post("/radio-campaigns/{campaign_id}/cancel")
async def cancel_campaign(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, campaign_id: UUID
) -> CampaignAnswer:
    """End a campaign and its command; its lights return to their programme."""
    row = await campaigns.cancel(session, caller, campaign_id, clock.now())
    return _answer(row, (await campaigns.counts(session, [row.id]))[row.id])


@router.get("/radio-groups")
async def list_groups(session: SessionDep, caller: CurrentCaller) -> Page[GroupAnswer]:
    """Multicast groups by name; they are few, so this is one page."""
    rows = await service.groups(session, caller, GROUPS_MAX)
    counts = await service.member_counts(session, [row.id for row in rows])
    return Page(
        items=[
            GroupAnswer(**row.model_dump(), members=MemberCounts(**counts[row.id])) for row in rows
        ]
    )


@router.post("/radio-groups", status_code=201)
async def create_group(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: GroupInput,
    key: IdempotencyKey = None,
) -> GroupAnswer:
    """Enter a multicast group of the network server; campaigns use it when all members hold its
    keys."""
    new = service.NewGroup(
        name=body.name,
        remote_id=body.remote_id,
        slot=body.slot,
        data_rate=body.data_rate,
        frequency_hz=body.frequency_hz,
        gateways=tuple(body.gateways),
        light_point_ids=tuple(dict.fromkeys(body.light_point_ids)),
        is_ready=body.is_ready,
    )

    async def work() -> GroupAnswer:
        row = await service.add_group(session, caller, new, clock.now())
        counts = await service.member_counts(session, [row.id])
        return GroupAnswer(**row.model_dump(), members=MemberCounts(**counts[row.id]))

    return await idempotent(
        *(session, caller, key),
        route="radio_groups.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=GroupAnswer,
    )


@router.patch("/radio-groups/{group_id}")
async def change_group(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    group_id: UUID,
    body: GroupChangeInput,
) -> GroupAnswer:
    """Say that the members of a group hold its keys, or do not any more."""
    row = await service.set_ready(session, caller, group_id, body.is_ready, clock.now())
    counts = await service.member_counts(session, [row.id])
    return GroupAnswer(**row.model_dump(), members=MemberCounts(**counts[row.id]))

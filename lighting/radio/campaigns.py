"""Use cases of campaigns: show the plan, start one, follow it, cancel it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from drivers.contract import Dims, PortFrame
from kit.access.model import Caller
from kit.errors import InvalidInputError, NotFoundError
from kit.ids import new_id
from lighting.control import service as control
from lighting.control.model import Priority, Target
from lighting.radio import planning, repository
from lighting.radio.model import (
    COPIES_APART,
    GROUP_COPIES,
    CampaignCounts,
    CampaignState,
    FrameState,
    Outcome,
    Plan,
)
from lighting.radio.tables import RadioCampaign, RadioCampaignLight, RadioFrame

NO_PERIOD = timedelta()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a campaign shall do; give `expires_at` or `duration`."""

    target: Target
    level_percent: int
    reason: str
    expires_at: datetime | None
    duration: timedelta | None
    priority: Priority = Priority.MAINTENANCE


async def preview(
    session: AsyncSession, caller: Caller, target: Target, level_percent: int, now: datetime
) -> Plan:
    """The plan as it would be now; changes nothing."""
    return await planning.plan(session, caller, target, level_percent, now)


async def create(
    session: AsyncSession, caller: Caller, wanted: Wanted, now: datetime
) -> RadioCampaign:
    """Start a campaign: a command, whose orders may take as long as the plan says."""
    plan = await planning.plan(session, caller, wanted.target, wanted.level_percent, now)
    if not plan.single and not plan.groups:
        raise InvalidInputError("radio reaches none of these lights; see the plan for why")
    command = await control.create_command(
        session,
        caller,
        target=wanted.target,
        level_percent=wanted.level_percent,
        reason=wanted.reason,
        now=now,
        expires_at=wanted.expires_at,
        duration=wanted.duration,
        priority=wanted.priority,
        delivered_by=plan.proven_by,
    )
    await session.flush()
    campaign = RadioCampaign(
        id=new_id(),
        organisation_id=command.organisation_id,
        command_id=command.id,
        level_percent=wanted.level_percent,
        state=CampaignState.SENDING.value,
        plan=told(plan),
        light_count=plan.light_count,
        author=caller.display_name,
        created_at=now,
        planned_finish_at=plan.finishes_at,
        proven_by=min(plan.proven_by, command.expires_at),
    )
    session.add(campaign)
    await session.flush()
    await repository.add_lights(session, _records(campaign.id, plan))
    session.add_all(_frames(campaign.id, plan, wanted.level_percent, now, campaign.proven_by))
    return campaign


def _records(campaign_id: UUID, plan: Plan) -> Iterator[tuple[Any, ...]]:
    """A row for each light: carried by a group, single, or listed from the start."""
    pending, failed = Outcome.PENDING.value, Outcome.FAILED.value
    for use in plan.groups:
        keys = sorted(use.group.members)
        for point, key in zip(use.light_point_ids, keys, strict=True):
            period_s = int(use.period.total_seconds())
            yield (campaign_id, point, key, use.group.id, None, period_s, pending, None)
    for light in plan.single:
        period_s = int(light.period.total_seconds())
        yield (
            *(campaign_id, light.light_point_id, light.controller_key, None, light.gateway),
            *(period_s, pending, None),
        )
    for lost in plan.unreached:
        yield (
            *(campaign_id, lost.light_point_id, lost.controller_key, None, None),
            *(0, failed, lost.reason),
        )


def _frames(
    campaign_id: UUID, plan: Plan, level_percent: int, now: datetime, expires_at: datetime
) -> Iterator[RadioFrame]:
    """The frames to groups, each said more than once, a little apart."""
    for use in plan.groups:
        words = order_words(use.group.profile, level_percent)
        for copy in range(GROUP_COPIES):
            yield RadioFrame(
                campaign_id=campaign_id,
                group_id=use.group.id,
                port=words.port,
                payload=words.payload,
                state=FrameState.WAITING.value,
                created_at=now,
                not_before=now + copy * COPIES_APART,
                expires_at=expires_at,
            )


def order_words(profile: str, level_percent: int) -> PortFrame:
    """The bytes that order a level of a model."""
    driver = profiles.driver(profile)
    if not isinstance(driver, Dims):
        raise InvalidInputError(f"profile {profile} takes no levels")
    return driver.set_level(level_percent)


def told(plan: Plan) -> dict[str, Any]:
    """The plan as it is shown and kept."""
    return {
        "light_count": plan.light_count,
        "frame_count": plan.frame_count,
        "single_count": len(plan.single),
        "unreached_count": len(plan.unreached),
        "waits_for_uplink_count": plan.waits_for_uplink_count,
        "airtime_s": sum(load.airtime.total_seconds() for load in plan.loads),
        "finishes_at": plan.finishes_at.isoformat(),
        "proven_by": plan.proven_by.isoformat(),
        "groups": [
            {
                "id": str(use.group.id),
                "name": use.group.name,
                "light_count": len(use.light_point_ids),
                "gateways": list(use.gateways),
                "airtime_s": use.emission.airtime.total_seconds(),
            }
            for use in plan.groups
        ],
        "gateways": [
            {
                "gateway": load.channel.gateway,
                "sub_band": load.channel.sub_band,
                "duty_cycle": load.duty_cycle,
                "frames": load.frames,
                "airtime_s": load.airtime.total_seconds(),
                "starts_at": load.starts_at.isoformat(),
                "finishes_at": load.finishes_at.isoformat(),
            }
            for load in plan.loads
        ],
        "unreached": [
            {"light_point_id": str(lost.light_point_id), "reason": lost.reason}
            for lost in plan.unreached
        ],
    }


async def campaign(session: AsyncSession, caller: Caller, campaign_id: UUID) -> RadioCampaign:
    """One campaign the caller may see."""
    found = await repository.campaign(session, caller, campaign_id)
    if found is None:
        raise NotFoundError("no such campaign; see GET /api/v1/radio-campaigns")
    return found


async def campaigns(
    session: AsyncSession, caller: Caller, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[RadioCampaign]:
    """Campaigns, newest first."""
    return await repository.campaigns(session, caller, after=after, limit=limit)


async def counts(
    session: AsyncSession, campaign_ids: Sequence[UUID]
) -> Mapping[UUID, CampaignCounts]:
    """How many lights of each campaign stand where."""
    outcomes: dict[UUID, dict[str, int]] = {one: {} for one in campaign_ids}
    proofs: dict[UUID, dict[str, int]] = {one: {} for one in campaign_ids}
    for row in await repository.light_counts(session, campaign_ids):
        of_campaign = outcomes[row["campaign_id"]]
        of_campaign[row["outcome"]] = of_campaign.get(row["outcome"], 0) + row["lights"]
        if row["proof"] is not None:
            proofs[row["campaign_id"]][row["proof"]] = row["lights"]
    return {one: CampaignCounts(outcomes[one], proofs[one]) for one in campaign_ids}


async def lights(
    session: AsyncSession,
    caller: Caller,
    campaign_id: UUID,
    *,
    outcome: Outcome | None,
    after: UUID | None,
    limit: int,
) -> Sequence[RadioCampaignLight]:
    """The lights of a campaign, each proven, pending, or listed with why."""
    await campaign(session, caller, campaign_id)
    return await repository.lights(session, campaign_id, outcome=outcome, after=after, limit=limit)


async def cancel(
    session: AsyncSession, caller: Caller, campaign_id: UUID, now: datetime
) -> RadioCampaign:
    """End a campaign and its command; what is on air cannot be called back."""
    found = await campaign(session, caller, campaign_id)
    await control.cancel_command(session, caller, found.command_id, now)
    if found.state == CampaignState.SENDING:
        found.state = CampaignState.CANCELLED.value
        found.finished_at = now
        await repository.drop_frames(session, campaign_id, "the campaign was cancelled")
        await repository.fail_pending(session, campaign_id, "the campaign was cancelled")
    return found

"""Finds the proof of each light of the campaigns under way, and ends those that are done."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from lighting.cabinets import service as cabinets
from lighting.radio import proofs, repository
from lighting.radio.model import CampaignState, GroupHearing
from lighting.radio.rules import is_sample_enough, is_step_seen, why_not_proven
from lighting.radio.tables import RadioCampaign


class CabinetMeters(Protocol):
    """Knows the power that cabinets drew, where they have a meter."""

    async def powers_w(
        self, session: AsyncSession, cabinet_id: UUID, before: datetime, after: datetime
    ) -> tuple[float, float] | None:
        """The power (W) before and after an event; None where one of them was not measured."""


class MeteredCabinets:
    """Cabinets as they are metered: means of five minutes on both sides."""

    async def powers_w(
        self, session: AsyncSession, cabinet_id: UUID, before: datetime, after: datetime
    ) -> tuple[float, float] | None:
        step = await cabinets.power_step(session, cabinet_id, before, after)
        return None if step is None else (step.before_w, step.after_w)


async def follow(session: AsyncSession, now: datetime, meters: CabinetMeters | None = None) -> int:
    """Look at every campaign under way; returns how many ended. May run twice."""
    ended = 0
    for campaign in await repository.sending_campaigns(session):
        await proofs.take_confirmed(session, campaign.id, campaign.command_id)
        await proofs.take_ended(session, campaign.id, campaign.command_id)
        if now >= campaign.proven_by:
            await _conclude(session, campaign, now, meters or MeteredCabinets())
        if not await proofs.has_pending(session, campaign.id):
            campaign.state = CampaignState.FINISHED.value
            campaign.finished_at = now
            await repository.drop_frames(session, campaign.id, "the campaign has ended")
            ended += 1
    return ended


async def _conclude(
    session: AsyncSession, campaign: RadioCampaign, now: datetime, meters: CabinetMeters
) -> None:
    """The time is over: what others say of the silent lights, and why the rest is not proven."""
    await _by_sample(session, campaign, now)
    await _by_meter(session, campaign, now, meters)
    silent = await proofs.pending(session, campaign.id, campaign.command_id)
    await proofs.fail(
        session,
        campaign.id,
        {
            row["light_point_id"]: why_not_proven(
                row["attempts"], row["state"], row["detail"], row["gateway_address"]
            )
            for row in silent
        },
    )


async def _by_sample(session: AsyncSession, campaign: RadioCampaign, now: datetime) -> None:
    for row in await proofs.hearings(session, campaign.id, campaign.level_percent):
        hearing = GroupHearing(row["lights"], row["confirmed"], row["contradicted"])
        if is_sample_enough(hearing):
            await proofs.prove_group(session, campaign.id, row["group_id"], now)


async def _by_meter(
    session: AsyncSession, campaign: RadioCampaign, now: datetime, meters: CabinetMeters
) -> None:
    for row in await proofs.steps(session, campaign.id, campaign.level_percent):
        told_at = campaign.planned_finish_at
        powers = await meters.powers_w(session, row["cabinet_id"], campaign.created_at, told_at)
        if powers is not None and is_step_seen(*powers, row["expected_step_w"]):
            await proofs.prove_cabinet(session, campaign.id, row["cabinet_id"], now)

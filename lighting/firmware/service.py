"""Use cases of firmware campaigns: begin, hold, go on, give up, and the story of one tick."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import InvalidInputError, NotFoundError
from kit.log import get_logger
from lighting.firmware import images, repository, rules
from lighting.firmware.model import (
    DEVICES_PER_CAMPAIGN_MAX,
    CampaignPlan,
    CampaignState,
    DeviceFacts,
    UpdateState,
    WaveCount,
)
from lighting.firmware.tables import FirmwareCampaign, FirmwareDevice, FirmwareImage, FirmwareWave
from lighting.registry import service as registry

# One update over a slow cell takes an hour; after this its worker is taken for dead.
SENDING_TIME_MAX = timedelta(hours=3)
ATTEMPTS_MAX = 3

log = get_logger()


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a person says of a campaign; without `controller_ids`, all of the organisation's and
    of those below it that have the image's profile."""

    organisation_id: UUID
    image_id: UUID
    name: str
    plan: CampaignPlan
    controller_ids: Sequence[UUID] = ()


async def create(
    session: AsyncSession, caller: Caller, new: NewCampaign, *, now: datetime
) -> FirmwareCampaign:
    """Begin a campaign: its devices are drawn into waves; the canaries go first."""
    await access.organisation(session, caller, new.organisation_id)
    caller.require(Role.ADMINISTER, new.organisation_id)
    rules.check_plan(new.plan)
    image = await images.image(session, caller, new.image_id)
    if not rules.takes_firmware(profiles.load(image.profile)):
        raise InvalidInputError(f"devices of profile {image.profile} take no firmware from here")
    row = FirmwareCampaign(
        organisation_id=new.organisation_id,
        image_id=image.id,
        name=new.name,
        fault_limit_percent=new.plan.fault_limit_percent,
        watch_s=int(new.plan.watch.total_seconds()),
        bytes_per_hour=new.plan.bytes_per_hour,
        created_at=now,
        created_by=caller.display_name,
    )
    session.add(row)
    await session.flush()
    controllers = await _controllers(session, caller, new, image)
    waves = rules.waves_of(row.id, controllers, new.plan.wave_sizes)
    await repository.add_devices(session, row.id, waves)
    await _audit(session, caller, row, "firmware_campaign.create", now, f"{len(waves)} devices")
    return row


async def _controllers(
    session: AsyncSession, caller: Caller, new: NewCampaign, image: FirmwareImage
) -> Sequence[UUID]:
    below = set(await access.descendants(session, new.organisation_id))
    picked = set(new.controller_ids)
    found = [
        ref.controller_id
        for ref in await registry.directory(session)
        if ref.profile == image.profile
        and ref.organisation_id in below
        and caller.may(Role.ADMINISTER, ref.organisation_id)
        and (not picked or ref.controller_id in picked)
    ]
    if not found:
        raise NotFoundError("no installed controller there has the profile of this image")
    if len(found) > DEVICES_PER_CAMPAIGN_MAX:
        raise InvalidInputError(f"at most {DEVICES_PER_CAMPAIGN_MAX} devices in one campaign")
    return found


async def campaign(
    session: AsyncSession, caller: Caller, campaign_id: UUID, *, is_held: bool = False
) -> FirmwareCampaign:
    """One campaign; unknown when the caller may not see it."""
    found = await repository.campaign(session, caller, campaign_id, is_held=is_held)
    if found is None:
        raise NotFoundError("no such campaign; see GET /api/v1/firmware-campaigns")
    return found


async def campaigns(
    session: AsyncSession,
    caller: Caller,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[FirmwareCampaign]:
    """Campaigns the caller may see, newest first."""
    return await repository.campaigns(session, caller, after=after, limit=limit)


async def devices(
    session: AsyncSession,
    caller: Caller,
    campaign_id: UUID,
    *,
    state: UpdateState | None,
    after: UUID | None,
    limit: int,
) -> Sequence[FirmwareDevice]:
    """The devices of a campaign, one by one."""
    await campaign(session, caller, campaign_id)
    return await repository.devices(session, campaign_id, state=state, after=after, limit=limit)


async def move(
    session: AsyncSession,
    caller: Caller,
    campaign_id: UUID,
    state: CampaignState,
    *,
    reason: str,
    now: datetime,
) -> FirmwareCampaign:
    """Pause a campaign, go on with it, or give it up; updates under way end by themselves."""
    row = await campaign(session, caller, campaign_id, is_held=True)
    caller.require(Role.ADMINISTER, row.organisation_id)
    rules.check_move(CampaignState(row.state), state)
    row.state, row.reason = state.value, reason
    if state is CampaignState.ABORTED:
        row.ended_at = now
    await _audit(session, caller, row, f"firmware_campaign.{state.value}", now, reason)
    return row


async def wave_counts(
    session: AsyncSession, campaign_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[WaveCount]]:
    """How each wave of each campaign stands, the canaries first."""
    counts = await repository.counts(session, campaign_ids)
    begun = await repository.waves(session, campaign_ids)
    return {
        campaign_id: [
            WaveCount(number, by_state, _baseline(begun.get((campaign_id, number))))
            for number, by_state in by_wave.items()
        ]
        for campaign_id, by_wave in counts.items()
    }


def _baseline(wave: FirmwareWave | None) -> int:
    return 0 if wave is None else wave.baseline_count


async def tick(session: AsyncSession, now: datetime) -> None:
    """Look at every campaign under way: judge, stop, go on to the next wave, hand out."""
    await repository.give_back_lost(session, now, SENDING_TIME_MAX, ATTEMPTS_MAX)
    for row in await repository.running(session):
        await _open_wave(session, row, now)
        await _judge_watched(session, row, now)
        wave = await _present_wave(session, row)
        if wave is not None and rules.must_stop(wave, row.fault_limit_percent):
            await _stop(session, row, wave, now)
        elif wave is None or wave.is_ended:
            await _next_wave(session, row, now)
        else:
            await _hand_out(session, row, now)


async def _open_wave(session: AsyncSession, row: FirmwareCampaign, now: datetime) -> None:
    """What the devices of a wave suffered before it is counted once, as it begins."""
    if (row.id, row.wave) in await repository.waves(session, [row.id]):
        return
    since = now - timedelta(seconds=row.watch_s)
    count = await repository.baseline(session, row.id, row.wave, since, now)
    session.add(
        FirmwareWave(campaign_id=row.id, number=row.wave, opened_at=now, baseline_count=count)
    )
    await session.flush()


async def _judge_watched(session: AsyncSession, row: FirmwareCampaign, now: datetime) -> None:
    for found in await repository.watched(session, row.id):
        period = timedelta(seconds=found["expected_period_s"])
        facts = DeviceFacts(found["updated_at"], found["seen_at"], period, found["causes"])
        state, detail = rules.judge(facts, timedelta(seconds=row.watch_s), now)
        if state is not UpdateState.WATCHED:
            await repository.set_state(
                *(session, row.id, found["controller_id"], state), detail=detail, ended_at=now
            )


async def _present_wave(session: AsyncSession, row: FirmwareCampaign) -> WaveCount | None:
    waves = (await wave_counts(session, [row.id])).get(row.id, ())
    return next((wave for wave in waves if wave.number == row.wave), None)


async def _stop(
    session: AsyncSession, row: FirmwareCampaign, wave: WaveCount, now: datetime
) -> None:
    allowed = rules.suffering_allowed(wave, row.fault_limit_percent)
    row.state = CampaignState.STOPPED.value
    row.reason = (
        f"{wave.suffering_count} of {wave.size} devices of wave {wave.number} suffer; "
        f"{allowed} were allowed ({wave.baseline_count} suffered before)"
    )
    log.warning("firmware campaign stopped", campaign_id=str(row.id), reason=row.reason)
    system = Caller.system("firmware")
    await _audit(session, system, row, "firmware_campaign.stopped", now, row.reason)


async def _next_wave(session: AsyncSession, row: FirmwareCampaign, now: datetime) -> None:
    waves = (await wave_counts(session, [row.id])).get(row.id, ())
    if any(wave.number > row.wave for wave in waves):
        row.wave += 1
        return
    row.state = CampaignState.FINISHED.value
    row.ended_at = now
    await _audit(session, Caller.system("firmware"), row, "firmware_campaign.finished", now, "")


async def _hand_out(session: AsyncSession, row: FirmwareCampaign, now: datetime) -> None:
    image = await images.image(session, Caller.system("firmware"), row.image_id)
    count = rules.hand_out_count(now, row.last_handed_at, image.size_bytes, row.bytes_per_hour)
    if count and await repository.hand_out(session, row.id, row.wave, count, now):
        row.last_handed_at = now


async def _audit(
    session: AsyncSession,
    caller: Caller,
    row: FirmwareCampaign,
    action: str,
    at: datetime,
    reason: str,
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type="firmware_campaign",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"name": row.name, "wave": row.wave, "reason": reason},
    )

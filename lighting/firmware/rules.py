"""Decisions of firmware campaigns, pure: who goes when, what is suffering, when to stop."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from drivers.contract import Ability
from drivers.profiles import Profile
from kit.errors import ConflictError, InvalidInputError
from lighting.firmware.model import (
    WAVES_MAX,
    CampaignPlan,
    CampaignState,
    DeviceFacts,
    UpdateState,
    WaveCount,
)

_S = CampaignState
MOVES: Mapping[CampaignState, frozenset[CampaignState]] = {
    _S.RUNNING: frozenset({_S.PAUSED, _S.STOPPED, _S.ABORTED, _S.FINISHED}),
    _S.PAUSED: frozenset({_S.RUNNING, _S.ABORTED}),
    _S.STOPPED: frozenset({_S.RUNNING, _S.ABORTED}),
    _S.ABORTED: frozenset(),
    _S.FINISHED: frozenset(),
}
"""What may follow what; only a person goes on after a stop, and says why."""

# A device that restarted with new firmware is heard within two of its periods, and this for its
# restart; later it is silent.
RESTART_MAX = timedelta(minutes=15)
PERIODS_UNTIL_SILENT = 2
# Every LwM2M device takes firmware by object 5, whatever its profile claims.
OBJECT_5_NETWORKS = frozenset({"lwm2m"})
# Devices handed out at once after a pause: no burst on the air.
HAND_OUT_MAX = 20


class CampaignMoveError(ConflictError):
    """The campaign's state does not allow this."""

    code = "firmware_campaign_illegal_move"
    title = "This cannot be done to this campaign now"


def check_move(present: CampaignState, wanted: CampaignState) -> None:
    """Refuse a state that may not follow the present one."""
    if wanted not in MOVES[present]:
        allowed = ", ".join(sorted(MOVES[present])) or "nothing: it is final"
        raise CampaignMoveError(f"after '{present.value}' may come {allowed}")


def takes_firmware(profile: Profile) -> bool:
    """Whether something can be done about the firmware of a model from here."""
    return Ability.UPDATES_FIRMWARE in profile.abilities or profile.network in OBJECT_5_NETWORKS


def check_plan(plan: CampaignPlan) -> None:
    """Refuse plans that begin with everybody, or never end."""
    if not 1 <= len(plan.wave_sizes) <= WAVES_MAX or min(plan.wave_sizes) < 1:
        raise InvalidInputError(f"give 1 to {WAVES_MAX} wave sizes, each 1 or more")


def waves_of(
    campaign_id: UUID, controller_ids: Sequence[UUID], wave_sizes: Sequence[int]
) -> Mapping[UUID, int]:
    """The wave of each controller. The order is as good as drawn by lot, so that canaries stand
    all over the town, and the same whenever it is computed again."""
    drawn = sorted(controller_ids, key=lambda one: sha256(campaign_id.bytes + one.bytes).digest())
    waves: dict[UUID, int] = {}
    for number, size in enumerate(wave_sizes):
        for one in drawn[len(waves) : len(waves) + size]:
            waves[one] = number
    waves.update((one, len(wave_sizes)) for one in drawn[len(waves) :])
    return waves


def suffering_allowed(wave: WaveCount, fault_limit_percent: int) -> int:
    """Devices of a wave that may suffer: as many as before it, and the share that is borne."""
    return wave.baseline_count + wave.size * fault_limit_percent // 100


def must_stop(wave: WaveCount, fault_limit_percent: int) -> bool:
    """Whether a wave suffers more than it may; decided as soon as it does, not when it ends."""
    return wave.suffering_count > suffering_allowed(wave, fault_limit_percent)


def hand_out_count(
    now: datetime, last_at: datetime | None, image_bytes: int, bytes_per_hour: int
) -> int:
    """How many devices may begin now, so that the bytes sent stay within the budget."""
    if last_at is None:
        return 1
    pause = timedelta(hours=image_bytes / bytes_per_hour)
    return min(max(int((now - last_at) / pause), 0), HAND_OUT_MAX)


def judge(facts: DeviceFacts, watch: timedelta, now: datetime) -> tuple[UpdateState, str]:
    """How a device does with its new firmware, and why."""
    if facts.alarm_causes:
        return UpdateState.FAULTY, f"alarm since the update: {', '.join(facts.alarm_causes)}"
    heard_until = facts.updated_at + facts.expected_period * PERIODS_UNTIL_SILENT + RESTART_MAX
    is_heard = facts.seen_at is not None and facts.seen_at > facts.updated_at
    if not is_heard:
        if now < heard_until:
            return UpdateState.WATCHED, ""
        return UpdateState.SILENT, f"not heard since the update at {facts.updated_at.isoformat()}"
    if now < facts.updated_at + watch:
        return UpdateState.WATCHED, ""
    return UpdateState.UPDATED, ""

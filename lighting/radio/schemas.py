"""API shapes of radio."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lighting.control.model import Priority
from lighting.control.schemas import TARGET_LIGHTS_MAX, LevelPercent, TargetInput
from lighting.radio.model import CampaignState, Outcome, Proof


class PlanInput(BaseModel):
    target: TargetInput
    level_percent: LevelPercent


class CampaignInput(PlanInput):
    """A re-dimming that holds until it expires: give `expires_at` or `duration_s`."""

    expires_at: AwareDatetime | None = None
    duration_s: int | None = Field(default=None, ge=60)
    reason: str = Field(min_length=3, max_length=500)
    priority: Priority = Priority.MAINTENANCE


class PlannedGroup(BaseModel):
    """A multicast group that saves frames; every member of it is meant."""

    id: UUID
    name: str
    light_count: int
    gateways: list[str]
    airtime_s: float


class PlannedGateway(BaseModel):
    """What one gateway sends in one sub-band; `duty_cycle` is the legal share of any hour."""

    gateway: str
    sub_band: str
    duty_cycle: float
    frames: int
    airtime_s: float
    starts_at: datetime
    finishes_at: datetime


class UnreachedLightAnswer(BaseModel):
    """A light that no frame can be planned for, and why."""

    light_point_id: UUID
    reason: str


class PlanAnswer(BaseModel):
    """How a level reaches the lights. `finishes_at` counts first tries; by `proven_by` each light
    is proven, or listed with why."""

    light_count: int
    frame_count: int
    single_count: int
    unreached_count: int
    waits_for_uplink_count: int
    airtime_s: float
    finishes_at: datetime
    proven_by: datetime
    groups: list[PlannedGroup]
    gateways: list[PlannedGateway]
    unreached: list[UnreachedLightAnswer]


class OutcomeCounts(BaseModel):
    pending: int = 0
    proven: int = 0
    failed: int = 0


class ProofCounts(BaseModel):
    """Lights by how they are known to give the level, strongest first."""

    echo: int = 0
    report: int = 0
    unchanged: int = 0
    sample: int = 0
    cabinet_meter: int = 0


class CampaignAnswer(BaseModel):
    """A campaign, its plan as it was when it began, and where its lights stand."""

    id: UUID
    organisation_id: UUID
    command_id: UUID
    level_percent: int
    state: CampaignState
    author: str
    light_count: int
    created_at: datetime
    planned_finish_at: datetime
    proven_by: datetime
    finished_at: datetime | None
    plan: PlanAnswer
    outcomes: OutcomeCounts
    proofs: ProofCounts


class CampaignLightAnswer(BaseModel):
    light_point_id: UUID
    light_point_code: str
    group_id: UUID | None
    gateway_address: str | None
    outcome: Outcome
    proof: Proof | None
    proven_at: datetime | None
    reason: str | None


class GroupInput(BaseModel):
    """A multicast group that exists at the network server under `remote_id`."""

    name: str = Field(min_length=1, max_length=100)
    remote_id: str = Field(min_length=1, max_length=100)
    slot: int = Field(default=0, ge=0, le=3, description="where its members hold it")
    data_rate: int = Field(ge=0, le=6)
    frequency_hz: int = Field(default=869_525_000, ge=863_000_000, le=870_000_000)
    gateways: list[str] = Field(default=[], max_length=100)
    light_point_ids: list[UUID] = Field(min_length=1, max_length=TARGET_LIGHTS_MAX)
    is_ready: bool = Field(default=False, description="its members hold the keys already")


class GroupChangeInput(BaseModel):
    """Whether its members hold the keys; those that say so by TS005 are noted by themselves."""

    is_ready: bool


class MemberCounts(BaseModel):
    wanted: int = 0
    ready: int = 0
    refused: int = 0


class GroupAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    network: str
    name: str
    remote_id: str
    slot: int
    profile: str
    data_rate: int
    frequency_hz: int
    gateways: list[str]
    created_at: datetime
    members: MemberCounts

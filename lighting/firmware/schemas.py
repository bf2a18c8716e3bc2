"""API shapes of firmware campaigns."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lighting.firmware.model import (
    WAVES_MAX,
    CampaignPlan,
    CampaignState,
    UpdateState,
    WaveCount,
)
from lighting.firmware.rules import suffering_allowed
from lighting.firmware.service import NewCampaign

DAY_S = 86_400


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FirmwareImageAnswer(_Answer):
    """Firmware of one device model."""

    id: UUID
    organisation_id: UUID
    profile: str
    version: str
    sha256: str
    size_bytes: int
    file_name: str
    created_at: datetime
    created_by: str


class FirmwareImagesAnswer(BaseModel):
    items: list[FirmwareImageAnswer]


class FirmwareCampaignInput(BaseModel):
    """A campaign: `wave_sizes` begins with the canaries, what is left is the last wave; `watch_s`
    is how long a device is watched with its new firmware; `bytes_per_hour` is the radio budget."""

    organisation_id: UUID
    image_id: UUID
    name: str = Field(min_length=1, max_length=200)
    controller_ids: list[UUID] = Field(default_factory=list, max_length=5000)
    wave_sizes: list[int] = Field(default=[5, 50, 500], min_length=1, max_length=WAVES_MAX)
    fault_limit_percent: int = Field(default=5, ge=0, le=100)
    watch_s: int = Field(default=DAY_S, ge=60, le=14 * DAY_S)
    bytes_per_hour: int = Field(default=10_000_000, ge=1000, le=2_000_000_000)

    def told(self) -> NewCampaign:
        """The same, for the service."""
        return NewCampaign(
            self.organisation_id,
            self.image_id,
            self.name,
            CampaignPlan(
                self.wave_sizes,
                self.fault_limit_percent,
                timedelta(seconds=self.watch_s),
                self.bytes_per_hour,
            ),
            self.controller_ids,
        )


class WaveAnswer(BaseModel):
    """One wave: its devices by state, how many suffer, and how many may."""

    number: int
    size: int
    by_state: dict[UpdateState, int]
    suffering_count: int
    allowed_count: int
    baseline_count: int


class FirmwareCampaignAnswer(_Answer):
    """A campaign; `wave` is the one under way, `reason` why it stopped or was paused."""

    id: UUID
    organisation_id: UUID
    image_id: UUID
    name: str
    state: CampaignState
    fault_limit_percent: int
    watch_s: int
    bytes_per_hour: int
    wave: int
    reason: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    waves: list[WaveAnswer]


class FirmwareDeviceAnswer(_Answer):
    """One device of a campaign; `detail` says why it suffers, or what is left to be done."""

    controller_id: UUID
    wave: int
    state: UpdateState
    attempts: int
    handed_at: datetime | None
    updated_at: datetime | None
    ended_at: datetime | None
    detail: str


class CampaignMoveInput(BaseModel):
    reason: str = Field(min_length=1, max_length=500)


def wave_answer(wave: WaveCount, fault_limit_percent: int) -> WaveAnswer:
    """The shape of a wave."""
    return WaveAnswer(
        number=wave.number,
        size=wave.size,
        by_state=dict(wave.by_state),
        suffering_count=wave.suffering_count,
        allowed_count=suffering_allowed(wave, fault_limit_percent),
        baseline_count=wave.baseline_count,
    )

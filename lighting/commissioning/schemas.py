"""API shapes of commissioning."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lighting.commissioning.labels import LABEL_CHARACTERS_MAX, LabelKind
from lighting.commissioning.model import (
    CommissioningState,
    DeviceState,
    MatchedBy,
    NewCommissioning,
    StepKind,
    StepState,
)
from lighting.registry.equipment.schemas import ControllerAnswer


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PlaceAnswer(_Answer):
    lon_deg: float
    lat_deg: float


class GatewayHeardAnswer(_Answer):
    """How a gateway heard a device last."""

    address: str
    rssi_dbm: int | None
    snr_db: float | None
    last_seen_at: datetime


class DiscoveredDeviceAnswer(_Answer):
    """A device the registry has in no light point; `profile_guess` is the one model whose codec
    reads what it says, `evidence` what it said or was found to be."""

    id: UUID
    organisation_id: UUID | None
    network: str
    address: str
    state: DeviceState
    first_seen_at: datetime
    last_seen_at: datetime
    heard_count: int
    rssi_dbm: int | None
    snr_db: float | None
    gateways: list[GatewayHeardAnswer]
    profile_guess: str | None
    serial: str | None
    place: PlaceAnswer | None
    evidence: dict[str, Any]
    ignored_reason: str


class ProposalAnswer(_Answer):
    """A light point near a place: a proposal, never a decision."""

    light_point_id: UUID
    code: str
    street: str
    lon_deg: float
    lat_deg: float
    distance_m: float
    controller_address: str | None


class ProposalsAnswer(BaseModel):
    items: list[ProposalAnswer]


class ReasonInput(BaseModel):
    reason: str = Field(min_length=1, max_length=500)


class LabelInput(BaseModel):
    """The text of a QR code or Datamatrix, or what a person types from the label."""

    text: str = Field(min_length=1, max_length=LABEL_CHARACTERS_MAX)


class LabelAnswer(_Answer):
    """A label read, and what we know of the controller it is on: `device` when it was heard,
    `controller` when it is registered. `is_checked` is null where the label has no checksum."""

    kind: LabelKind
    address: str
    serial: str | None
    join_eui: str | None
    vendor: str | None
    vendor_profile: str | None
    is_checked: bool | None
    device: DiscoveredDeviceAnswer | None = None
    controller: ControllerAnswer | None = None


class CommissioningInput(BaseModel):
    """A controller to put into service: a discovered device, or the `address` on its label. A
    controller that is new needs its `network` and `profile` (the guessed one when left out)."""

    light_point_id: UUID
    matched_by: MatchedBy
    discovered_device_id: UUID | None = None
    address: str | None = Field(default=None, min_length=1, max_length=64)
    network: str | None = Field(default=None, min_length=1, max_length=120)
    profile: str | None = Field(default=None, min_length=1, max_length=100)
    serial: str | None = Field(default=None, min_length=1, max_length=64)
    calendar_id: UUID | None = None
    installed_at: AwareDatetime | None = Field(default=None, description="now, when left out")
    distance_m: float | None = Field(default=None, ge=0)
    remark: str = Field(default="", max_length=500)

    def told(self) -> NewCommissioning:
        """The same, for the service."""
        return NewCommissioning(**self.model_dump())


class StepAnswer(_Answer):
    """One step of a self-test, with its proof. `reason` says why it failed: `refused`, `held` by
    another order, `not_left`, `no_answer`, `no_reading`, `not_tried`, or one sentence."""

    kind: StepKind
    level_percent: int | None
    state: StepState
    started_at: datetime | None
    deadline_at: datetime | None
    ended_at: datetime | None
    proof: dict[str, Any]
    reason: str


class LightShape(BaseModel):
    id: UUID
    code: str


class CommissioningAnswer(_Answer):
    """A controller put into service; `moves` are the states that may follow, `steps` those of the
    newest self-test. `record` is the acceptance, frozen, with its SHA-256."""

    id: UUID
    organisation_id: UUID
    light_point: LightShape
    controller_id: UUID
    controller_address: str
    discovered_device_id: UUID | None
    replaced_controller_id: UUID | None
    calendar_id: UUID | None
    matched_by: MatchedBy
    distance_m: float | None
    state: CommissioningState
    moves: list[CommissioningState]
    remark: str
    installed_at: datetime
    created_at: datetime
    created_by: str
    tested_by: str | None
    replayed_count: int
    decided_at: datetime | None
    decided_by: str | None
    signed_name: str | None
    reason: str
    steps: list[StepAnswer]
    record: dict[str, Any] | None
    record_sha256: str | None


class AcceptanceInput(BaseModel):
    """Who signs; `remark` holds the reservations, which a failed test makes necessary."""

    signed_name: str = Field(min_length=2, max_length=200)
    remark: str = Field(default="", max_length=1000)

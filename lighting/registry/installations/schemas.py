"""API shapes of what goes into light points and out of them."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lighting.registry.model import AssetState, EquipmentKind


class InstallationInput(BaseModel):
    """Equipment put in, by its id or as scanned (a serial, or a controller's address). What was
    there comes out at the same instant and becomes `replaced_becomes`."""

    kind: EquipmentKind
    equipment_id: UUID | None = None
    scanned: str | None = Field(default=None, min_length=1, max_length=64)
    installed_at: AwareDatetime | None = Field(default=None, description="now, when left out")
    reason: str = Field(default="", max_length=500)
    replaced_becomes: AssetState = AssetState.IN_STOCK


class RemovalInput(BaseModel):
    """Equipment taken out, with nothing in its place."""

    kind: EquipmentKind
    removed_at: AwareDatetime | None = Field(default=None, description="now, when left out")
    becomes: AssetState = AssetState.IN_STOCK


class InstallationAnswer(BaseModel):
    """What an installation did; `replaced_id` is what came out, if anything did."""

    model_config = ConfigDict(from_attributes=True)

    light_point_id: UUID
    kind: EquipmentKind
    equipment_id: UUID
    replaced_id: UUID | None
    at: datetime


class StayAnswer(BaseModel):
    """Equipment in a light point; `removed_at` is null while it is still there."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: EquipmentKind
    equipment_id: UUID
    label: str
    installed_at: datetime
    removed_at: datetime | None
    reason: str

"""API shapes of light points: the registry's facts; folders above add the state of now."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from lighting.registry.history.model import Change, difference
from lighting.registry.model import CODE_BYTES_MAX, AssetState

ATTRIBUTES_MAX = 50


class _Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class OrganisationShape(_Shape):
    id: UUID
    name: str


class CabinetShape(_Shape):
    id: UUID
    code: str
    name: str


class CircuitShape(_Shape):
    id: UUID
    code: str
    phase: str | None


class SupportShape(_Shape):
    id: UUID
    code: str
    height_m: float | None


class LuminaireTypeShape(_Shape):
    maker: str
    model: str
    lamp_technology: str | None
    rated_power_w: float | None
    flux_lm: float | None
    cct_k: int | None
    battery_capacity_wh: float | None


class LuminaireShape(_Shape):
    id: UUID
    serial: str | None
    installed_on: date | None
    type: LuminaireTypeShape


class ControllerShape(_Shape):
    id: UUID
    address: str
    profile: str
    network: str
    expected_period_s: int


class LightPointFacts(_Shape):
    """What the registry knows of a light point."""

    id: UUID
    code: str
    street: str
    state: AssetState
    organisation: OrganisationShape
    cabinet: CabinetShape | None
    circuit: CircuitShape | None
    position_on_circuit: int | None
    support: SupportShape | None
    lon_deg: float
    lat_deg: float
    luminaire: LuminaireShape | None
    controller: ControllerShape | None
    attributes: dict[str, Any]


class NewLightPointInput(BaseModel):
    """A light point to add. Its equipment is installed afterwards."""

    organisation_id: UUID
    code: str = Field(min_length=1, max_length=CODE_BYTES_MAX)
    lon_deg: float = Field(ge=-180, le=180)
    lat_deg: float = Field(ge=-90, le=90)
    street: str = Field(default="", max_length=200)
    support_id: UUID | None = None
    cabinet_id: UUID | None = None
    circuit_id: UUID | None = None
    position_on_circuit: int | None = Field(default=None, ge=0, le=10_000)
    state: AssetState = AssetState.PLANNED
    attributes: dict[str, JsonValue] = Field(default_factory=dict, max_length=ATTRIBUTES_MAX)


class LightPointChangeInput(BaseModel):
    """What to change of a light point; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(default="", min_length=1, max_length=CODE_BYTES_MAX)
    street: str = Field(default="", max_length=200)
    state: AssetState = AssetState.PLANNED
    lon_deg: float = Field(default=0, ge=-180, le=180)
    lat_deg: float = Field(default=0, ge=-90, le=90)
    support_id: UUID | None = None
    cabinet_id: UUID | None = None
    circuit_id: UUID | None = None
    position_on_circuit: int | None = Field(default=None, ge=0, le=10_000)
    attributes: dict[str, JsonValue] = Field(default_factory=dict, max_length=ATTRIBUTES_MAX)


class DifferenceShape(BaseModel):
    """One field, before and after."""

    field: str
    before: JsonValue
    after: JsonValue


class ChangeAnswer(BaseModel):
    """One change of a light point."""

    at: datetime
    action: str
    differences: list[DifferenceShape]
    import_run_id: UUID | None


def change_answer(change: Change) -> ChangeAnswer:
    """The shape of a change; of a creation, every field that was given."""
    return ChangeAnswer(
        at=change.at,
        action=change.action,
        differences=[
            DifferenceShape(field=name, before=before, after=after)
            for name, (before, after) in difference(change.before, change.after).items()
        ],
        import_run_id=change.import_run_id,
    )

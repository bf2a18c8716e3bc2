"""API shapes of the catalogue, of controllers and of luminaires."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lighting.registry.equipment.model import RegisteredController
from lighting.registry.model import LampTechnology

PERIOD_S_MAX = 7 * 24 * 3600


class PlaceShape(BaseModel):
    id: UUID
    code: str


class ControllerAnswer(BaseModel):
    """A controller; `light_point` is null while it is in no light point."""

    id: UUID
    key: int
    organisation_id: UUID
    address: str
    network: str
    profile: str
    serial: str | None
    expected_period_s: int
    state: str
    light_point: PlaceShape | None


class NewControllerInput(BaseModel):
    organisation_id: UUID
    address: str = Field(min_length=1, max_length=64, description="DevEUI, or the like")
    network: str = Field(min_length=1, max_length=64, description="chirpstack:main")
    profile: str = Field(min_length=1, max_length=64, description="nas/ul20xx")
    serial: str | None = Field(default=None, min_length=1, max_length=64)
    expected_period_s: int = Field(ge=1, le=PERIOD_S_MAX)


class LuminaireTypeInput(BaseModel):
    """A model of the catalogue; null where nobody knows."""

    model_config = ConfigDict(from_attributes=True)

    maker: str = Field(default="", max_length=100)
    model: str = Field(default="", max_length=100)
    lamp_technology: LampTechnology | None = None
    rated_power_w: float | None = Field(default=None, gt=0, le=5000)
    gear_loss_w: float | None = Field(default=None, ge=0, le=1000)
    standby_power_w: float | None = Field(default=None, ge=0, le=1000)
    flux_lm: float | None = Field(default=None, gt=0, le=1_000_000)
    cct_k: int | None = Field(default=None, ge=1000, le=20_000)
    upward_light_percent: float | None = Field(default=None, ge=0, le=100)
    cie_flux_code_3: int | None = Field(default=None, ge=0, le=100)
    level_min_percent: int = Field(default=0, ge=0, le=100)
    l80_hours: int | None = Field(default=None, gt=0, le=1_000_000)
    warranty_years: int | None = Field(default=None, ge=0, le=50)
    battery_capacity_wh: float | None = Field(default=None, gt=0, le=100_000)
    panel_peak_w: float | None = Field(default=None, gt=0, le=10_000)


class LuminaireTypeAnswer(LuminaireTypeInput):
    id: UUID


class NewLuminaireInput(BaseModel):
    organisation_id: UUID
    type_id: UUID
    serial: str | None = Field(default=None, min_length=1, max_length=64)
    installed_on: date | None = None


class LuminaireAnswer(NewLuminaireInput):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    state: str


def controller_answer(one: RegisteredController) -> ControllerAnswer:
    """The shape of a controller."""
    place = None
    if one.light_point_id is not None and one.light_point_code is not None:
        place = PlaceShape(id=one.light_point_id, code=one.light_point_code)
    return ControllerAnswer(
        id=one.id,
        key=one.key,
        organisation_id=one.organisation_id,
        address=one.address,
        network=one.network,
        profile=one.profile,
        serial=one.serial,
        expected_period_s=one.expected_period_s,
        state=one.state,
        light_point=place,
    )

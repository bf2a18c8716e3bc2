"""API shapes of cabinets and circuits."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lighting.registry.light_points.schemas import OrganisationShape
from lighting.registry.model import CODE_BYTES_MAX, AssetState, Phase
from lighting.registry.network.model import CabinetView


class CircuitAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    phase: str | None
    light_point_count: int


class CabinetAnswer(BaseModel):
    """A cabinet; `circuits` is filled only when one cabinet is asked for. `position_quality` is
    `estimated` where the cabinet stands, for want of better, amid the lights that it feeds."""

    id: UUID
    code: str
    name: str
    organisation: OrganisationShape
    lon_deg: float
    lat_deg: float
    position_quality: str
    prm: str | None
    subscribed_power_kva: float | None
    provenance: str
    state: str
    light_point_count: int
    circuits: list[CircuitAnswer]


class NewCabinetInput(BaseModel):
    organisation_id: UUID
    code: str = Field(min_length=1, max_length=CODE_BYTES_MAX)
    name: str = Field(default="", max_length=200)
    lon_deg: float = Field(ge=-180, le=180)
    lat_deg: float = Field(ge=-90, le=90)
    prm: str | None = Field(default=None, pattern="^[0-9]{14}$", description="delivery point")
    subscribed_power_kva: float | None = Field(default=None, gt=0, le=100_000)
    state: AssetState = AssetState.IN_SERVICE


class NewCircuitInput(BaseModel):
    code: str = Field(min_length=1, max_length=CODE_BYTES_MAX)
    phase: Phase | None = None


def cabinet_answer(cabinet: CabinetView) -> CabinetAnswer:
    """The shape of a cabinet."""
    return CabinetAnswer(
        id=cabinet.id,
        code=cabinet.code,
        name=cabinet.name,
        organisation=OrganisationShape(id=cabinet.organisation_id, name=cabinet.organisation_name),
        lon_deg=cabinet.lon_deg,
        lat_deg=cabinet.lat_deg,
        position_quality=cabinet.position_quality,
        prm=cabinet.prm,
        subscribed_power_kva=cabinet.subscribed_power_kva,
        provenance=cabinet.provenance,
        state=cabinet.state,
        light_point_count=cabinet.light_point_count,
        circuits=[CircuitAnswer.model_validate(one) for one in cabinet.circuits],
    )

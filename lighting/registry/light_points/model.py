"""Light points as they are listed and shown, and what may be asked and said of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from lighting.registry.model import AssetState

SEARCH_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class CabinetRef:
    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CircuitRef:
    id: UUID
    code: str
    phase: str | None


@dataclass(frozen=True, slots=True)
class SupportRef:
    id: UUID
    code: str
    height_m: float | None


@dataclass(frozen=True, slots=True)
class LuminaireTypeRef:
    maker: str
    model: str
    lamp_technology: str | None
    rated_power_w: float | None
    flux_lm: float | None
    cct_k: int | None
    battery_capacity_wh: float | None = None


@dataclass(frozen=True, slots=True)
class LuminaireRef:
    id: UUID
    serial: str | None
    installed_on: date | None
    type: LuminaireTypeRef


@dataclass(frozen=True, slots=True)
class ControllerView:
    """A controller at a light point; `key` names it in telemetry."""

    id: UUID
    key: int
    address: str
    profile: str
    network: str
    expected_period_s: int


@dataclass(frozen=True, slots=True)
class LightPointView:
    """A light point with what it belongs to and what is in it now."""

    id: UUID
    key: int
    code: str
    street: str
    state: AssetState
    position_on_circuit: int | None
    lon_deg: float
    lat_deg: float
    attributes: Mapping[str, Any]
    organisation: OrganisationRef
    cabinet: CabinetRef | None
    circuit: CircuitRef | None
    support: SupportRef | None
    luminaire: LuminaireRef | None
    controller: ControllerView | None

    @property
    def organisation_id(self) -> UUID:
        """Whose it is."""
        return self.organisation.id


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in degrees, WGS84."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class LightPointFilter:
    """Which light points a list wants; an organisation includes those under it."""

    organisation_id: UUID | None = None
    cabinet_id: UUID | None = None
    street: str | None = None
    q: str | None = None
    state: AssetState | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class NewLightPoint:
    """What someone says of a light point that the registry does not know yet."""

    organisation_id: UUID
    code: str
    lon_deg: float
    lat_deg: float
    street: str = ""
    support_id: UUID | None = None
    cabinet_id: UUID | None = None
    circuit_id: UUID | None = None
    position_on_circuit: int | None = None
    state: AssetState = AssetState.PLANNED
    attributes: Mapping[str, Any] = field(default_factory=dict)

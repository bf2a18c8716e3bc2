"""Cabinets and circuits as they are announced and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lighting.registry.model import AssetState, Phase, PositionQuality, Provenance


@dataclass(frozen=True, slots=True)
class NewCabinet:
    """A cabinet that the registry does not know yet; `prm` is the 14-digit delivery point."""

    organisation_id: UUID
    code: str
    lon_deg: float
    lat_deg: float
    name: str = ""
    prm: str | None = None
    subscribed_power_kva: float | None = None
    state: AssetState = AssetState.IN_SERVICE
    provenance: Provenance = Provenance.ENTERED
    position_quality: PositionQuality = PositionQuality.SURVEYED


@dataclass(frozen=True, slots=True)
class NewCircuit:
    """A circuit of a cabinet."""

    code: str
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class CircuitView:
    id: UUID
    code: str
    phase: str | None
    light_point_count: int


@dataclass(frozen=True, slots=True)
class CabinetView:
    """A cabinet with what it feeds; powers are of lamps whose type is known."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    code: str
    name: str
    lon_deg: float
    lat_deg: float
    position_quality: str
    prm: str | None
    subscribed_power_kva: float | None
    provenance: str
    state: str
    light_point_count: int
    circuits: Sequence[CircuitView] = ()

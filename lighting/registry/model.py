"""Words and values of the estate."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kit.outbox.model import Event

# A plate, cabinet or circuit number. Bounded in UTF-8 bytes: the map keeps codes in fixed width.
CODE_BYTES_MAX = 40


class AssetKind(StrEnum):
    """What an identifier of the estate may name, from the territory down to the equipment."""

    ORGANISATION = "organisation"
    CABINET = "cabinet"
    CIRCUIT = "circuit"
    SUPPORT = "support"
    LIGHT_POINT = "light_point"
    LUMINAIRE = "luminaire"
    CONTROLLER = "controller"
    GATEWAY = "gateway"


class AssetState(StrEnum):
    """Life cycle of an asset. `removed` is final: a plate number is never used again."""

    PLANNED = "planned"
    IN_STOCK = "in_stock"
    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"
    REMOVED = "removed"


class Phase(StrEnum):
    """Live conductors a circuit uses."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L123 = "L123"


class LampTechnology(StrEnum):
    """How the lamp makes light: sodium (high, low pressure), metal halide, mercury, …"""

    LED = "LED"
    HPS = "HPS"
    MH = "MH"
    HG = "HG"
    CFL = "CFL"
    FLUO = "FLUO"
    LPS = "LPS"
    OTHER = "OTHER"


class EquipmentKind(StrEnum):
    """What is replaced at a light point while the light point keeps its number."""

    LUMINAIRE = "luminaire"
    CONTROLLER = "controller"


class Provenance(StrEnum):
    """How a record came to be."""

    IMPORTED = "imported"
    GENERATED = "generated"
    ENTERED = "entered"


class PositionQuality(StrEnum):
    """Whether a position was measured, or worked out from what surrounds it."""

    SURVEYED = "surveyed"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Place:
    """A position in degrees, WGS84."""

    lon_deg: float
    lat_deg: float


@dataclass(frozen=True, slots=True)
class AssetName:
    """What people call an asset, and whose it is."""

    kind: AssetKind
    label: str
    organisation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentInstalled(Event):
    """Equipment went into a light point; on a swap, `replaced_id` is what it took the place of."""

    light_point_id: UUID
    organisation_id: UUID
    kind: str
    equipment_id: UUID
    replaced_id: UUID | None
    installed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRemoved(Event):
    """Equipment left a light point and nothing took its place."""

    light_point_id: UUID
    organisation_id: UUID
    kind: str
    equipment_id: UUID
    removed_at: datetime

"""Equipment chosen for a light point, and its stays there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lighting.registry.model import AssetState, EquipmentKind


@dataclass(frozen=True, slots=True)
class Choice:
    """Which equipment is meant: by identifier, or as scanned (a serial, or a network address)."""

    kind: EquipmentKind
    equipment_id: UUID | None = None
    scanned: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """Equipment in a light point, open while it is still there."""

    id: UUID
    light_point_id: UUID
    kind: EquipmentKind
    equipment_id: UUID
    label: str
    installed_at: datetime
    removed_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Swap:
    """What one installation did: what went in, and what came out for it."""

    light_point_id: UUID
    kind: EquipmentKind
    equipment_id: UUID
    replaced_id: UUID | None
    at: datetime


# What equipment that comes out of a light point may become.
AFTER_REMOVAL = frozenset({AssetState.IN_STOCK, AssetState.OUT_OF_SERVICE, AssetState.REMOVED})

"""What the hot path and control know of each controller and light."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ControllerRef:
    """One installed controller, the light point it serves and the luminaire it steers.

    Powers are watts, None where the catalogue does not say. `in_service` is true when both the
    controller and the light point are. `timezone` is that of the organisation. `installed_at` is
    when the controller came to this light point. A battery is what a luminaire on sun has;
    `lighting_class` is that of the road (EN 13201, `M4`), where the light point's attributes tell.
    """

    controller_key: int
    controller_id: UUID
    address: str
    network: str
    profile: str
    light_point_id: UUID
    organisation_id: UUID
    cabinet_id: UUID | None
    rated_power_w: float | None
    standby_power_w: float | None
    level_min_percent: int
    lon_deg: float
    lat_deg: float
    timezone: str
    expected_period_s: int
    in_service: bool
    installed_at: datetime
    luminaire_type_id: UUID | None = None
    lamp_technology: str | None = None
    battery_capacity_wh: float | None = None
    panel_peak_w: float | None = None
    lighting_class: str | None = None


@dataclass(frozen=True, slots=True)
class DirectoryChanges:
    """What changed after a revision: controllers as they are now, and those installed no more."""

    revision: int
    present: Sequence[ControllerRef]
    absent_keys: frozenset[int]


@dataclass(frozen=True, slots=True)
class TargetLight:
    """A light point in service that a command may name; `controller_key` is None without one."""

    light_point_id: UUID
    organisation_id: UUID
    cabinet_id: UUID | None
    street: str
    controller_key: int | None
